"""WAV and Opus out: what the command line writes. Not a tag, name or date of the source goes along."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import numpy as np
import numpy.typing as npt

from redaction.errors import SilenceError
from redaction.flac import BLOCK, LAYOUTS
from redaction.sound import RedactedSound

OPUS_RATES = frozenset({8_000, 12_000, 16_000, 24_000, 48_000})
"""What Opus takes without resampling (RFC 6716, section 2)."""
BIT_RATE = 32_000
"""Bits per second and channel: telephone speech is transparent well below."""
WAV_MAX_BYTES = 0xFFFF_FFFF - 1_024


def encode_wav(sound: RedactedSound, into: BinaryIO) -> None:
    """Write 16-bit PCM with a plain 44-byte header, sample for sample. Raises SilenceError beyond 4 GiB."""
    channels = len(sound.channels)
    if sound.samples * channels * 2 > WAV_MAX_BYTES:
        raise SilenceError("the sound is too long for a WAV file")
    with wave.open(into, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(sound.sample_rate)
        for block in _blocks(sound):
            out.writeframesraw(block.astype("<i2", copy=False).tobytes())


def encode_opus(sound: RedactedSound, into: BinaryIO) -> None:
    """Write Ogg Opus (RFC 7845) for one or two channels; other rates than Opus's own are brought to 48 kHz."""
    if len(sound.channels) not in LAYOUTS:
        raise SilenceError("Opus is written with one or two channels")
    layout, rate = LAYOUTS[len(sound.channels)], sound.sample_rate
    wanted = rate if rate in OPUS_RATES else 48_000
    # bitexact: no name and version of the writing library either
    with av.open(into, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=wanted, layout=layout, options={"application": "voip"})
        stream.bit_rate = BIT_RATE * len(sound.channels)
        resampler = av.AudioResampler("s16", layout, wanted)
        for frame in _frames(sound, layout):
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))


def _frames(sound: RedactedSound, layout: str) -> Iterator[Any]:
    """Yield the sound as frames, and None where it ends."""
    at = 0
    for block in _blocks(sound):
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts = sound.sample_rate, at
        at += len(block)
        yield frame
    yield None


def _blocks(sound: RedactedSound) -> Iterator[npt.NDArray[np.int16]]:
    """Yield the sound interleaved: shape (n, channels)."""
    for start in range(0, sound.samples, BLOCK):
        yield np.stack([channel[start : start + BLOCK] for channel in sound.channels], axis=1)
