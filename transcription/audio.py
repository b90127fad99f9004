"""Sound files into samples: block by block, so that memory stays flat however long the call is.

Never call this on a customer's file in a process that matters: `transcription.decode_guard` runs it in a child with
limits. Durations that a container claims are not believed; what counts is what was decoded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import av
import av.error
import numpy as np

from domain.speech import Party
from transcription.containers import open_sound
from transcription.errors import EmptyRecording, NotAudio, TooLong
from transcription.port import SAMPLE_RATE, ChannelAudio, Samples
from transcription.promises import cut_short
from transcription.recording import Facts, Pcm, Recording, recording_of
from transcription.sound import ArraySound

MAX_RATE_HZ = 48_000
MAX_CHANNELS_KEPT = 2
SAME_SOUND = 1e-3
"""Two channels are one when the difference (or sum) holds at most this part of their energy: -30 dB."""
_RESAMPLE_BLOCK_S = 30
_LOST_PACKET_MAX_S = 1.0
# ffmpeg's own AMR decoders drop silence frames and with them time; OpenCORE's keep it.
_BETTER_DECODERS = {
    "amrnb": "libopencore_amrnb",
    "amrwb": "libopencore_amrwb",
    "amr_nb": "libopencore_amrnb",
    "amr_wb": "libopencore_amrwb",
}


def decode(file: BinaryIO, *, max_duration_s: float) -> Recording:
    """Decode a seekable binary file in this process and keep all samples in memory.

    Raises NotAudio, EmptyRecording or TooLong.
    """
    sink = io.BytesIO()
    facts = decode_to(file, sink, max_duration_s=max_duration_s)
    return recording_of(facts, np.frombuffer(sink.getbuffer(), np.int16).reshape(-1, facts.channels))


def decode_to(file: BinaryIO, sink: BinaryIO, *, max_duration_s: float) -> Facts:
    """Decode `file` and write interleaved int16 samples (native byte order) to `sink` as they come.

    Up to two channels are kept apart, more are mixed down to one; rates above 48 kHz are brought to 48 kHz. Raises
    NotAudio, EmptyRecording or TooLong.
    """
    container, stream, name = open_sound(file)
    with container:
        source = _Source(container, stream)
        likeness, samples = _Likeness(), 0
        for block in source.blocks():
            samples += block.shape[1]
            if samples > max_duration_s * source.rate:
                raise TooLong
            likeness.add(block)
            sink.write(np.ascontiguousarray(block.T).tobytes())
        if samples == 0:
            raise EmptyRecording
        return Facts(
            sample_rate=source.rate,
            samples=samples,
            channels=source.kept,
            source_channels=source.channels,
            codec=stream.codec_context.name,
            container=name,
            truncated=source.damaged or cut_short(file, stream, name, samples / source.rate),
            dual_mono=source.kept == MAX_CHANNELS_KEPT and likeness.same_sound,
            metadata={"sample_format": str(stream.codec_context.format.name), "bit_rate": str(stream.bit_rate or 0)},
        )


@dataclass
class _Source:
    """One audio stream as int16 blocks of shape (kept channels, n)."""

    container: Any
    stream: Any
    damaged: bool = False
    rate: int = field(init=False)
    channels: int = field(init=False)
    layout: Any = field(init=False)
    context: Any = field(init=False)

    def __post_init__(self) -> None:
        self.context = _decoder(self.stream)
        self.rate = min(self.stream.codec_context.sample_rate, MAX_RATE_HZ)
        self.channels = self.stream.codec_context.channels
        self.layout = self.stream.codec_context.layout

    @property
    def kept(self) -> int:
        return self.channels if self.channels <= MAX_CHANNELS_KEPT else 1

    def blocks(self) -> Iterator[Pcm]:
        """Yield the sound in order. A change of rate or layout on the way is brought back to the first one's."""
        resampler, shape = None, None
        for frame in self._frames():
            if isinstance(frame, int):
                yield np.zeros((self.kept, frame), np.int16)
                continue
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != shape:
                yield from self._drain(resampler, None)
                resampler, shape = av.AudioResampler("s16p", self.layout, self.rate), found
            frame.pts = None
            yield from self._drain(resampler, frame)
        yield from self._drain(resampler, None)

    def _drain(self, resampler: Any, frame: Any) -> Iterator[Pcm]:
        if resampler is None:
            return
        try:
            ready = resampler.resample(frame)
        except (av.error.FFmpegError, ValueError) as error:
            raise NotAudio from error
        for one in ready:
            block = one.to_ndarray()
            if block.size:
                yield block if self.channels <= MAX_CHANNELS_KEPT else _mixed(block)

    def _frames(self) -> Iterator[Any]:
        """Yield decoded frames; an int stands for that many samples of sound lost to a damaged packet."""
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.error.FFmpegError, ValueError, OSError):
                self.damaged = True
                packet = None
            if packet is None:
                return
            yield from self._decoded(packet)

    def _decoded(self, packet: Any) -> Iterator[Any]:
        try:
            frames = self.context.decode(packet if packet.size else None)
        except (av.error.EOFError, av.error.BlockingIOError):
            return
        except (av.error.FFmpegError, ValueError):
            self.damaged = True
            lost_s = float(packet.duration * packet.time_base) if packet.duration and packet.time_base else 0.0
            yield int(min(lost_s, _LOST_PACKET_MAX_S) * self.rate)
            return
        yield from frames


def _decoder(stream: Any) -> Any:
    better = _BETTER_DECODERS.get(stream.codec_context.name)
    if better is None or better not in av.codecs_available:
        return stream.codec_context
    context: Any = av.CodecContext.create(better, "r")
    context.sample_rate, context.layout = stream.codec_context.sample_rate, stream.codec_context.layout
    return context


def _mixed(block: Pcm) -> Pcm:
    return np.asarray(block.mean(axis=0, keepdims=True), np.int16)


@dataclass
class _Likeness:
    """Running energies of two channels, of their difference and of their sum."""

    energy: float = 0.0
    difference: float = 0.0
    total: float = 0.0

    def add(self, block: Pcm) -> None:
        if len(block) != MAX_CHANNELS_KEPT:
            return
        left, right = block.astype(np.float64)
        self.energy += float(left @ left + right @ right)
        self.difference += float((left - right) @ (left - right))
        self.total += float((left + right) @ (left + right))

    @property
    def same_sound(self) -> bool:
        return self.energy > 0 and min(self.difference, self.total) <= SAME_SOUND * self.energy


def to_engine(recording: Recording, parties: Mapping[int, Party]) -> list[ChannelAudio]:
    """Return each channel as mono float32 at 16 kHz. A channel without a party is `unknown`, never guessed."""
    return [
        ChannelAudio(number, parties.get(number, Party.UNKNOWN), ArraySound(resample(samples, recording.sample_rate)))
        for number, samples in enumerate(recording.channels)
    ]


def resample(samples: Pcm, rate: int, to_rate: int = SAMPLE_RATE) -> Samples:
    """Return int16 samples of shape (n,) at `rate` hertz as float32 in -1..1 at `to_rate` hertz."""
    resampler = av.AudioResampler("fltp", "mono", to_rate)
    blocks: list[Samples] = []
    step = _RESAMPLE_BLOCK_S * rate
    for at in range(0, len(samples), step):
        block = np.ascontiguousarray(samples[at : at + step]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, format="s16p", layout="mono")
        frame.sample_rate = rate
        blocks.extend(one.to_ndarray()[0] for one in resampler.resample(frame))
    blocks.extend(one.to_ndarray()[0] for one in resampler.resample(None) if len(samples))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
