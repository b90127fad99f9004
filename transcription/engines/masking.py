"""Sound with some of it silenced, read piece by piece like any other."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from transcription.sound import SAMPLE_RATE, Samples, Sound


@dataclass(frozen=True, slots=True)
class Masked:
    """A sound that is silent in `ranges` (samples, half-open, in order, apart)."""

    sound: Sound
    ranges: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.sound)

    def read(self, start: int, stop: int) -> Samples:
        """Return a copy of samples [start, stop), cut to what is there, silent in the ranges."""
        piece = self.sound.read(start, stop)
        first = max(0, start)
        number = max(0, bisect.bisect_right(self.ranges, (first, len(self.sound))) - 1)
        for begin, end in self.ranges[number:]:
            if begin >= first + len(piece):
                break
            piece[max(0, begin - first) : max(0, end - first)] = 0.0
        return piece


def masked(sound: Sound, ranges_s: Iterable[tuple[float, float]]) -> Sound:
    """Return the sound with these ranges (seconds) silenced; overlapping ranges are joined."""
    joined: list[tuple[int, int]] = []
    for start_s, end_s in sorted(ranges_s):
        start, end = round(start_s * SAMPLE_RATE), round(end_s * SAMPLE_RATE)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return Masked(sound, tuple(joined)) if joined else sound
