"""Speech that a channel only carries over from another one: an echo, or the same mix on both.

Decoded twice, it would be said twice, and once by the wrong party. A copy comes later (0 to 400 ms) and quieter than
what it copies, and is the same wave: at the right delay the two correlate, which different speech never does. This is
decided a quarter of a second at a time, so that somebody who speaks over an echo is still heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from transcription.engines.packing import Stretch
from transcription.sound import SAMPLE_RATE, Samples, Sound

HALF: Final = SAMPLE_RATE // 2
"""Telephone sound holds nothing above 4 kHz, so half the rate is enough."""
LONGEST_LAG: Final = int(0.4 * HALF)
CELL: Final = HALF // 4
"""What is decided at once."""
ALIKE: Final = 0.6
"""Correlation from which a cell is a copy. Different speech stays below 0.4, an echo 3 dB over the noise has 0.8."""
SHORTEST: Final = int(0.3 * SAMPLE_RATE)
"""What is left of a stretch beside the copy must be this long to be heard."""
LOUDER: Final = 0.8
"""A copy has at most this times the level of the original. If both are as loud, the lower channel keeps the words."""
STEP: Final = SAMPLE_RATE // 100
LATE: Final = HALF // 200
"""A copy without any delay (5 ms) is the same mix on both channels."""
SOME: Final = 2
"""Cells alike from which a delay is tried again in the next stretch."""
MANY: Final = 4
NEARLY_ALL: Final = 0.8
FAINT: Final = 1.5
"""What is left beside an echo is heard if it is this much louder than the echo, or lasts LEFT samples."""
LEFT: Final = int(1.0 * SAMPLE_RATE)
PEAKS: Final = 3
WHITENING: Final = 0.7

Numbers = npt.NDArray[np.float64]
Cells = npt.NDArray[np.bool_]


@dataclass
class Pair:
    """Two channels, the second maybe echoing in the first. Delays found in one stretch are tried in the next."""

    sound: Sound
    other: Sound
    keeps_ties: bool
    lags: list[int] = field(default_factory=list)

    @property
    def delay_s(self) -> float:
        """The longest delay that was found, in seconds."""
        return max(self.lags, default=0) / HALF

    def copied(self, one: Stretch) -> Cells:
        """Return for each cell of a stretch (0.25 s) whether it only copies the other channel."""
        own = _halved(self.sound.read(one.start, one.end))
        theirs = _halved(self._before(one))
        cells = -(-len(own) // CELL)
        found = np.zeros(cells, np.bool_)
        if not theirs.any() or not own.any():
            return found
        for lag in dict.fromkeys([*self.lags, *_likely_lags(own, theirs)]):
            alike = self._alike(own, theirs[LONGEST_LAG - lag : LONGEST_LAG - lag + len(own)], late=lag >= LATE)
            if alike.sum() >= SOME and lag not in self.lags:
                self.lags = [lag, *self.lags][:PEAKS]
            found |= alike
        return found

    def _before(self, one: Stretch) -> Samples:
        """Return the other channel from the longest delay before the stretch to its end."""
        first = one.start - 2 * LONGEST_LAG
        piece = self.other.read(max(0, first), one.end)
        piece = np.pad(piece, (max(0, -first), 0))
        return np.pad(piece, (0, max(0, one.end - first - len(piece))))

    def _alike(self, own: Numbers, theirs: Numbers, *, late: bool) -> Cells:
        """Return which cells are the same wave and quieter, or all of the same wave where hardly any is another.

        The second rule is for a channel that holds nothing but an echo and was brought to the level of speech.
        """
        left, right = _cells(own), _cells(theirs[: len(own)])
        energy, original = (left * left).sum(axis=1), (right * right).sum(axis=1)
        alike: Cells = np.abs((left * right).sum(axis=1)) >= ALIKE * np.sqrt(energy * original) + 1e-9
        level = np.sqrt(energy / np.maximum(original, 1e-12))
        loud = energy >= energy.max() / 100
        if late and alike.sum() >= MANY and alike[loud].mean() >= NEARLY_ALL:
            return alike
        quiet: Cells = level <= (LOUDER if late or self.keeps_ties else 1 / LOUDER)
        return alike & quiet


def without_copies(
    stretches: Sequence[Stretch], pairs: Sequence[Pair], *, pad: int, levels: npt.NDArray[np.float32]
) -> Iterator[Stretch]:
    """Yield the stretches, or what is left of them where they copy another channel. `levels`: one per 10 ms."""
    for one in stretches:
        copied = np.any([pair.copied(one) for pair in pairs], axis=0) if pairs else np.zeros(1, np.bool_)
        if not copied.any():
            yield one
            continue
        quietest = FAINT * _loudness(levels, [at for at, yes in zip(_spans(one, copied), copied, strict=True) if yes])
        for part in _left(one, copied, pad):
            if part.hush - part.voice >= LEFT or _loudness(levels, [(part.voice, part.hush)]) >= quietest:
                yield part


def _spans(one: Stretch, copied: Cells) -> list[tuple[int, int]]:
    """Return the cells of a stretch as samples of the channel."""
    return [(one.start + 2 * CELL * at, min(one.end, one.start + 2 * CELL * (at + 1))) for at in range(len(copied))]


def _loudness(levels: npt.NDArray[np.float32], spans: Sequence[tuple[int, int]]) -> float:
    """Return the level that the loudest fifth of these samples reaches."""
    found = np.concatenate([levels[start // STEP : max(start // STEP + 1, end // STEP)] for start, end in spans])
    return float(np.quantile(found, 0.8)) if len(found) else 0.0


def _left(one: Stretch, copied: Cells, pad: int) -> Iterator[Stretch]:
    """Yield the parts of a stretch between its copied cells; a lone cell between two copied ones is copied as well."""
    closed = copied.copy()
    closed[1:-1] |= copied[:-2] & copied[2:]
    edges = np.flatnonzero(np.diff(np.concatenate([[True], closed, [True]]).astype(int)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        start, end = one.start + int(first) * 2 * CELL, min(one.end, one.start + int(last) * 2 * CELL)
        voice, hush = max(start, one.voice), min(end, one.hush)
        if hush - voice >= SHORTEST:
            yield Stretch(max(one.start, voice - pad), min(one.end, hush + pad), voice, hush)


def _likely_lags(own: Numbers, theirs: Numbers) -> list[int]:
    """Return the delays at which the two go best together."""
    size = 1 << (len(own) + len(theirs)).bit_length()
    cross = np.fft.rfft(own, size).conj() * np.fft.rfft(theirs, size)
    cross /= np.maximum(np.abs(cross), 1e-9) ** WHITENING
    found = np.abs(np.fft.irfft(cross, size)[: LONGEST_LAG + 1])
    lags = []
    for _ in range(PEAKS):
        at = int(found.argmax())
        lags.append(LONGEST_LAG - at)
        found[max(0, at - HALF // 100) : at + HALF // 100] = 0
    return lags


def _halved(samples: Samples) -> Numbers:
    """Return the sound at half its rate."""
    even = samples[: len(samples) // 2 * 2].astype(np.float64)
    return (even[::2] + even[1::2]) / 2


def _cells(sound: Numbers) -> Numbers:
    return np.pad(sound, (0, -len(sound) % CELL)).reshape(-1, CELL)
