"""What a voice says and what a call is, before and after a telephone had it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

RATE = 16_000
Wave = npt.NDArray[np.float32]
"""Sound at RATE, float32 in -1..1, shape (n,)."""
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word as spoken, with the voice's own times in seconds; None where the voice does not tell."""

    word: str
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class Utterance:
    """Sound of one turn and its words; times count from the start of the sound."""

    wave: Wave
    words: tuple[TimedWord, ...]


class Voice(Protocol):
    """Somebody who can read a text aloud."""

    @property
    def name(self) -> str:
        """What stands in the truth."""
        ...

    def say(self, text: str) -> Utterance:
        """Return the sound of a text of plain words and punctuation, one timed word per word of the text."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a turn; with `kind` and `value` they are an item of personal data."""

    text: str
    kind: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One party's words. `gap_s` after the turn before; below 0 it interrupts."""

    channel: int
    pieces: tuple[Piece, ...]
    gap_s: float = 0.5
    language: str = "en"

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(piece.text for piece in self.pieces)


@dataclass
class Call:
    """Two lines of sound and what is true of them. `sound` has shape (channels, n)."""

    sound: npt.NDArray[np.float32]
    segments: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    sounds: list[dict[str, Any]] = field(default_factory=list)
    conditions: dict[str, Any] = field(default_factory=dict)
    mix: bool = False

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return float(self.sound.shape[1] / RATE)
