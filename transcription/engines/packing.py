"""Speech without its silences: stretches of speech laid end to end for the engine, and times taken back from there."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcription.port import SAMPLE_RATE, Samples

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
class Packed:
    """The sound of all stretches, one after the other, and where each begins in it (in samples)."""

    samples: Samples
    stretches: tuple[Stretch, ...]
    offsets: tuple[int, ...]

    def original(self, start: float, end: float) -> tuple[float, float]:
        """Return (start, end) in seconds of the recording for a time range of the packed sound.

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
        """Return a stretch and what to add to a packed sample number to get the original one."""
        return self.stretches[number], self.stretches[number].start - self.offsets[number]


def pack(samples: Samples, stretches: Sequence[Stretch]) -> Packed:
    """Return the stretches of a channel laid end to end."""
    pieces: list[Samples] = []
    offsets: list[int] = []
    reached = 0
    for one in stretches:
        offsets.append(reached)
        pieces.append(samples[one.start : one.end])
        reached += one.end - one.start
    return Packed(np.concatenate(pieces) if pieces else samples[:0], tuple(stretches), tuple(offsets))
