"""The port that every speech engine fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from domain.speech import EngineStamp, Party, Segment, Unheard

SAMPLE_RATE = 16_000
Samples = npt.NDArray[np.float32]
"""One channel of sound: float32 in -1..1, shape (n,), at SAMPLE_RATE unless said otherwise."""


@dataclass(frozen=True, slots=True)
class ChannelAudio:
    """One channel ready for the engine: its number in the recording, who speaks there, mono samples at 16 kHz."""

    channel: int
    party: Party
    samples: Samples


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the engine heard: segments in conversation order, the main language and its probability."""

    segments: tuple[Segment, ...]
    language: str
    language_probability: float
    quality: dict[str, float]
    unheard: tuple[Unheard, ...] = ()


class SpeechEngine(Protocol):
    """Turns channels into words. Synchronous: it runs in a worker, never in the API's loop."""

    @property
    def stamp(self) -> EngineStamp:
        """Engine, model, compute type, versions and parameters, stored with each transcript."""
        ...

    def transcribe(self, channels: Sequence[ChannelAudio], *, language: str | None = None) -> Spoken:
        """Return the words of all channels, times in seconds from the start of the recording."""
        ...
