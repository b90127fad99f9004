"""One sound file as blocks in order, each at its time: what is lost in between becomes silence of that length.

Times come from the packets, never from a duration that the container claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import av
import av.error
import numpy as np

from transcription import amr
from transcription.containers import RATES_HZ, Opened
from transcription.errors import NotAudio
from transcription.resampling import Block

MAX_SOURCE_CHANNELS = 64
BLOCK_S = 0.5
_LOST_PACKET_MAX_S = 1.0
_GAP_MIN_S = 0.015
"""A time stamp this far ahead of the sound says that sound is missing; less is a container's coarse clock."""
_NEW_CLOCK_S = 1.0
"""A time stamp this far behind begins a new count (a second stream chained to the first)."""
_AAC_PRIMING = 1_024
"""Samples before the first true one in raw AAC: the length of the transform, which no header states."""
_MP3_PRIMING = 576 + 529
"""The same for MP3 without a LAME header: what LAME's encoder and every decoder add; others differ by a few hundred."""
_LOOKAHEAD_S = {
    **dict.fromkeys(("amrnb", "amr_nb"), 0.005),
    **dict.fromkeys(("amrwb", "amr_wb"), 0.0059375),
    **dict.fromkeys(("speex", "libspeex"), 0.010),
    "g723_1": 0.0075,
    "g722": 0.001375,
}
"""How late a speech codec's sound comes out: its encoder looks ahead, and no container says so."""
# ffmpeg's own AMR decoders drop silence frames and with them time; OpenCORE's keep it.
_BETTER_DECODERS = {
    "amrnb": "libopencore_amrnb",
    "amr_nb": "libopencore_amrnb",
    "amrwb": "libopencore_amrwb",
    "amr_wb": "libopencore_amrwb",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of sound as the file has it: float32, shape (its channels, n), the names of its channels, its rate."""

    block: Block
    names: tuple[str, ...]
    rate: int


@dataclass
class Source:
    """Reads the audio stream of an opened file. After `pieces` is through, `damaged` and `last` are known."""

    file: BinaryIO
    opened: Opened
    max_duration_s: float
    damaged: bool = False
    last: tuple[int, int] | None = None
    """Where the last packet begins in the file, and its bytes."""
    rate: int = 0
    """The sound's own rate, known from the first frame."""
    names: tuple[str, ...] = ()
    done: int = 0
    """Samples yielded, at `rate`."""
    _origin: float | None = None
    _skip: int = field(init=False)
    _context: Any = field(init=False)
    _kind: amr.Kind | None = field(init=False)
    _pauses: bool = field(init=False)

    def __post_init__(self) -> None:
        known = self.opened.stream.codec_context
        better = _BETTER_DECODERS.get(known.name)
        self._kind = amr.KINDS.get(known.name)
        self._pauses = better is not None and better in av.codecs_available
        self._context = known
        if self._kind:
            self._context = av.CodecContext.create(better if better and self._pauses else known.name, "r")
            self._context.sample_rate, self._context.layout = self._kind.rate, "mono"
        self._skip = _priming(self.opened)

    def pieces(self) -> Iterator[Piece]:
        """Yield the sound in order, in blocks of about half a second of one shape each."""
        held: list[Piece] = []
        for piece in self._small():
            if held and (held[0].rate, held[0].names) != (piece.rate, piece.names):
                yield _joined(held)
                held = []
            held.append(piece)
            if sum(one.block.shape[1] for one in held) >= BLOCK_S * piece.rate:
                yield _joined(held)
                held = []
        if held:
            yield _joined(held)

    def _small(self) -> Iterator[Piece]:
        for found in self._frames():
            if isinstance(found, float):
                yield from self._silence(found)
            else:
                yield from self._placed(found)

    def _placed(self, frame: Any) -> Iterator[Piece]:
        """Yield the frame's sound, and before it the silence that its time stamp asks for."""
        names = _names(frame.layout)
        if frame.sample_rate not in RATES_HZ or len(names) > MAX_SOURCE_CHANNELS:
            raise NotAudio("The file states an impossible sample rate or number of channels.")
        if not self.rate:
            self.rate, self.names = frame.sample_rate, names
        block, whole = _floats(frame)
        self.damaged = self.damaged or not whole
        dropped = min(self._skip, block.shape[1])
        block, self._skip = block[:, dropped:], self._skip - dropped
        if not block.shape[1]:
            return
        yield from self._missing(frame, dropped)
        self.done += round(block.shape[1] * self.rate / frame.sample_rate)
        yield Piece(block, names, frame.sample_rate)

    def _missing(self, frame: Any, dropped: int) -> Iterator[Piece]:
        if frame.pts is None or not frame.time_base or self._kind:
            return
        at = float(frame.pts * frame.time_base) + dropped / frame.sample_rate
        if self._origin is None:
            self._origin = at
        ahead = at - self._origin - self.done / self.rate
        if ahead > _GAP_MIN_S and self.done / self.rate + ahead <= self.max_duration_s:
            yield from self._silence(ahead)
        elif ahead > _GAP_MIN_S or ahead < -_NEW_CLOCK_S:
            self.damaged = self.damaged or ahead > 0
            self._origin = at - self.done / self.rate

    def _silence(self, seconds: float) -> Iterator[Piece]:
        if not self.rate:
            return
        left = round(seconds * self.rate)
        while left > 0:
            count = min(left, self.rate)
            self.done += count
            left -= count
            yield Piece(np.zeros((len(self.names), count), np.float32), self.names, self.rate)

    def _frames(self) -> Iterator[Any]:
        """Yield decoded frames; a float stands for that many seconds without sound."""
        if self._kind and self.opened.container_name == "amr":
            walk = amr.Walk(self.file, self._kind)
            yield from self._amr(self._kind, walk.frames())
            self.damaged = self.damaged or walk.damaged
            return
        for packet in self._packets():
            if packet.size and packet.pos is not None:
                self.last = (packet.pos, packet.size)
            if self._kind is None:
                yield from self._decoded(packet)
                continue
            frames, whole = amr.in_packet(self._kind, bytes(packet))
            self.damaged = self.damaged or not whole
            yield from self._amr(self._kind, iter(frames))

    def _packets(self) -> Iterator[Any]:
        packets = self.opened.container.demux(self.opened.stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, ValueError, OSError):
                self.damaged = True
                return
            if packet is None:
                return
            yield packet

    def _amr(self, kind: amr.Kind, frames: Iterator[bytes]) -> Iterator[Any]:
        """Decode frame by frame; a decoder that does not know pauses gets speech only. The first sets the rate."""
        if not self.rate:
            self.rate, self.names = kind.rate, ("FC",)
        for frame in frames:
            if not self._pauses and not kind.speaks(frame):
                yield amr.FRAME_S
                continue
            yield from self._decoded(av.Packet(frame), amr.FRAME_S)

    def _decoded(self, packet: Any, lasts_s: float | None = None) -> Iterator[Any]:
        try:
            frames = self._context.decode(packet if packet.size else None)
        except (av.error.EOFError, av.error.BlockingIOError):
            return
        except (av.error.FFmpegError, ValueError):
            self.damaged = True
            stated_s = float(packet.duration * packet.time_base) if packet.duration and packet.time_base else 0.0
            yield lasts_s or min(stated_s, _LOST_PACKET_MAX_S)
            return
        yield from frames


def _priming(opened: Opened) -> int:
    """Return how many samples to drop at the beginning where no header says it and the demuxer does not do it."""
    if opened.container_name == "aac":
        return _AAC_PRIMING
    context = opened.stream.codec_context
    mpeg = context.name.startswith("mp3") and opened.container_name in {"mp3", "wav"}
    if mpeg and not opened.stream.start_time:
        return _MP3_PRIMING
    return round(_LOOKAHEAD_S.get(context.name, 0.0) * int(context.sample_rate))


def _names(layout: Any) -> tuple[str, ...]:
    """Return the names of the channels; channels without an order (plain WAV with six) have none, but a number."""
    names = tuple(one.name for one in layout.channels)
    return names if len(names) == layout.nb_channels else tuple(f"{at}" for at in range(layout.nb_channels))


def _joined(pieces: list[Piece]) -> Piece:
    return Piece(np.concatenate([one.block for one in pieces], axis=1), pieces[0].names, pieces[0].rate)


def _floats(frame: Any) -> tuple[Block, bool]:
    """Return the frame's samples as float32 of shape (channels, n), and whether all of them were numbers."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128.0) / 128.0, True
    if np.issubdtype(samples.dtype, np.integer):
        return samples.astype(np.float32) / np.float32(-float(np.iinfo(samples.dtype).min)), True
    finite = np.isfinite(samples)
    if finite.all():
        return samples.astype(np.float32), True
    return np.where(finite, samples, 0.0).astype(np.float32), False
