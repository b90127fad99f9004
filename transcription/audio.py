"""Sound files into samples: block by block, so that memory stays flat however long the call is.

Never call this on a customer's file in a process that matters: `transcription.decode_guard` runs it in a child with
limits. Durations that a container claims are not believed; what counts is what was decoded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import numpy as np

from transcription.containers import open_sound
from transcription.errors import EmptyRecording, TooLong
from transcription.frames import Piece, Source
from transcription.level import Levels
from transcription.likeness import Likeness
from transcription.mixdown import Mixer
from transcription.promises import cut_short
from transcription.recording import CallSound, Facts, Pcm, Recording, recording_of
from transcription.resampling import Block, Resampler
from transcription.sound import SAMPLE_RATE, ArraySound, Samples

MAX_RATE_HZ = 48_000
MAX_CHANNELS_KEPT = 2
_FULL_SCALE = 32_768.0
_RESAMPLE_BLOCK_S = 30


class Sink(Protocol):
    """What samples are written to."""

    def write(self, content: bytes, /) -> object:
        """Take the next bytes."""
        ...


def decode(file: BinaryIO, *, max_duration_s: float) -> Recording:
    """Decode a seekable binary file in this process, at its own rate, and keep all samples in memory.

    Raises NotAudio, EmptyRecording or TooLong.
    """
    facts, samples = _in_memory(file, max_duration_s, None)
    return recording_of(facts, samples)


def hear(file: BinaryIO, *, max_duration_s: float) -> CallSound:
    """Decode a seekable binary file in this process as the speech engine wants it, and keep all samples in memory.

    Raises NotAudio, EmptyRecording or TooLong.
    """
    facts, samples = _in_memory(file, max_duration_s, SAMPLE_RATE)
    return CallSound(facts, tuple(ArraySound(levelled(samples[:, at], facts.gains[at])) for at in facts.kept))


def at_engine_rate(recording: Recording) -> CallSound:
    """Return a recording that is in memory as the speech engine wants it; levels stay as they are."""
    facts = Facts(
        sample_rate=recording.sample_rate,
        samples=len(recording.channels[0]),
        channels=len(recording.channels),
        source_channels=recording.source_channels,
        codec=recording.codec,
        container=recording.container,
        truncated=recording.truncated,
        metadata=recording.metadata,
    )
    return CallSound(facts, tuple(ArraySound(resample(one, recording.sample_rate)) for one in recording.channels))


def resample(samples: Pcm, rate: int, to_rate: int = SAMPLE_RATE) -> Samples:
    """Return int16 samples of shape (n,) at `rate` hertz as float32 in -1..1 at `to_rate` hertz."""
    resampler, step = Resampler(1, rate, to_rate), _RESAMPLE_BLOCK_S * rate
    blocks = [
        resampler.push(levelled(samples[at : at + step], 1.0).reshape(1, -1)) for at in range(0, len(samples), step)
    ]
    return np.concatenate([*blocks, resampler.flush()], axis=1)[0] if blocks else np.zeros(0, np.float32)


def levelled(samples: Pcm, gain: float) -> Samples:
    """Return int16 samples of shape (n,) as float32 with the gain applied, clipped to -1..1."""
    scaled: Samples = samples * np.float32(gain / _FULL_SCALE)
    return np.clip(scaled, -1.0, 1.0)


def _in_memory(file: BinaryIO, max_duration_s: float, rate: int | None) -> tuple[Facts, Pcm]:
    sink = io.BytesIO()
    facts = decode_to(file, sink, max_duration_s=max_duration_s, rate=rate)
    return facts, np.frombuffer(sink.getbuffer(), np.int16).reshape(-1, facts.channels)


def decode_to(file: BinaryIO, sink: Sink, *, max_duration_s: float, rate: int | None = None) -> Facts:
    """Decode `file` and write interleaved int16 samples (native byte order) to `sink` as they come.

    `rate` in hertz; None keeps the file's own (above 48 kHz: 48 kHz). Up to two channels are kept apart, more are mixed
    down to one. Raises NotAudio, EmptyRecording or TooLong.
    """
    opened = open_sound(file)
    with opened.container:
        source = Source(file, opened, max_duration_s)
        line: _Line | None = None
        for piece in source.pieces():
            line = line or _Line(piece, rate or min(piece.rate, MAX_RATE_HZ), sink)
            line.push(piece)
            if line.samples > max_duration_s * line.rate:
                raise TooLong
        if line is not None:
            line.flush()
        if line is None or line.samples == 0:
            raise EmptyRecording
        codec = opened.stream.codec_context
        name = opened.container_name
        likeness = line.likeness.verdict() if line.likeness else None
        return Facts(
            sample_rate=line.rate,
            samples=line.samples,
            channels=line.channels,
            source_channels=len(source.names),
            codec=codec.name,
            container=name,
            truncated=source.damaged or cut_short(file, opened.stream, name, line.samples / line.rate, source.last),
            dual_mono=bool(likeness and likeness.same),
            keep=likeness.keep if likeness else 0,
            alike=round(likeness.share, 3) if likeness else 0.0,
            gains=tuple(levels.gain for levels in line.levels),
            metadata={"sample_format": str(codec.format.name), "bit_rate": str(opened.stream.bit_rate or 0)},
        )


@dataclass
class _Line:
    """From a file's pieces to samples in the sink: channels first, then rate, then what is to be known of them."""

    first: Piece
    rate: int
    sink: Sink
    samples: int = 0
    likeness: Likeness | None = field(init=False)
    levels: tuple[Levels, ...] = field(init=False)
    channels: int = field(init=False)
    _shape: tuple[int, tuple[str, ...]] | None = None
    _mixer: Mixer | None = None
    _out: Resampler = field(init=False)
    _heard: Resampler = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.first.names)
        self.channels = count if count <= MAX_CHANNELS_KEPT else 1
        self.likeness = Likeness() if self.channels == MAX_CHANNELS_KEPT else None
        self.levels = tuple(Levels() for _ in range(self.channels))
        self._heard = Resampler(self.channels, self.rate, SAMPLE_RATE)

    def push(self, piece: Piece) -> None:
        """Take the next piece. A change of rate or channels on the way is brought back to the first one's."""
        shape = (piece.rate, piece.names)
        if shape != self._shape:
            if self._shape is not None:
                self._write(self._out.flush())
            self._shape = shape
            self._out = Resampler(self.channels, piece.rate, self.rate)
            self._mixer = Mixer(piece.names, piece.rate) if len(piece.names) > self.channels else None
        self._write(self._out.push(self._fitted(piece.block)))

    def flush(self) -> None:
        """Take what the resamplers still hold."""
        self._write(self._out.flush())
        self._listen(self._heard.flush())

    def _fitted(self, block: Block) -> Block:
        mixed = self._mixer.mix(block) if self._mixer else block
        return np.repeat(mixed, self.channels, axis=0) if len(mixed) < self.channels else mixed

    def _write(self, block: Block) -> None:
        if not block.shape[1]:
            return
        samples = np.clip(np.rint(block * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
        self.samples += samples.shape[1]
        self.sink.write(np.ascontiguousarray(samples.T).tobytes())
        self._listen(self._heard.push(block))

    def _listen(self, block: Block) -> None:
        if not block.shape[1]:
            return
        if self.likeness:
            self.likeness.add(block)
        for levels, channel in zip(self.levels, block, strict=True):
            levels.add(channel)
