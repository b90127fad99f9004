"""Calls as files in the codecs of telephones, and calls that went through such a codec on their way."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import av
import numpy as np
import numpy.typing as npt

from bench.speech.model import RATE, Call, Wave
from bench.speech.waves import fitted, resampled

Pcm = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Format:
    """A file's suffix, container, codec, rate in hertz and bit rate of one channel (0: the codec's own)."""

    suffix: str
    container: str
    codec: str
    rate: int = 8_000
    bit_rate: int = 0
    mono: bool = False


FORMATS = {
    "ulaw": Format(".wav", "wav", "pcm_mulaw"),
    "alaw": Format(".wav", "wav", "pcm_alaw"),
    "wide": Format(".wav", "wav", "pcm_s16le", 16_000),
    "amr": Format(".amr", "amr", "libopencore_amrnb", bit_rate=12_200, mono=True),
    "amr_low": Format(".amr", "amr", "libopencore_amrnb", bit_rate=5_900, mono=True),
    "opus": Format(".ogg", "ogg", "libopus", 16_000, 12_000),
    "mp3": Format(".mp3", "mp3", "libmp3lame", 16_000, 16_000),
    "aac": Format(".m4a", "ipod", "aac", 16_000, 24_000),
    "g726": Format(".wav", "wav", "g726", bit_rate=32_000, mono=True),
    "g722": Format(".wav", "wav", "g722", 16_000, 64_000, mono=True),
}


def write(call: Call, path: Path, format_: Format) -> None:
    """Write the call; its channels are kept."""
    with path.open("wb") as file:
        _encode(call.sound, format_, file)


def through(call: Call, name: str) -> Call:
    """Send each channel through a codec and back, as a mobile network does before a call is recorded."""
    format_ = FORMATS[name]
    sides = []
    for side in call.sound:
        file = io.BytesIO()
        _encode(side[None], format_, file)
        file.seek(0)
        sides.append(fitted(_decode(file, format_), len(side)))
    call.sound = np.stack(sides)
    call.conditions["through"] = name
    return call


def _encode(sound: npt.NDArray[np.float32], format_: Format, file: IO[bytes]) -> None:
    sides = [resampled(np.asarray(side, np.float32), RATE, format_.rate) for side in sound]
    samples: Pcm = (np.clip(np.stack(sides), -1, 1) * 32_767).astype(np.int16)
    layout = "stereo" if len(samples) > 1 else "mono"
    with av.open(file, "w", format=format_.container) as out:
        stream: Any = out.add_stream(format_.codec, rate=format_.rate, layout=layout)
        if format_.bit_rate:
            stream.bit_rate = format_.bit_rate * len(samples)
        if format_.codec == "libopus" and len(samples) > 1:
            stream.options = {"mapping_family": "255"}  # each side apart, so that neither leaks into the other
        frame = av.AudioFrame.from_ndarray(samples.T.reshape(1, -1).copy(), format="s16", layout=layout)
        frame.sample_rate, frame.pts = format_.rate, 0
        resampler = av.AudioResampler(stream.format, layout, format_.rate, frame_size=stream.frame_size or 1_024)
        for ready in (*resampler.resample(frame), *resampler.resample(None), None):
            out.mux(stream.encode(ready))


def _decode(file: IO[bytes], format_: Format) -> Wave:
    with av.open(file, "r", format=format_.container) as source:
        resampler = av.AudioResampler("flt", "mono", format_.rate)
        stream = source.streams.audio[0]
        decoder: Any = stream.codec_context
        if format_.codec == "libopencore_amrnb":
            decoder = av.CodecContext.create(format_.codec, "r")
            decoder.sample_rate, decoder.layout = format_.rate, "mono"
        frames = (frame for packet in source.demux(stream) for frame in decoder.decode(packet if packet.size else None))
        blocks = [one.to_ndarray()[0] for frame in frames for one in resampler.resample(frame)]
        blocks += [one.to_ndarray()[0] for one in resampler.resample(None)]
    return resampled(np.concatenate(blocks), format_.rate, RATE)
