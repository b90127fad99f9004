"""Telephone key tones (DTMF): where they sound, so that nobody reads a card number from a redacted recording.

A key is two tones at once, one of a low and one of a high group (ITU-T Q.23), 1.8 % off at most, 40 ms or longer with
40 ms between them (Q.24). Recall comes before precision: what may be a key is masked. Which key it was is never
returned, logged or stored: nothing here even knows it for longer than two frames.

Each frame of 32 ms is measured: does it hold two tones at the right places, how far do they stand out, and what share
of the sound are they? Frames that follow each other with the same two tones are a run. A run that meets one of
`SURE` is a key. Where there are several keys, more are expected, and what speech or music half covers counts too
(`LIKELY`). All limits are measured, not standard: docs/key-tones.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from transcription.ranges import Range, joined
from transcription.sound import SAMPLE_RATE, Sound, seconds
from transcription.spectra import BIN_HZ, BINS, FRAME, HOP, Powers, powers

__all__ = ["Range", "key_tones"]

_Numbers = npt.NDArray[np.float64]
LOW_HZ: Final = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ: Final = (1209.0, 1336.0, 1477.0, 1633.0)
TOLERANCE: Final = 0.024
"""Q.24 lets a tone be 1.8 % off; the rest is what a frame of 32 ms measures wrong."""
TWIST_DB: Final = 14.0
"""How much louder one tone may be than the other. Q.24 asks for 8 and 4 dB; low bit rates add some."""
SHARE: Final = 0.1
"""The least share of the two tones in the sound from 530 Hz on."""
PROMINENCE_DB: Final = 3.0
"""How far each tone must stand out of the 100 Hz on either side."""
DRIFT_HZ: Final = (14.0, 21.0)
"""How far the low and the high tone may seem to move from frame to frame."""
STRING_S: Final = 2.5
"""Keys come in strings: this near to two sure ones, what is likely counts."""
PAD_S: Final = 0.03
"""What is masked before and after: the frames at a tone's edges are not wholly filled by it."""
BRIDGE_S: Final = 0.3
"""Keys as near as this are masked as one."""
OVERLAP: Final = 64
"""Frames that are looked at again with the next piece."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a run of at least `frames` must reach: best share (of all, and above 530 Hz), prominence, and steadiness."""

    frames: int
    prominence_db: float
    share: float = 0.0
    upper_share: float = 0.0
    wander_hz: float = 99.0


SURE: Final = (
    _Rule(2, 8, share=0.95),
    _Rule(3, 10, share=0.88, wander_hz=4),
    _Rule(4, 12, share=0.8, wander_hz=3),
    _Rule(4, 13, upper_share=0.93, wander_hz=3),
    _Rule(6, 12, share=0.4, wander_hz=2.5),
    _Rule(8, 10, share=0.25, wander_hz=2),
)
LIKELY: Final = (_Rule(2, 6, upper_share=0.2), _Rule(1, 6, upper_share=0.8))


@dataclass(frozen=True, slots=True)
class _Group:
    """The strongest tone of one group in each frame: is it there, which, its hertz, its power, that of its sides."""

    there: npt.NDArray[np.bool_]
    which: npt.NDArray[np.int64]
    hertz: _Numbers
    power: _Numbers
    sides: _Numbers


@dataclass(frozen=True, slots=True)
class _Run:
    """Frames [first, last] with the same two tones, and the best that they reach."""

    first: int
    last: int
    share: float
    upper_share: float
    prominence_db: float
    wander_hz: float

    def meets(self, rules: tuple[_Rule, ...]) -> bool:
        """Say whether one of the rules holds."""
        return any(
            self.last - self.first + 1 >= rule.frames
            and self.prominence_db >= rule.prominence_db
            and self.share >= rule.share
            and self.upper_share >= rule.upper_share
            and self.wander_hz <= rule.wander_hz
            for rule in rules
        )


def key_tones(sound: Sound) -> list[Range]:
    """Return where telephone keys sound, in order, apart, inside the sound, padded so that no decoder finds a digit.

    Silence these ranges before anything else listens to the sound. Read in pieces of 16 seconds; memory stays flat.
    """
    runs = _runs(sound)
    sure = [run.meets(SURE) for run in runs]
    starts = np.array([run.first for run, yes in zip(runs, sure, strict=True) if yes], np.float64) * HOP / SAMPLE_RATE
    found = [run for run, yes in zip(runs, sure, strict=True) if yes or (_in_string(run, starts) and run.meets(LIKELY))]
    reach_s = FRAME / 2 / SAMPLE_RATE + PAD_S
    hop_s = HOP / SAMPLE_RATE
    return joined(
        ((run.first * hop_s - reach_s, run.last * hop_s + reach_s) for run in found),
        bridge_s=BRIDGE_S,
        length_s=seconds(sound),
    )


def _in_string(run: _Run, starts: _Numbers) -> bool:
    """Say whether two sure keys that belong together are near."""
    at = run.first * HOP / SAMPLE_RATE
    first, last = np.searchsorted(starts, (at - 2 * STRING_S, at + 2 * STRING_S))
    around = starts[first:last]
    together = np.flatnonzero(np.diff(around) <= STRING_S)
    ends = np.concatenate([around[together], around[together + 1]])
    return bool(len(ends)) and float(np.abs(ends - at).min()) <= STRING_S


