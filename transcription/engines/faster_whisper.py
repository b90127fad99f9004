"""Whisper on CTranslate2 through faster-whisper: several channels in, words with times out.

Silence never reaches the model: key tones are masked, Silero finds speech per channel, and stretches of speech are laid
end to end in windows. The windows of all calls in this process are decoded together (`decoder`). A channel without
speech costs its voice activity detection and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from domain.speech import EngineStamp, Segment, Tones, Unheard
from transcription.engines.decoder import Decoder, decoder_for
from transcription.engines.decoding import Decoding
from transcription.engines.listening import Channel, Heard
from transcription.engines.loading import Place, lanes_for
from transcription.engines.models import WEIGHTS, resolve, sha256_of
from transcription.engines.scouting import Scouted, scout, without_doubles
from transcription.engines.words import in_conversation_order, segments_of
from transcription.errors import LanguageUnsupported
from transcription.port import KNOWING_NOTHING, SAMPLE_RATE, ChannelAudio, Listening, Spoken

NO_LANGUAGE = "und"


@dataclass(frozen=True)
class FasterWhisperEngine:
    """A `SpeechEngine`. The model is loaded at the first use (or by `warm`) and once per process and settings.

    `model` is a name that `models.resolve` knows or a full path; `cache_dir` is where a model in pieces is joined;
    `cpu_threads` 0 means all processors that this process may use.
    """

    model: str = "base"
    compute_type: str = "int8"
    device: str = "cpu"
    cpu_threads: int = 0
    cache_dir: Path | None = None
    decoding: Decoding = field(default_factory=Decoding)

    @cached_property
    def stamp(self) -> EngineStamp:
        """Engine, model (with the checksum of its weights), compute type, versions and parameters. Loads the model."""
        folder = self._decoder.place.folder
        return EngineStamp(
            engine="faster-whisper",
            model_id=folder.name if Path(self.model).is_absolute() else self.model,
            compute_type=str(self._decoder.model.model.compute_type),
            versions={name: version(name) for name in ("faster-whisper", "ctranslate2", "onnxruntime")},
            parameters={
                **asdict(self.decoding),
                "model_sha256": sha256_of(folder / WEIGHTS),
                "language": "detected" if self.multilingual else "forced:en",
            },
        )

    @property
    def multilingual(self) -> bool:
        """Whether the model knows more than English."""
        return bool(self._decoder.model.model.is_multilingual)

    def warm(self) -> None:
        """Load the model and hear a second of nothing, so that the first call does not wait. Raises ModelMissing."""
        self._decoder.warm()

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        """Return the words of all channels in conversation order. Several threads may ask at once.

        `listening.language` forces the language; an English-only model is always forced to `en` with probability 1.
        Without any speech the language is `und` with probability 0. Raises ModelMissing, or LanguageUnsupported when
        the model cannot do the forced language.
        """
        forced = self._language(listening.language)
        if not channels:
            return Spoken((), forced or NO_LANGUAGE, 1.0 if forced else 0.0, _quality((), (), channels, forced=False))
        with ThreadPoolExecutor(len(channels), thread_name_prefix="speech-channel") as together:
            scouted = list(together.map(lambda one: scout(one.sound, self.decoding), channels))
            scouted = without_doubles(scouted, self.decoding)
            heard = list(together.map(lambda one: self._hear(one, forced, listening.hot_words), scouted))
        return self._spoken(channels, scouted, heard, forced)

    def _hear(self, scouted: Scouted, forced: str | None, hot_words: tuple[str, ...]) -> Heard:
        return Channel(
            self._decoder, scouted.sound, scouted.profile, scouted.stretches, self.decoding, forced, hot_words
        ).hear()

    def _spoken(
        self, channels: Sequence[ChannelAudio], scouted: Sequence[Scouted], heard: Sequence[Heard], forced: str | None
    ) -> Spoken:
        segments = in_conversation_order(
            segment
            for at, one in enumerate(channels)
            for segment in segments_of(one, heard[at].tokens, scouted[at].profile.levels)
        )
        main = max(range(len(heard)), key=lambda at: scouted[at].speech_s)
        spoken = scouted[main].speech_s > 0
        unheard = sorted(
            (
                Unheard(one.channel, *at)
                for one, each, known in zip(channels, heard, scouted, strict=True)
                for at in (*each.unheard, *known.music)
            ),
            key=lambda one: one.start,
        )
        return Spoken(
            segments=segments,
            language=forced or ((heard[main].language or NO_LANGUAGE) if spoken else NO_LANGUAGE),
            language_probability=1.0 if forced else (heard[main].language_probability if spoken else 0.0),
            quality=_quality(segments, scouted, channels, unheard, forced=forced is not None),
            unheard=tuple(unheard),
            tones=tuple(
                Tones(channel.channel, *at) for channel, one in zip(channels, scouted, strict=True) for at in one.tones
            ),
        )

    @cached_property
    def _decoder(self) -> Decoder:
        folder = resolve(self.model, cache_dir=self.cache_dir)
        place = Place(folder, self.device, self.compute_type, lanes_for(self.device, self.cpu_threads))
        return decoder_for(place, self.decoding)

    def _language(self, wanted: str | None) -> str | None:
        if self.multilingual:
            if wanted is not None and wanted not in self._decoder.model.supported_languages:
                raise LanguageUnsupported(
                    "The speech model does not know the language asked for: give two letters such as en, es or hi."
                )
            return wanted
        if wanted not in {None, "en"}:
            raise LanguageUnsupported("The speech model knows English only.")
        return "en"


def _quality(
    segments: Sequence[Segment],
    scouted: Sequence[Scouted],
    channels: Sequence[ChannelAudio],
    unheard: Sequence[Unheard] = (),
    *,
    forced: bool,
) -> dict[str, float]:
    probabilities = [word.probability for segment in segments for word in segment.words]
    sound_s = sum(len(channel.sound) for channel in channels) / SAMPLE_RATE
    return {
        "speech_share": round(sum(one.speech_s for one in scouted) / sound_s, 4) if sound_s else 0.0,
        "mean_probability": round(sum(probabilities) / len(probabilities), 4) if probabilities else 0.0,
        "language_forced": float(forced),
        "echo_s": round(max((one.echo_s for one in scouted), default=0.0), 3),
        "unheard_s": round(sum((one.end - one.start for one in unheard), 0.0), 3),
    }
