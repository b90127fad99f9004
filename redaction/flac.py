"""FLAC out: lossless at the recording's own rate, 16 bit, without a tag or a name from the source."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

import av
import numpy as np
import numpy.typing as npt

from redaction.errors import SilenceError

BLOCK = 65_536
LAYOUTS = {1: "mono", 2: "stereo"}


class Channel(Protocol):
    """Samples that are read by slices: an array of shape (n,), or what behaves like one."""

    def __len__(self) -> int:
        """Return how many samples there are."""
        ...

    def __getitem__(self, part: slice, /) -> npt.NDArray[Any]:
        """Return samples [start, stop)."""
        ...


def encode_flac(channels: Sequence[Channel], sample_rate: int, into: BinaryIO | None = None) -> bytes:
    """Encode one or two channels of equal length as FLAC, block by block.

    Writes to `into` and returns no bytes when one is given, else returns the file. Float samples are clipped to 16 bit.
    """
    if len(channels) not in LAYOUTS:
        raise SilenceError("FLAC is written with one or two channels")
    if len({len(channel) for channel in channels}) != 1:
        raise SilenceError("the channels are not equally long")
    target = into if into is not None else io.BytesIO()
    with av.open(target, "w", format="flac", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("flac", rate=sample_rate, layout=LAYOUTS[len(channels)])
        stream.format = "s16"
        for start in range(0, max(1, len(channels[0])), BLOCK):
            block = [to_int16(channel[start : start + BLOCK]) for channel in channels]
            if not len(block[0]):
                continue
            frame = av.AudioFrame.from_ndarray(np.stack(block, axis=1).reshape(1, -1), "s16", LAYOUTS[len(channels)])
            frame.sample_rate = sample_rate
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue() if isinstance(target, io.BytesIO) and into is None else b""


def decode_flac(source: bytes | BinaryIO) -> tuple[list[npt.NDArray[np.int16]], int]:
    """Return the channels of a FLAC file as int16, and its rate: to prove that what was written is what was meant."""
    blocks: list[npt.NDArray[np.int16]] = []
    with av.open(io.BytesIO(source) if isinstance(source, bytes) else source, "r") as container:
        stream = container.streams.audio[0]
        rate, count = stream.rate, stream.layout.nb_channels
        for frame in container.decode(stream):
            blocks.append(frame.to_ndarray().reshape(-1, count).astype(np.int16))  # noqa: PERF401 - frames are reused
    joined = np.concatenate(blocks) if blocks else np.zeros((0, count), np.int16)
    return [np.ascontiguousarray(joined[:, at]) for at in range(count)], rate


def to_int16(channel: npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    """Return the samples as int16: as they are, or scaled and clipped from -1..1."""
    if channel.dtype == np.int16:
        return channel
    if not np.all(np.isfinite(channel)):
        raise SilenceError("a sample is not a number")
    return np.clip(np.round(channel.astype(np.float64) * 32_767), -32_768, 32_767).astype(np.int16)
