"""Small things done to sound: resampling, levels, filters by frequency, silence cut away."""

from __future__ import annotations

from collections.abc import Callable

import av
import numpy as np
import numpy.typing as npt

from bench.speech.model import RATE, Wave

Gain = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""Hertz to a factor."""


def resampled(wave: Wave, rate: int, to_rate: int = RATE) -> Wave:
    """Return mono sound at another rate, the length kept in seconds."""
    if rate == to_rate:
        return wave
    resampler = av.AudioResampler("flt", "mono", to_rate)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave, np.float32).reshape(1, -1), "flt", "mono")
    frame.sample_rate = rate
    blocks = [one.to_ndarray()[0] for part in (frame, None) for one in resampler.resample(part)]
    whole = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return fitted(whole, round(len(wave) * to_rate / rate))


def fitted(wave: Wave, length: int) -> Wave:
    """Return the sound cut or padded with silence to a length in samples."""
    return np.pad(wave[:length], (0, max(0, length - len(wave)))).astype(np.float32)


def decibels(value: float) -> float:
    """Return the factor that a level in dB stands for."""
    return float(10 ** (value / 20))


def rms(wave: Wave) -> float:
    """Return the root mean square of what is not silent (above -60 dBFS), 0 when all is."""
    loud = wave[np.abs(wave) > 1e-3]
    return float(np.sqrt(np.mean(np.square(loud, dtype=np.float64)))) if len(loud) else 0.0


def levelled(wave: Wave, decibel: float) -> Wave:
    """Return the sound at this level (dBFS, root mean square of what is not silent)."""
    now = rms(wave)
    return (wave * (decibels(decibel) / now)).astype(np.float32) if now else wave


def filtered(wave: Wave, gain: Gain) -> Wave:
    """Return the sound with each frequency multiplied by `gain`; no phase is moved."""
    if not len(wave):
        return wave
    size = len(wave) + RATE // 4
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    return np.fft.irfft(np.fft.rfft(wave, size) * gain(hertz.astype(np.float64)), size)[: len(wave)].astype(np.float32)


def band(low: float, high: float) -> Gain:
    """Return a gain that keeps low..high hertz with soft shoulders."""

    def gain(hertz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rise = np.clip((hertz - 0.75 * low) / (0.25 * low + 1e-9), 0, 1)
        return rise * np.clip((1.06 * high - hertz) / (0.06 * high), 0, 1)

    return gain


def voiced_range(wave: Wave, *, floor_db: float = -45.0) -> tuple[int, int]:
    """Return (start, stop) of what is louder than `floor_db` below the peak; (0, 0) when nothing is."""
    if not len(wave):
        return 0, 0
    loud = np.flatnonzero(np.abs(wave) > np.abs(wave).max() * decibels(floor_db))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)
