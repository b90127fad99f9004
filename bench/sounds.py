"""Sound for benchmarks and tests: tones, clicks at known times, and files of every kind made of them."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
CLICK_S = 0.04


def tone(seconds: float, rate: int = 8_000, hertz: float = 440.0) -> Pcm:
    """Return a sine at a quarter of full scale, shape (n,)."""
    return (np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 9_000).astype(np.int16)


def clicks(seconds: float, rate: int, times: tuple[float, ...], hertz: float = 1_000.0) -> Pcm:
    """Return silence with a short burst centred on each time: what any speech codec carries."""
    count = int(CLICK_S * rate)
    burst = np.sin(2 * np.pi * hertz * np.arange(count) / rate) * np.hanning(count) * 20_000
    out = np.zeros(int(seconds * rate), np.int16)
    for time in times:
        at = round(time * rate) - count // 2
        out[at : at + count] = burst.astype(np.int16)
    return out


def click_time(samples: npt.NDArray[Any], rate: int, near: float, within: float = 0.1) -> float:
    """Return where the energy around `near` has its centre, in seconds."""
    first = max(0, round((near - within) * rate))
    power = np.square(samples[first : round((near + within) * rate)].astype(np.float64))
    power[power < 0.02 * power.max()] = 0.0
    return float((first + power @ np.arange(len(power)) / power.sum()) / rate)


def encoded(channels: list[Pcm], rate: int, container: str, codec: str, layout: str = "mono", **options: str) -> bytes:
    """Return a file of the channels. `options` are the encoder's."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout=layout, options=options)
        frame = av.AudioFrame.from_ndarray(np.stack(channels, 1).reshape(1, -1).copy(), format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1_024)
        for ready in (*resampler.resample(frame), *resampler.resample(None), None):
            file.mux(stream.encode(ready))
    return out.getvalue()
