"""Whisper on CTranslate2 through faster-whisper: several channels in, words with times out.

Silence never reaches the model: Silero finds speech per channel, the stretches are laid end to end and the words' times
taken back from there. A channel without speech costs its voice activity detection and nothing else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from domain.speech import EngineStamp, Segment, Unheard, Word
from transcription.engines.languages import foreign_stretches, name_languages
from transcription.engines.models import WEIGHTS, resolve, sha256_of
from transcription.engines.packing import Packed, Stretch, pack
from transcription.engines.unheard import REACH_S, believable, gaps
from transcription.engines.voice import Decoding, speech_stretches
from transcription.engines.words import glue, in_conversation_order, orderly, segment_of, split_at_pauses
from transcription.errors import LanguageUnsupported, ModelMissing
from transcription.port import KNOWING_NOTHING, SAMPLE_RATE, ChannelAudio, Listening, Samples, Spoken

NO_LANGUAGE = "und"


@dataclass(frozen=True, slots=True)
class _Heard:
    """One channel's result."""

    segments: tuple[Segment, ...]
    language: str
    language_probability: float
    speech_s: float
    unheard: tuple[Unheard, ...] = ()


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
        folder = resolve(self.model, cache_dir=self.cache_dir)
        return EngineStamp(
            engine="faster-whisper",
            model_id=folder.name if Path(self.model).is_absolute() else self.model,
            compute_type=str(self._loaded.model.compute_type),
            versions={name: version(name) for name in ("faster-whisper", "ctranslate2", "onnxruntime")},
            parameters={
                **asdict(self.decoding),
                "temperatures": list(self.decoding.temperatures),
                "model_sha256": sha256_of(folder / WEIGHTS),
                "language": "detected" if self.multilingual else "forced:en",
            },
        )

    @property
    def multilingual(self) -> bool:
        """Whether the model knows more than English."""
        return bool(self._loaded.model.is_multilingual)

    def warm(self) -> None:
        """Load the model now, so that the first call does not wait for it. Raises ModelMissing."""
        _ = self._loaded

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        """Return the words of all channels in conversation order.

        `listening.language` forces the language; an English-only model is always forced to `en` with probability 1.
        Without any speech the language is `und` with probability 0. Raises ModelMissing, or LanguageUnsupported when
        the model cannot do the forced language.
        """
        forced = self._language(listening.language)
        heard = [self._channel(channel, forced) for channel in channels]
        segments = in_conversation_order(one for each in heard for one in each.segments)
        main = max(heard, key=lambda one: one.speech_s, default=None)
        spoken = main is not None and main.speech_s > 0
        return Spoken(
            segments=segments,
            language=forced or (main.language if main and spoken else NO_LANGUAGE),
            language_probability=1.0 if forced else (main.language_probability if main and spoken else 0.0),
            quality=_quality(segments, heard, channels, forced=forced is not None),
            unheard=tuple(sorted((one for each in heard for one in each.unheard), key=lambda one: one.start)),
        )

    @property
    def _loaded(self) -> Any:
        folder = resolve(self.model, cache_dir=self.cache_dir)
        return _load(folder, self.device, self.compute_type, self.cpu_threads or _processors())

    def _language(self, wanted: str | None) -> str | None:
        if self.multilingual:
            if wanted is not None and wanted not in self._loaded.supported_languages:
                raise LanguageUnsupported("The speech model does not know the language asked for.")
            return wanted
        if wanted not in {None, "en"}:
            raise LanguageUnsupported("The speech model knows English only.")
        return "en"

    def _channel(self, channel: ChannelAudio, forced: str | None) -> _Heard:
        samples = channel.sound.read(0, len(channel.sound))
        stretches = speech_stretches(samples, self.decoding)
        if not stretches:
            return _Heard((), forced or NO_LANGUAGE, 0.0, 0.0)
        packed = pack(samples, stretches)
        found, about = self._search(packed.samples, forced)
        tokens = _tokens(found, packed)
        duration_s = len(samples) / SAMPLE_RATE
        words = list(orderly(glue(tokens, language=about.language), duration_s=duration_s))
        again = self._search_gaps(samples, list(gaps(stretches, words)), about.language)
        if again:
            words = list(orderly(sorted([*words, *again], key=lambda word: word.start), duration_s=duration_s))
        unheard = tuple(Unheard(channel.channel, start, end) for start, end in gaps(stretches, words))
        segments = tuple(
            segment_of(run, channel=channel.channel, party=channel.party, language=about.language)
            for run in split_at_pauses(words)
        )
        if forced is None and self.multilingual:
            segments = name_languages(segments, list(foreign_stretches(self._loaded, packed, about.language)))
        speech_s = sum(one.end - one.start for one in stretches) / SAMPLE_RATE
        return _Heard(segments, about.language, about.language_probability, speech_s, unheard)

    def _search_gaps(self, samples: Samples, missed: Sequence[tuple[float, float]], language: str) -> list[Word]:
        """Return the words of stretches that the first search passed over, each searched by itself."""
        words: list[Word] = []
        for start, end in missed:
            first = max(0, round((start - REACH_S) * SAMPLE_RATE))
            piece = samples[first : round((end + REACH_S) * SAMPLE_RATE)]
            found, _ = self._search(piece, language)
            alone = pack(piece, [Stretch(0, len(piece), 0, len(piece))])
            heard = glue(_tokens(found, alone), language=language)
            shifted = [
                replace(one, start=one.start + first / SAMPLE_RATE, end=one.end + first / SAMPLE_RATE) for one in heard
            ]
            words.extend(shifted if believable(shifted) else ())
        return words

    def _search(self, samples: Samples, language: str | None) -> tuple[Any, Any]:
        how = self.decoding
        return self._loaded.transcribe(  # type: ignore[no-any-return]  # the library has no type stubs
            samples,
            language=language,
            beam_size=how.beam_size,
            temperature=list(how.temperatures),
            no_speech_threshold=how.no_speech_threshold,
            log_prob_threshold=how.log_prob_threshold,
            compression_ratio_threshold=how.compression_ratio_threshold,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )


