"""What stands still in a call and so is no speech: ringback, busy and fax tones, hiss, hum, silence.

Speech moves: over a second its level wanders by 3 dB and more (never less in 25 minutes of generated speech), while a
tone or a hiss stays within 1. Whatever speaks on top of a hiss moves it, down to some 6 dB below it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from transcription.ranges import Range, joined
from transcription.sound import SAMPLE_RATE, Sound, seconds
from transcription.spectra import BIN_HZ, Powers, powers

_Numbers = npt.NDArray[np.float32]
_HOP: Final = 256
_STEP_S: Final = 2 * _HOP / SAMPLE_RATE
"""Levels are looked at every 32 ms, each the mean of two frames."""
_EDGES: Final = tuple(round(hertz / BIN_HZ) for hertz in (200, 450, 700, 1000, 1400, 1900, 2500, 3400))
_FLOOR: Final = 1e-3
"""Power of what is as good as silent."""
NOISE_STEPS: Final = 31
"""Levels looked at together for noise: a second."""
TONE_STEPS: Final = 12
"""Levels looked at together for tones: 0.38 s, since British ringback and busy tones sound for 0.4 to 0.5 s."""
NOISE_DB: Final = (1.2, 2.2)
"""What the level of a noise keeps to: standard deviation, and the most above its median."""
BAND_DB: Final = (2.1, 5.0)
"""The same for each band that holds some of it: a narrower band of a noise wanders more."""
TONE_DB: Final = (1.0, 1.5)
"""The same for tones."""
TONE_SHARE: Final = 0.96
"""What the two strongest lines of a tone hold of the sound. Two, as ringback and busy tones are made of two."""
_LINE: Final = 4
"""Bins on either side of a line that belong to it."""
_LOWEST: Final = round(330 / BIN_HZ)
"""No telephone signal lies lower; a hummed m of a real voice does, and stands as still."""
_SHORTEST_S: Final = 0.3


def steady_tones(sound: Sound) -> list[Range]:
    """Return where the sound certainly is no speech since it stands still, in order, apart, 0.3 s or longer.

    Read in pieces of 32 seconds. Nothing is returned where a voice is heard on top.
    """
    bands, lines = _levels(sound)
    steps = np.unique(np.concatenate([_noise(bands), _tone(bands, lines)]))
    found = joined(
        ((step * _STEP_S, (step + 1) * _STEP_S) for step in steps.tolist()),
        bridge_s=_STEP_S / 2,
        length_s=seconds(sound),
    )
    return [one for one in found if one[1] - one[0] >= _SHORTEST_S]


def _levels(sound: Sound) -> tuple[_Numbers, npt.NDArray[np.bool_]]:
    """Return the power by step and band, shape (n, 7), and in which steps two lines hold nearly all of it."""
    bands, lines = [np.zeros((0, len(_EDGES) - 1), np.float32)], [np.zeros(0, np.bool_)]
    for piece in powers(sound, hop=_HOP):
        pairs = piece[: len(piece) // 2 * 2].reshape(-1, 2, piece.shape[1]).mean(axis=1)
        total = np.add.reduceat(pairs, _EDGES, axis=1)[:, :-1]
        bands.append(total)
        lines.append(_lined(pairs, total.sum(axis=1)))
    return np.concatenate(bands), np.concatenate(lines)


def _lined(power: Powers, total: _Numbers) -> npt.NDArray[np.bool_]:
    """Say for each step whether two lines hold TONE_SHARE of it."""
    rest = power.copy()
    rest[:, : _EDGES[0]] = 0
    rest[:, _EDGES[-1] :] = 0
    above = rest[:, _LOWEST:]
    rows = np.arange(len(above))[:, np.newaxis]
    for _ in range(2):
        around = above.argmax(axis=1)[:, np.newaxis] + np.arange(-_LINE, _LINE + 1)
        above[rows, np.clip(around, 0, above.shape[1] - 1)] = 0
    lined: npt.NDArray[np.bool_] = rest.sum(axis=1) <= (1 - TONE_SHARE) * total
    return lined


def _noise(bands: _Numbers) -> npt.NDArray[np.int64]:
    """Return the steps that lie in a second in which neither the level nor any band moves."""
    if len(bands) < NOISE_STEPS:
        return np.zeros(0, np.int64)
    level = _decibels(bands.sum(axis=1))
    still = _still(level, NOISE_STEPS, NOISE_DB)
    share = np.lib.stride_tricks.sliding_window_view(bands, NOISE_STEPS, axis=0).mean(axis=2)
    share /= share.sum(axis=1, keepdims=True) + _FLOOR
    for band in range(bands.shape[1]):
        still &= _still(_decibels(bands[:, band]), NOISE_STEPS, BAND_DB) | (share[:, band] < 0.02)  # noqa: PLR2004
    return _covered(still, NOISE_STEPS)


def _tone(bands: _Numbers, lines: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the steps that lie in 0.38 s of two lines and nothing else, at the same level."""
    if len(bands) < TONE_STEPS:
        return np.zeros(0, np.int64)
    still = _still(_decibels(bands.sum(axis=1)), TONE_STEPS, TONE_DB)
    still &= np.lib.stride_tricks.sliding_window_view(lines, TONE_STEPS).all(axis=1)
    return _covered(still, TONE_STEPS)


def _still(level: _Numbers, steps: int, limits_db: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """Say for each stretch of `steps` levels (decibels) whether it keeps to the limits."""
    stretches = np.lib.stride_tricks.sliding_window_view(level, steps)
    deviation, above = stretches.std(axis=1), stretches.max(axis=1) - np.median(stretches, axis=1)
    still: npt.NDArray[np.bool_] = (deviation <= limits_db[0]) & (above <= limits_db[1])
    return still


def _covered(still: npt.NDArray[np.bool_], steps: int) -> npt.NDArray[np.int64]:
    """Return the numbers of all levels in a still stretch, which begins where `still` says so."""
    return np.unique((np.flatnonzero(still)[:, np.newaxis] + np.arange(steps)).ravel())


def _decibels(power: _Numbers) -> _Numbers:
    level: _Numbers = 10 * np.log10(power + np.float32(_FLOOR))
    return level
