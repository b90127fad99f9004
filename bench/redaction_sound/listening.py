"""Can an item still be heard? Frame by frame: does the redacted sound still go along with the original one?

Phases are compared, each frequency weighted with the original's magnitude. What was replaced agrees by chance only;
speech under a tone keeps its phases at all frequencies but the tone's: a tone laid over speech counts as audible.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FRAME_S = 0.032
STEP_S = 0.01
LOUD_DB = 25.0
"""Frames within this of an item's loudest are its speech."""
AGREES = 0.6
"""Agreement of phases from which a frame is taken to sound on; chance reaches about 0.4."""
AUDIBLE_SHARE = 0.25
ECHO_LAGS_S = 0.35
ECHO_AT_LEAST = 0.2


def audible_share(original: npt.NDArray[Any], redacted: npt.NDArray[Any], rate: int, speech: npt.NDArray[Any]) -> float:
    """Return the share of speech frames in which `redacted` goes along with `original`.

    All three have shape (n,); `speech` says which frames count (the item on its own channel, without what echoes it).
    """
    loud = _loud(_frames(speech, rate))
    if not loud.any():
        return 0.0
    one, two = (
        np.fft.rfft(_frames(sound, rate)[loud] * np.hanning(round(FRAME_S * rate))) for sound in (original, redacted)
    )
    weight = np.abs(one)
    both = weight * np.abs(two)
    turned = np.where(both > 0, one * np.conj(two) / np.maximum(both, 1e-9), 0)
    agreement = np.abs((weight * turned).sum(axis=1)) / np.maximum(weight.sum(axis=1), 1e-9)
    present = np.sqrt((np.abs(two) ** 2).mean(axis=1)) > 1.0
    return float(np.mean((agreement > AGREES) & present))


def echo_lag(own: npt.NDArray[Any], other: npt.NDArray[Any], rate: int) -> int | None:
    """Return by how many samples `other` repeats `own` later, None when it does not."""
    first, second = own.astype(np.float64), other.astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(first) + len(second) + 1)))
    spectrum = np.conj(np.fft.rfft(first, size)) * np.fft.rfft(second, size)
    lags = np.fft.irfft(spectrum, size)[: round(ECHO_LAGS_S * rate)]
    norm = np.sqrt((first**2).sum() * (second**2).sum())
    if norm <= 0 or not len(lags):
        return None
    best = int(np.abs(lags).argmax())
    return best if abs(lags[best]) / norm >= ECHO_AT_LEAST else None


def _frames(sound: npt.NDArray[Any], rate: int) -> Floats:
    size, step = round(FRAME_S * rate), round(STEP_S * rate)
    if len(sound) < size:
        return np.zeros((0, size))
    return np.lib.stride_tricks.sliding_window_view(sound.astype(np.float64), size)[::step]


def _loud(frames: Floats) -> npt.NDArray[np.bool_]:
    level = np.sqrt((frames**2).mean(axis=1)) if len(frames) else np.zeros(0)
    found: npt.NDArray[np.bool_] = level > max(1.0, level.max(initial=0.0) * 10 ** (-LOUD_DB / 20))
    return found
