"""Hold music by rule: chords, bass, a tune and drums, another piece with each seed."""

from __future__ import annotations

import numpy as np

from bench.speech.model import RATE, Random, Wave
from bench.speech.waves import decibels

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
"""Major and natural minor, in semitones."""
PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (0, 3, 4, 4), (5, 3, 0, 4))
TIMBRES = {
    # Strength of each harmonic, and how fast a note dies away (1/s).
    "piano": ((1.0, 0.5, 0.25, 0.15, 0.1), 3.0),
    "organ": ((1.0, 0.8, 0.1, 0.5, 0.05, 0.3), 0.1),
    "strings": ((1.0, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2), 0.4),
    "flute": ((1.0, 0.15, 0.05), 0.3),
    "guitar": ((1.0, 0.7, 0.4, 0.3, 0.2, 0.1), 4.0),
}


def hold_music(rng: Random, seconds: float) -> Wave:
    """Return music at about -22 dBFS."""
    length = int(seconds * RATE)
    wave = np.zeros(length, np.float32)
    beat_s = 60 / rng.uniform(70, 130)
    root, scale = int(rng.integers(45, 57)), SCALES[int(rng.integers(2))]
    chords = PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))]
    lead, pad = (list(TIMBRES)[int(one)] for one in rng.choice(len(TIMBRES), 2, replace=False))
    drums = rng.random() < 0.6
    for bar in range(int(seconds / (4 * beat_s)) + 1):
        at, degree = bar * 4 * beat_s, chords[bar % len(chords)]
        for third in (0, 2, 4):
            _put(wave, _note(pitch(root, scale, degree + third), 4 * beat_s, pad) * 0.3, at)
        _put(wave, _note(pitch(root, scale, degree) / 2, 2 * beat_s, "guitar") * 0.6, at)
        for beat in range(4):
            if rng.random() < 0.8:
                step = degree + int(rng.integers(0, 8))
                _put(
                    wave,
                    _note(pitch(root, scale, step) * 2, beat_s * rng.uniform(0.5, 1), lead) * 0.7,
                    at + beat * beat_s,
                )
            if drums:
                _put(wave, _drum(rng, deep=beat % 2 == 0) * 0.5, at + beat * beat_s)
    return np.asarray((wave * decibels(rng.uniform(-28, -18)) / max(float(wave.std()), 1e-6)).clip(-1, 1), np.float32)


def pitch(root: int, scale: tuple[int, ...], degree: int) -> float:
    """Return the frequency in hertz of a degree of a scale above a MIDI note."""
    octave, step = divmod(degree, len(scale))
    return float(440 * 2 ** ((root + 12 * octave + scale[step] - 69) / 12))


def _note(hertz: float, seconds: float, timbre: str) -> Wave:
    harmonics, decay = TIMBRES[timbre]
    at = np.arange(int(seconds * RATE)) / RATE
    wobble = 0.003 * np.sin(2 * np.pi * 5.5 * at) if timbre in {"strings", "flute"} else 0.0
    phase = 2 * np.pi * hertz * (at + wobble / 5.5)
    wave = np.sum([strength * np.sin(number * phase) for number, strength in enumerate(harmonics, 1)], axis=0)
    return np.asarray(
        (wave * np.exp(-decay * at) * np.clip(np.minimum(at / 0.01, (seconds - at) / 0.03), 0, 1)), np.float32
    )


def _drum(rng: Random, *, deep: bool) -> Wave:
    at = np.arange(RATE // 6) / RATE
    if deep:
        return np.asarray((np.sin(2 * np.pi * 70 * at * np.exp(-4 * at)) * np.exp(-18 * at) * 2), np.float32)
    return np.asarray((rng.normal(0, 1, len(at)) * np.exp(-30 * at)), np.float32)


def _put(wave: Wave, piece: Wave, seconds: float) -> None:
    at = int(seconds * RATE)
    room = max(0, min(len(piece), len(wave) - at))
    wave[at : at + room] += piece[:room]
