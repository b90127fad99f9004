"""A recording into a transcript: channels to the engine, words back, and what is worth knowing of the result."""

from __future__ import annotations

from collections.abc import Mapping

from domain.speech import Party, Speakers, Transcript
from transcription.audio import at_engine_rate
from transcription.port import KNOWING_NOTHING, ChannelAudio, Listening, SpeechEngine
from transcription.recording import CallSound, Recording
from transcription.speakers import SpeakerTurns, installed_turns


def transcribe_recording(
    recording: CallSound | Recording,
    engine: SpeechEngine,
    *,
    parties: Mapping[int, Party],
    listening: Listening = KNOWING_NOTHING,
    turns: SpeakerTurns | None = None,
) -> Transcript:
    """Return the transcript of a decoded recording (one that holds whole channels is brought to 16 kHz in memory).

    `parties` says who speaks on which channel. They are believed only while the recording has as many channels as
    that: when both channels turn out to carry the same sound, nobody knows who speaks, and the transcript says so.
    The voices of a single channel are told apart by `turns` (by default, by the voice model if one is installed).
    """
    heard = recording if isinstance(recording, CallSound) else at_engine_rate(recording)
    count = len(heard.sounds)
    known = parties if count >= len(parties) else {}
    spoken = engine.transcribe(to_engine(heard, known), listening=listening)
    teller = turns or installed_turns()
    told = teller.label(heard.sounds[0], spoken.segments) if teller and count == 1 and not known else None
    return Transcript(
        language=spoken.language,
        language_probability=spoken.language_probability,
        duration_s=heard.facts.duration_s,
        channels=count,
        segments=told or spoken.segments,
        stamp=engine.stamp,
        quality={
            **spoken.quality,
            "partial": float(heard.facts.truncated),
            "channels_alike": heard.facts.alike,
        },
        unheard=spoken.unheard,
        tones=spoken.tones,
        speakers=Speakers.TURNS if told else Speakers.CHANNELS if known and count > 1 else Speakers.UNKNOWN,
    )


def to_engine(heard: CallSound, parties: Mapping[int, Party]) -> list[ChannelAudio]:
    """Return each channel for the engine. A channel without a party is `unknown`, never guessed."""
    return [ChannelAudio(at, parties.get(at, Party.UNKNOWN), sound) for at, sound in enumerate(heard.sounds)]
