"""Whether two channels carry the same sound: a recorder that writes its mix twice must not double every turn.

The same means the same for the whole call: one channel is the other, maybe inverted, quieter, up to 50 ms later, or
through another codec. A channel on which somebody speaks alone, however seldom, is a channel of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from transcription.resampling import Block, Resampler
from transcription.sound import SAMPLE_RATE

SAME_SOUND = 1e-3
"""Two channels are one when the difference (or sum) holds at most this part of their energy: -30 dB."""
RATE_HZ = 4_000
BLOCK, LAG = RATE_HZ // 2, RATE_HZ // 20
"""Blocks of half a second are compared, up to 50 ms apart."""
_FFT = 4_096
_ALIKE = 0.5
_APART = 0.35
_NEAR_LAG = RATE_HZ // 500
_SAME_RATIO_DB = 10.0
_LOUD_RANGE_DB, _OWN_RANGE_DB, _HEARD_DB = 25.0, 18.0, -65.0
_COPY_MIN_DB = -21.0
"""A copy that is fainter is taken for an echo on the line: the side stays, for a party of its own belongs to it."""
_MATCHED_SHARE, _OWN_SHARE, _MIN_BLOCKS = 0.9, 0.002, 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`same`: one sound on both channels. `share`: of the blocks with sound, how many carry the same, 0..1."""

    same: bool
    share: float
    keep: int = 0


@dataclass
class Likeness:
    """Compares two channels block by block, in memory that does not grow but by a few numbers per block."""

    energies: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    difference: float = 0.0
    total: float = 0.0
    _down: Resampler = field(default_factory=lambda: Resampler(2, SAMPLE_RATE, RATE_HZ))
    _held: Block = field(default_factory=lambda: np.zeros((2, LAG), np.float32))
    _found: list[tuple[float, int, float, float]] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Compare the next block of two channels at SAMPLE_RATE, shape (2, n)."""
        left, right = block.astype(np.float64)
        self.energies += (left @ left, right @ right)
        self.difference += float((left - right) @ (left - right))
        self.total += float((left + right) @ (left + right))
        self._compare(self._down.push(block))

    def verdict(self) -> Verdict:
        """Say what was found; nothing can be added then."""
        self._compare(np.concatenate([self._down.flush(), np.zeros((2, BLOCK + LAG), np.float32)], axis=1))
        keep = int(self.energies[1] > 2 * self.energies[0])
        whole = float(self.energies.sum())
        if whole > 0 and min(self.difference, self.total) <= SAME_SOUND * whole:
            return Verdict(same=True, share=1.0)
        return _judged(np.array(self._found, np.float64).reshape(-1, 4), keep)

    def _compare(self, block: Block) -> None:
        self._held = np.concatenate([self._held, block], axis=1)
        while self._held.shape[1] >= BLOCK + 2 * LAG:
            here = self._held[:, : BLOCK + 2 * LAG].astype(np.float64)
            self._found.append(_match(here[0, LAG : LAG + BLOCK], here[1]))
            self._held = self._held[:, BLOCK:]


def _match(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> tuple[float, int, float, float]:
    """Return (correlation at the best lag, that lag, power of `one` in dB, of `other` there in dB)."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(other))])
    energy, energies = float(one @ one), np.maximum(sums[BLOCK:] - sums[:-BLOCK], 0.0)
    levels = [10 * np.log10(max(value / BLOCK, 1e-12)) for value in (energy, float(energies[LAG]))]
    if max(levels) < _HEARD_DB:
        return 0.0, 0, levels[0], levels[1]
    spectrum = np.fft.rfft(other, _FFT) * np.conj(np.fft.rfft(one, _FFT))
    products = np.fft.irfft(spectrum, _FFT)[: 2 * LAG + 1]
    alike = products / np.sqrt(np.maximum(energy * energies, 1e-18))
    best = int(np.argmax(np.abs(alike)))
    return float(alike[best]), best - LAG, levels[0], 10 * float(np.log10(max(energies[best] / BLOCK, 1e-12)))


def _judged(found: npt.NDArray[np.float64], keep: int) -> Verdict:
    alike, lag, levels = np.abs(found[:, 0]), found[:, 1], found[:, 2:]
    loudest = np.array(
        [np.percentile(one[one > _HEARD_DB], 95) if (one > _HEARD_DB).any() else 0.0 for one in levels.T]
    )
    loud, very = (
        (levels > np.maximum(loudest - below, _HEARD_DB)).any(axis=1) for below in (_LOUD_RANGE_DB, _OWN_RANGE_DB)
    )
    sure = loud & (alike >= _ALIKE)
    if not sure.any():
        return Verdict(same=False, share=0.0)
    usual_lag = np.median(lag[sure])
    ratio = levels[:, 1] - levels[:, 0]
    usual_ratio = float(np.median(ratio[sure]))
    fits = np.abs(ratio - usual_ratio) <= _SAME_RATIO_DB
    matched = sure & fits & (np.abs(lag - usual_lag) <= _NEAR_LAG)
    own = very & ~matched & (~fits | (alike < _APART))
    share = float(matched.sum() / loud.sum())
    same = (
        matched.sum() >= _MIN_BLOCKS
        and share >= _MATCHED_SHARE
        and own.sum() <= _OWN_SHARE * loud.sum()
        and abs(usual_ratio) <= -_COPY_MIN_DB
    )
    return Verdict(bool(same), share, keep if same else 0)
