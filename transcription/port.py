"""The port that every speech engine fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.speech import EngineStamp, Party, Segment, Tones, Unheard
from transcription.sound import SAMPLE_RATE, Samples, Sound

__all__ = ["KNOWING_NOTHING", "SAMPLE_RATE", "ChannelAudio", "Listening", "Samples", "SpeechEngine", "Spoken"]


@dataclass(frozen=True, slots=True)
class ChannelAudio:
    """One channel ready for the engine: its number in the recording, who speaks there, its sound at 16 kHz."""

    channel: int
    party: Party
    sound: Sound


@dataclass(frozen=True, slots=True)
class Listening:
    """What is known of a call before it is heard.

    `language` forces the language (ISO 639-1). `hot_words` are names and terms that may be said: they help the engine
    to write them right, and never appear in the words when nobody said them.
    """

    language: str | None = None
    hot_words: tuple[str, ...] = ()


KNOWING_NOTHING = Listening()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the engine heard: segments in conversation order, the main language and its probability."""

    segments: tuple[Segment, ...]
    language: str
    language_probability: float
    quality: dict[str, float]
    unheard: tuple[Unheard, ...] = ()
    tones: tuple[Tones, ...] = ()


class SpeechEngine(Protocol):
    """Turns channels into words. Synchronous: it runs in a worker, never in the API's loop.

    Several threads may call `transcribe` of one engine at once: what they bring is decoded together.
    """

    @property
    def stamp(self) -> EngineStamp:
        """Engine, model, compute type, versions and parameters, stored with each transcript."""
        ...

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        """Return the words of all channels, times in seconds from the start of the recording."""
        ...
