"""A recording into a transcript: channels to the engine's form, words back, and what is worth knowing of the result."""

from __future__ import annotations

from collections.abc import Mapping

from domain.speech import Party, Speakers, Transcript
from transcription.audio import to_engine
from transcription.port import KNOWING_NOTHING, Listening, SpeechEngine
from transcription.recording import Recording


def transcribe_recording(
    recording: Recording, engine: SpeechEngine, *, parties: Mapping[int, Party], listening: Listening = KNOWING_NOTHING
) -> Transcript:
    """Return the transcript of a decoded recording.

    `parties` says who speaks on which channel. They are believed only while the recording has as many channels as
    that: when both channels turn out to carry the same sound, nobody knows who speaks, and the transcript says so.
    """
    known = parties if len(recording.channels) >= len(parties) else {}
    spoken = engine.transcribe(to_engine(recording, known), listening=listening)
    return Transcript(
        language=spoken.language,
        language_probability=spoken.language_probability,
        duration_s=recording.duration_s,
        channels=len(recording.channels),
        segments=spoken.segments,
        stamp=engine.stamp,
        quality={**spoken.quality, "partial": float(recording.truncated)},
        unheard=spoken.unheard,
        tones=spoken.tones,
        speakers=Speakers.CHANNELS if known and len(recording.channels) > 1 else Speakers.UNKNOWN,
    )