def _runs(sound: Sound) -> list[_Run]:
    """Return the runs of the whole sound, in order. Pieces overlap, so that none is cut in two where they meet."""
    runs: list[_Run] = []
    reached, tail = 0, np.zeros((0, BINS), np.float32)
    for piece in powers(sound):
        again = reached - len(tail)
        while runs and runs[-1].first > again:
            runs.pop()
        for run in _runs_of(np.concatenate([tail, piece]), again):
            if runs and run.first <= runs[-1].last:
                runs[-1] = _longer(runs[-1], run)
            else:
                runs.append(run)
        reached, tail = reached + len(piece), piece[-OVERLAP:]
    return runs


def _longer(one: _Run, other: _Run) -> _Run:
    """Return the longer of two runs that are one, reaching as far as both."""
    longer = max(one, other, key=lambda run: run.last - run.first)
    return replace(longer, first=min(one.first, other.first), last=max(one.last, other.last))


def _runs_of(power: Powers, offset: int) -> list[_Run]:
    """Return the runs of a piece whose first frame has the number `offset`."""
    sums = np.concatenate([np.zeros((len(power), 1)), np.cumsum(power, axis=1, dtype=np.float64)], axis=1)
    low, high = _strongest(power, sums, LOW_HZ), _strongest(power, sums, HIGH_HZ)
    both = low.power + high.power
    share, upper_share = both / _total(sums, 297.0), both / _total(sums, 530.0)
    prominence_db = 10 * np.log10(np.minimum(low.power / low.sides, high.power / high.sides))
    twist_db = 10 * np.log10(high.power / low.power)
    keyed = low.there & high.there & (upper_share >= SHARE)
    keyed &= (prominence_db >= PROMINENCE_DB) & (np.abs(twist_db) <= TWIST_DB)
    runs: list[_Run] = []
    for first, last in _same_key(keyed, low, high):
        own = slice(first, last + 1)
        wander_hz = max(float(low.hertz[own].std()), float(high.hertz[own].std()))
        best, best_upper, best_db = (float(one[own].max()) for one in (share, upper_share, prominence_db))
        runs.append(_Run(first + offset, last + offset, best, best_upper, best_db, wander_hz))
    return runs


def _total(sums: _Numbers, from_hz: float) -> _Numbers:
    """Return the power from `from_hz` to 3400 Hz; a floor keeps what is quieter than any line from being measured."""
    total: _Numbers = sums[:, round(3400 / BIN_HZ)] - sums[:, round(from_hz / BIN_HZ)] + _FLOOR
    return total


_FLOOR: Final = 1e-5
"""About 90 dB below full scale."""


def _strongest(power: Powers, sums: _Numbers, nominal: tuple[float, ...]) -> _Group:
    """Return for each frame the strongest peak that lies where a tone of the group may lie."""
    frames = np.arange(len(power))
    best = _Group(
        np.zeros(len(power), np.bool_),
        np.zeros(len(power), np.int64),
        *(np.full(len(power), _FLOOR) for _ in range(3)),
    )
    for number, hertz in enumerate(nominal):
        first, last = (int(hertz * (1 + off) / BIN_HZ + up) for off, up in ((-TOLERANCE, 0), (TOLERANCE, 1)))
        peak = power[:, first : last + 1].argmax(axis=1) + first
        exact, is_peak = _exact(power, frames, peak)
        own = sums[frames, peak + 5] - sums[frames, peak - 4] + _FLOOR
        wide = sums[frames, peak + 12] - sums[frames, peak - 11]
        better = is_peak & (np.abs(exact / hertz - 1) <= TOLERANCE) & (own > best.power)
        best.there[better] = True
        best.which[better] = number
        best.hertz[better] = exact[better]
        best.power[better] = own[better]
        best.sides[better] = np.maximum(wide - own, _FLOOR)[better]
    return best


def _exact(
    power: Powers, frames: npt.NDArray[np.int64], peak: npt.NDArray[np.int64]
) -> tuple[_Numbers, npt.NDArray[np.bool_]]:
    """Return each peak's hertz (the top of a parabola through three bins' decibels) and whether it is one."""
    before, here, after = (power[frames, peak + step].astype(np.float64) + 1e-20 for step in (-1, 0, 1))
    left, top, right = np.log(before), np.log(here), np.log(after)
    curve = np.minimum(left - 2 * top + right, -1e-9)
    shift = np.clip(0.5 * (left - right) / curve, -0.5, 0.5)
    return (peak + shift) * BIN_HZ, (here >= before) & (here >= after)


def _same_key(keyed: npt.NDArray[np.bool_], low: _Group, high: _Group) -> list[tuple[int, int]]:
    """Return (first, last) of each run of keyed frames in which neither tone jumps."""
    follows = np.zeros(len(keyed), np.bool_)
    follows[1:] = keyed[1:] & keyed[:-1]
    for group, drift_hz in ((low, DRIFT_HZ[0]), (high, DRIFT_HZ[1])):
        follows[1:] &= (np.diff(group.which) == 0) & (np.abs(np.diff(group.hertz)) <= drift_hz)
    firsts = np.flatnonzero(keyed & ~follows)
    lasts = np.flatnonzero(keyed & ~np.append(follows[1:], False))
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
