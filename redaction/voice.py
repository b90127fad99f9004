"""Where somebody speaks, by loudness alone: good enough to mute by, and it needs no model.

In doubt there is a voice: what is taken for one goes silent, and noise that goes silent harms nobody.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

FRAME_S: Final = 0.02
GAP_S: Final = 0.2
"""A shorter pause is inside a word or between two words of a phrase."""
SHORTEST_S: Final = 0.06
FLOOR_PERCENTILE: Final = 15.0
LOUD_PERCENTILE: Final = 95.0
ABOVE_FLOOR_DB: Final = 8.0
FAINTEST_DB: Final = 35.0
"""What lies further below the loud parts is no voice of this line."""
SUREST_DB: Final = 15.0
"""What is no further below the loud parts is taken for a voice however noisy the line is."""
FRAMES_AT_ONCE: Final = 3_000
_NOTHING_DB: Final = -120.0

Samples = npt.NDArray[Any]


def levels_db(channel: Samples, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return the level of each frame of FRAME_S in decibels of full scale, block by block; shape (frames,)."""
    scale = float(np.iinfo(channel.dtype).max) if np.issubdtype(channel.dtype, np.integer) else 1.0
    size = max(1, int(FRAME_S * sample_rate))
    frames = len(channel) // size
    found = [
        _loudness(channel[at * size : min(frames, at + FRAMES_AT_ONCE) * size], size) / scale
        for at in range(0, frames, FRAMES_AT_ONCE)
    ]
    level = np.concatenate(found) if found else np.zeros(0, np.float32)
    decibels = 20 * np.log10(np.maximum(level, 10 ** (_NOTHING_DB / 20)))
    return np.asarray(decibels, np.float32)


def threshold_db(levels: npt.NDArray[np.float32]) -> float:
    """Return the level from which a frame of this channel counts as voice, by its quiet and its loud parts."""
    sounding = levels[levels > _NOTHING_DB + 1]
    if not len(sounding):
        return 0.0
    floor, loud = (float(np.percentile(sounding, part)) for part in (FLOOR_PERCENTILE, LOUD_PERCENTILE))
    return min(max(floor + ABOVE_FLOOR_DB, loud - FAINTEST_DB), loud - SUREST_DB)


def voiced_ranges(channel: Samples, sample_rate: int) -> tuple[tuple[float, float], ...]:
    """Return the stretches [start, end) in seconds with a voice, short pauses joined."""
    levels = levels_db(channel, sample_rate)
    voiced = np.flatnonzero(levels >= threshold_db(levels))
    if not len(voiced):
        return ()
    cuts = np.flatnonzero(np.diff(voiced) * FRAME_S > GAP_S)
    first, last = voiced[np.r_[0, cuts + 1]], voiced[np.r_[cuts, len(voiced) - 1]]
    stretches = zip(first * FRAME_S, (last + 1) * FRAME_S, strict=True)
    return tuple((float(start), float(end)) for start, end in stretches if end - start >= SHORTEST_S)


def _loudness(piece: Samples, size: int) -> npt.NDArray[np.float32]:
    """Return the root mean square of each frame of `size` samples."""
    frames = piece.astype(np.float32).reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(np.square(frames), axis=1)), np.float32)
