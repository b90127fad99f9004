"""How loud the speech on a channel is, and the gain that brings it to one level.

Told from the louder frames, not from the mean: a caller who speaks for a minute in an hour is as loud as that minute.
A channel whose frames are all alike holds noise or nothing, and is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from transcription.sound import SAMPLE_RATE, Samples

FRAME_S = 0.03
TARGET_DB = -23.0
"""Mean power of the louder frames after the gain, in dB of full scale: room for 23 dB of peaks."""
MAX_GAIN_DB = 30.0
FLOOR_DB = -50.0
"""No gain lifts the background above this."""
MIN_SPREAD_DB = 9.0
"""Louder frames less than this above the background are no speech."""
_SILENT_DB = -90
_LOUD_SHARE, _LOUD_MAX_S = 0.2, 5.0
_CLICKS_SHARE = 0.05


@dataclass
class Levels:
    """A running histogram of one channel's frame powers, in whole dB of full scale."""

    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(-_SILENT_DB + 1, np.int64))
    _rest: Samples = field(default_factory=lambda: np.zeros(0, np.float32))

    def add(self, samples: Samples) -> None:
        """Count the frames of samples at SAMPLE_RATE, shape (n,)."""
        size = int(FRAME_S * SAMPLE_RATE)
        held = np.concatenate([self._rest, samples])
        whole = len(held) // size * size
        self._rest = held[whole:]
        power = np.mean(np.square(held[:whole].reshape(-1, size)), axis=1)
        bins = np.clip(np.rint(10 * np.log10(np.maximum(power, 1e-12))), _SILENT_DB, 0).astype(np.int64) - _SILENT_DB
        self.counts += np.bincount(bins, minlength=len(self.counts))

    @property
    def loud_db(self) -> float | None:
        """Mean power of the louder frames (a fifth of what is not silent, at most 5 s, the very loudest left out)."""
        sounding = self._sounding()
        if sounding is None:
            return None
        wanted = max(1.0, min(_LOUD_SHARE * sounding.sum(), _LOUD_MAX_S / FRAME_S))
        clicks = _CLICKS_SHARE * wanted
        above = np.cumsum(sounding[::-1])
        taken = np.diff(np.clip(above, clicks, wanted + clicks), prepend=clicks)
        powers = np.power(10.0, np.arange(0, _SILENT_DB, -1, dtype=np.float64) / 10)
        return float(10 * np.log10(taken @ powers / max(taken.sum(), 1e-9)))

    @property
    def background_db(self) -> float | None:
        """The level that three quarters of what is not silent exceed."""
        sounding = self._sounding()
        if sounding is None:
            return None
        return float(_SILENT_DB + 1 + np.searchsorted(np.cumsum(sounding), sounding.sum() / 4))

    def _sounding(self) -> npt.NDArray[np.int64] | None:
        sounding = self.counts[1:]
        return sounding if sounding.sum() else None

    @property
    def gain(self) -> float:
        """The factor for this channel's samples; 1.0 where there is nothing to level."""
        loud, background = self.loud_db, self.background_db
        if loud is None or background is None:
            return 1.0
        wanted = min(TARGET_DB - loud, MAX_GAIN_DB)
        if wanted > 0:
            wanted = 0.0 if loud - background < MIN_SPREAD_DB else max(0.0, min(wanted, FLOOR_DB - background))
        return float(10 ** (wanted / 20))