def _tokens(found: Any, packed: Packed) -> Iterator[Word]:
    """Yield the engine's tokens, white space kept, with times in the recording. Each segment begins a new word."""
    for segment in found:
        for number, token in enumerate(segment.words or ()):
            start, end = packed.original(float(token.start), float(token.end))
            text = token.word if number else f" {token.word.lstrip()}"
            yield Word(start, end, text, float(token.probability))


def _quality(
    segments: Sequence[Segment], heard: Sequence[_Heard], channels: Sequence[ChannelAudio], *, forced: bool
) -> dict[str, float]:
    probabilities = [word.probability for segment in segments for word in segment.words]
    sound_s = sum(len(channel.sound) for channel in channels) / SAMPLE_RATE
    return {
        "speech_share": round(sum(one.speech_s for one in heard) / sound_s, 4) if sound_s else 0.0,
        "mean_probability": round(sum(probabilities) / len(probabilities), 4) if probabilities else 0.0,
        "language_forced": float(forced),
        "unheard_s": round(sum(one.end - one.start for each in heard for one in each.unheard), 3),
    }


_models: dict[tuple[str, str, str, int], Any] = {}
_loading = threading.Lock()


def _load(folder: Path, device: str, compute_type: str, cpu_threads: int) -> Any:
    """Return the model, loaded once per process and settings. The hub is never asked."""
    key = (str(folder), device, compute_type, cpu_threads)
    with _loading:
        if key not in _models:
            from faster_whisper import WhisperModel  # noqa: PLC0415 - heavy, only when used

            try:
                _models[key] = WhisperModel(
                    str(folder),
                    device=device,
                    compute_type=compute_type,
                    cpu_threads=cpu_threads,
                    local_files_only=True,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelMissing("The speech model cannot be loaded with these settings.") from error
        return _models[key]


def _processors() -> int:
    return len(os.sched_getaffinity(0))
