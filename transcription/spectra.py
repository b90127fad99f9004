"""Power spectra of a sound, read in pieces: short frames for what lasts as long as a key tone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from transcription.sound import SAMPLE_RATE, Samples, Sound

FRAME: Final = 512
"""Samples in a frame: 32 ms, so that a tone of 40 ms (the shortest that Q.24 lets count) fills at least one."""
HOP: Final = 128
"""Samples from one frame's centre to the next, usually: 8 ms."""
BINS: Final = 240
"""Bins kept: up to 3734 Hz, which is all that a telephone carries."""
BIN_HZ: Final = SAMPLE_RATE / (2 * FRAME)
"""Width of a bin: frames are transformed at twice their length, which shows where between two bins a tone lies."""
_PIECE: Final = 2_000
"""Frames at a time: 16 seconds at the usual hop."""
_WINDOW: Final = np.hanning(FRAME + 1)[:-1].astype(np.float32)

Powers = npt.NDArray[np.float32]
"""Power by frame and bin, shape (n, BINS). A full-scale sine has about 16,000 in its bin."""


def powers(sound: Sound, *, hop: int = HOP) -> Iterator[Powers]:
    """Yield the powers of successive frames; frame i of all is centred on sample i * hop, zeros around the sound."""
    total = len(sound) // hop + 1
    for first in range(0, total, _PIECE):
        last = min(total, first + _PIECE)
        yield _powers_of(_around(sound, first * hop - FRAME // 2, (last - 1) * hop + FRAME // 2), hop)


def _around(sound: Sound, start: int, stop: int) -> Samples:
    """Return samples [start, stop), zeros where the sound has none."""
    wanted = np.zeros(stop - start, np.float32)
    known = sound.read(max(0, start), min(stop, len(sound)))
    at = max(0, -start)
    wanted[at : at + len(known)] = known
    return wanted


def _powers_of(samples: Samples, hop: int) -> Powers:
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::hop]
    spectrum = np.fft.rfft(frames * _WINDOW, 2 * FRAME, axis=1)[:, :BINS]
    power: Powers = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return power
