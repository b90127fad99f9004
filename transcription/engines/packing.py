"""Speech without its silences: stretches of speech laid end to end in windows, and times taken back from there."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from transcription.sound import SAMPLE_RATE, Samples, Sound

MIN_WORD = int(0.1 * SAMPLE_RATE)
"""A word that was heard wholly inside a silence is given at least this many samples of the voice that follows."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples `start` to `end` (half-open) of a channel at 16 kHz; the voice is heard from `voice` to `hush`."""

    start: int
    end: int
    voice: int
    hush: int


def stretches_of(voiced: Iterable[tuple[int, int]], *, pad: int, length: int) -> list[Stretch]:
    """Return stretches around voiced ranges (in order), widened by `pad` samples; those that then touch are one."""
    found: list[Stretch] = []
    for voice, hush in voiced:
        start, end = max(0, voice - pad), min(length, hush + pad)
        if found and start <= found[-1].end:
            found[-1] = replace(found[-1], end=end, hush=hush)
        else:
            found.append(Stretch(start, end, voice, hush))
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of one channel laid end to end, and where each begins in the window (in samples)."""

    stretches: tuple[Stretch, ...]
    offsets: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many samples the stretches hold together."""
        return sum(one.end - one.start for one in self.stretches)

    def read(self, sound: Sound) -> Samples:
        """Return the window's sound."""
        pieces = [sound.read(one.start, one.end) for one in self.stretches]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def original(self, start: float, end: float) -> tuple[float, float]:
        """Return (start, end) in seconds of the recording for a time range of the window.

        A word belongs to one stretch and is cut to it: none reaches over a silence. Engines let the first word after a
        silence begin too early, which at a seam would move it to the far side of the silence; so a word that lies
        mostly behind the point where the voice fell silent is the first of the next stretch.
        """
        first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
        number = max(0, bisect.bisect_right(self.offsets, first) - 1)
        here, shift = self._placed(number)
        hushed = here.hush - shift
        if last - hushed > hushed - first and number + 1 < len(self.stretches):
            here, shift = self._placed(number + 1)
            first = max(first, here.voice - shift)
            last = max(last, first + MIN_WORD)
        first, last = (min(max(at + shift, here.start), here.end) for at in (first, last))
        return first / SAMPLE_RATE, last / SAMPLE_RATE

    def _placed(self, number: int) -> tuple[Stretch, int]:
        """Return a stretch and what to add to a window's sample number to get the original one."""
        return self.stretches[number], self.stretches[number].start - self.offsets[number]


def window_of(stretches: Sequence[Stretch]) -> Window:
    """Return these stretches of a channel as one window."""
    lengths = (one.end - one.start for one in stretches)
    return Window(tuple(stretches), tuple(accumulate(lengths, initial=0))[:-1])


def pack(stretches: Iterable[Stretch], *, window: int) -> Iterator[Window]:
    """Yield the stretches in order in windows of at most `window` samples; a longer stretch has one of its own."""
    held: list[Stretch] = []
    length = 0
    for one in stretches:
        if held and length + one.end - one.start > window:
            yield window_of(held)
            held, length = [], 0
        held.append(one)
        length += one.end - one.start
    if held:
        yield window_of(held)
