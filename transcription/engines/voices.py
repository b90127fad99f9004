"""What a voice sounds like, as a vector: the GE2E encoder (Wan et al. 2018, arXiv:1710.10467) of Resemblyzer.

The package wants torch and librosa. Only its weights are read here; the network (mel bands, three LSTM layers, one
projection) is computed in numpy, so that neither is installed (docs/adr/0010-voices.md).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from transcription.engines.torch_file import Arrays, arrays_of
from transcription.errors import ModelMissing
from transcription.sound import SAMPLE_RATE, Samples

Vectors = npt.NDArray[np.float32]
"""Unit vectors, shape (n, 256): the more alike two voices, the larger their product."""
PACKAGE: Final = "Resemblyzer"
WEIGHTS: Final = "resemblyzer/pretrained.pt"
WEIGHTS_SHA256: Final = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
FRAME_HZ: Final = 100
"""Mel frames in a second."""
WINDOW: Final = 120
"""Frames that are made into one vector: 1.2 s. Training had 1.6 s; turns in a call are short."""
_LAYERS: Final = 3
_MELS: Final = 40
_FFT: Final = 400
_HOP: Final = SAMPLE_RATE // FRAME_HZ
_BATCH: Final = 128


def installed() -> bool:
    """Say whether the weights are here."""
    return _weights_file() is not None


@dataclass(frozen=True, slots=True)
class VoiceEncoder:
    """Turns windows of mel frames into vectors."""

    weights: Arrays

    def vectors(self, windows: npt.NDArray[np.float32]) -> Vectors:
        """Return a vector for each window of mel frames, shape (n, frames, 40).

        On one thread: OpenBLAS's threads wait for each other in products as small as these, at six times the work.
        """
        with threadpool_limits(1, "blas"):
            pieces = [self._batch(windows[at : at + _BATCH]) for at in range(0, len(windows), _BATCH)]
        return np.concatenate(pieces) if pieces else np.zeros((0, 256), np.float32)

    def _batch(self, windows: npt.NDArray[np.float32]) -> Vectors:
        sequence = np.ascontiguousarray(windows.transpose(1, 0, 2))
        for layer in range(_LAYERS):
            sequence = self._layer(sequence, layer)
        projected = np.maximum(sequence[-1] @ self.weights["linear.weight"].T + self.weights["linear.bias"], 0)
        lengths = np.linalg.norm(projected, axis=1, keepdims=True)
        unit: Vectors = (projected / np.maximum(lengths, 1e-9)).astype(np.float32)
        return unit

    def _layer(self, sequence: npt.NDArray[np.float32], layer: int) -> npt.NDArray[np.float32]:
        """Return the hidden states of an LSTM layer, shape (frames, n, 256); gates in torch's order i, f, g, o."""
        inner = np.ascontiguousarray(self.weights[f"lstm.weight_hh_l{layer}"].T)
        bias = self.weights[f"lstm.bias_ih_l{layer}"] + self.weights[f"lstm.bias_hh_l{layer}"]
        gates = sequence @ self.weights[f"lstm.weight_ih_l{layer}"].T + bias
        size = inner.shape[0]
        state = np.zeros((sequence.shape[1], size), np.float32)
        memory = np.zeros_like(state)
        states = np.empty((len(sequence), *state.shape), np.float32)
        for at, outer in enumerate(gates):
            now = outer + state @ inner
            new = np.tanh(now[:, 2 * size : 3 * size])
            opened = 0.5 * np.tanh(0.5 * now) + 0.5
            memory = opened[:, size : 2 * size] * memory + opened[:, :size] * new
            state = opened[:, 3 * size :] * np.tanh(memory)
            states[at] = state
        return states


@cache
def voice_encoder() -> VoiceEncoder:
    """Return the encoder; its weights are read once per process. Raises ModelMissing: none, or not those pinned."""
    file = _weights_file()
    if file is None:
        raise ModelMissing("No voice model is installed.")
    raw = file.read_bytes()
    if hashlib.sha256(raw).hexdigest() != WEIGHTS_SHA256:
        raise ModelMissing("The voice model is not the one that was pinned.")
    return VoiceEncoder(arrays_of(raw, "model_state"))


def mel_frames(samples: Samples) -> npt.NDArray[np.float32]:
    """Return the power in 40 mel bands (Slaney's), 100 frames a second, shape (n, 40). As loud as in training."""
    loudness = float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    even = samples * (_LOUDNESS / max(loudness, _LOUDNESS / 100))
    around = np.pad(even, _FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(around, _FFT)[::_HOP]
    power = np.abs(np.fft.rfft(frames * _WINDOW_SHAPE, axis=1)) ** 2
    return (power @ _BANDS.T).astype(np.float32)


def _weights_file() -> Path | None:
    try:
        file = Path(str(distribution(PACKAGE).locate_file(WEIGHTS)))
    except PackageNotFoundError:
        return None
    return file if file.is_file() else None


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return hertz for Slaney's mels: even up to 1000 Hz (15 mels), then 27 to a factor of 6.4."""
    hertz: npt.NDArray[np.float64] = np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((mel - 15) / 27))  # noqa: PLR2004
    return hertz


def _bands() -> npt.NDArray[np.float64]:
    """Return the weights of the mel bands, shape (40, bins): triangles of equal area from 0 to 8000 Hz."""
    top = 15 + 27 * np.log(SAMPLE_RATE / 2 / 1000) / np.log(6.4)
    edges = _hertz(np.linspace(0, top, _MELS + 2))
    away = edges[:, np.newaxis] - np.linspace(0, SAMPLE_RATE / 2, _FFT // 2 + 1)
    widths = np.diff(edges)[:, np.newaxis]
    triangles = np.maximum(0, np.minimum(-away[:-2] / widths[:-1], away[2:] / widths[1:]))
    weights: npt.NDArray[np.float64] = triangles * (2 / (edges[2:] - edges[:-2]))[:, np.newaxis]
    return weights


_LOUDNESS: Final = 10 ** (-30 / 20)
_WINDOW_SHAPE: Final = np.hanning(_FFT + 1)[:-1]
_BANDS: Final = _bands()
