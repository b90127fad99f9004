"""Redacted sound piece by piece, as encoders take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from redaction.errors import SilenceError
from redaction.flac import BLOCK, LAYOUTS
from redaction.sound import RedactedSound


def layout_of(sound: RedactedSound) -> str:
    """Return libav's name for as many channels. Raises SilenceError for more than two."""
    if len(sound.channels) not in LAYOUTS:
        raise SilenceError("sound is written with one or two channels")
    return LAYOUTS[len(sound.channels)]


def blocks(sound: RedactedSound) -> Iterator[npt.NDArray[np.int16]]:
    """Yield the sound interleaved: shape (n, channels)."""
    for start in range(0, sound.samples, BLOCK):
        yield np.stack([channel[start : start + BLOCK] for channel in sound.channels], axis=1)


def frames(sound: RedactedSound) -> Iterator[Any]:
    """Yield the sound as libav's frames, and None where it ends."""
    at = 0
    for block in blocks(sound):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block).reshape(1, -1), "s16", layout_of(sound))
        frame.sample_rate, frame.pts = sound.sample_rate, at
        at += len(block)
        yield frame
    yield None
