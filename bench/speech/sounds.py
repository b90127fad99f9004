"""Sound without speech: what lines, exchanges, streets and machines make. Each is float32 at RATE, shape (n,)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.speech.model import RATE, Random, Wave
from bench.speech.music import hold_music
from bench.speech.waves import band, decibels, filtered

KEYS = {
    key: (row, column)
    for row, keys in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
    for key, column in zip(keys, (1209, 1336, 1477, 1633), strict=True)
}
"""ITU-T Q.23: each key's two frequencies in hertz."""
RINGS = {
    # Region → frequencies in hertz, then seconds of sound and silence (ITU-T E.180, supplement 2).
    "ringback_uk": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
    "ringback_us": ((440.0, 480.0), (2.0, 4.0)),
    "ringback_in": ((375.0, 425.0), (0.4, 0.2, 0.4, 2.0)),
    "busy": ((480.0, 620.0), (0.5, 0.5)),
}


def tone(hertz: tuple[float, ...], seconds: float, *, level_db: float = -20.0) -> Wave:
    """Return a sum of sines with soft edges of 5 ms."""
    at = np.arange(int(seconds * RATE)) / RATE
    wave = np.sum([np.sin(2 * np.pi * one * at) for one in hertz], axis=0) / len(hertz)
    edge = np.clip(np.minimum(at, at[::-1]) / 0.005, 0, 1)
    return np.asarray(wave * edge * decibels(level_db + 6)).astype(np.float32)


def silence(_rng: Random, seconds: float) -> Wave:
    """Return nothing at all."""
    return np.zeros(int(seconds * RATE), np.float32)


def comfort_noise(rng: Random, seconds: float) -> Wave:
    """Return the quiet hiss that fills silence, falling with frequency."""
    hiss = rng.normal(0, 1, int(seconds * RATE)).astype(np.float32)
    shaped = filtered(hiss, lambda hertz: 1 / np.sqrt(1 + (hertz / 500) ** 2))
    return np.asarray((shaped * decibels(rng.uniform(-52, -42)) / shaped.std()), np.float32)


def ringing(kind: str) -> Callable[[Random, float], Wave]:
    """Return the maker of a call-progress tone."""
    hertz, pattern = RINGS[kind]

    def make(rng: Random, seconds: float) -> Wave:
        level = float(rng.uniform(-26, -14))
        parts = [
            tone(hertz, length, level_db=level) if number % 2 == 0 else silence(rng, length)
            for number, length in enumerate(pattern)
        ]
        once = np.concatenate(parts)
        return np.resize(once, int(seconds * RATE)).astype(np.float32)

    return make


def key_tones(keys: str, rng: Random, *, level_db: float | None = None) -> Wave:
    """Return a key sequence: 60 to 180 ms a key, 50 to 300 ms between."""
    level = float(rng.uniform(-24, -12)) if level_db is None else level_db
    parts: list[Wave] = []
    for key in keys:
        low, high = KEYS[key]
        parts += [tone((low, high), rng.uniform(0.06, 0.18), level_db=level), silence(rng, rng.uniform(0.05, 0.3))]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def dtmf(rng: Random, seconds: float) -> Wave:
    """Return bursts of keys with pauses between."""
    parts: list[Wave] = []
    while sum(map(len, parts)) < seconds * RATE:
        keys = "".join(rng.choice(list("0123456789*#"), size=int(rng.integers(3, 17))))
        parts += [key_tones(keys, rng), silence(rng, rng.uniform(0.5, 3))]
    return np.concatenate(parts)[: int(seconds * RATE)]


def street(rng: Random, seconds: float) -> Wave:
    """Return rumble and hiss that swell as cars pass, now and then a horn."""
    length = int(seconds * RATE)
    at = np.arange(length) / RATE
    rumble = filtered(rng.normal(0, 1, length).astype(np.float32), lambda hertz: 1 / (1 + (hertz / 180) ** 1.2))
    rumble /= rumble.std()
    swell = np.full(length, 0.25)
    for _ in range(max(1, int(seconds / 5))):
        swell += rng.uniform(0.4, 1.4) * np.exp(-(((at - rng.uniform(0, seconds)) / rng.uniform(0.8, 2.5)) ** 2))
    wave = rumble * swell * decibels(-32)
    for _ in range(int(rng.poisson(seconds / 20))):
        horn = tone((rng.uniform(380, 480), rng.uniform(500, 620)), rng.uniform(0.2, 0.9), level_db=-22)
        begin = int(rng.integers(0, max(1, length - len(horn))))
        wave[begin : begin + len(horn)] += horn[: length - begin]
    return np.asarray(wave, np.float32)


def fax(rng: Random, seconds: float) -> Wave:
    """Return a fax call: CNG of 1100 Hz, CED of 2100 Hz, then V.21-like switching and modem hiss (ITU-T T.30)."""
    bits = rng.integers(0, 2, int(min(3.0, seconds) * 300))
    hertz = np.repeat(np.where(bits == 1, 1650.0, 1850.0), RATE // 300 + 1)
    switching = (np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * decibels(-16)).astype(np.float32)
    hiss = filtered(rng.normal(0, decibels(-18), 8 * RATE).astype(np.float32), band(900, 2_700))
    parts = [tone((1100.0,), 0.5), silence(rng, 3.0), tone((2100.0,), 3.0), silence(rng, 0.1), switching, hiss]
    return np.resize(np.concatenate(parts), int(seconds * RATE)).astype(np.float32)


def breath(rng: Random, seconds: float) -> Wave:
    """Return breathing into the mouthpiece, clicks and a knock now and then, over a quiet line."""
    wave = comfort_noise(rng, seconds)
    for _ in range(max(1, int(seconds / 2.5))):
        length = int(rng.uniform(0.4, 1.1) * RATE)
        puff = filtered(rng.normal(0, 1, length).astype(np.float32), band(400, 2_500)) * np.hanning(length)
        _add(wave, np.asarray(puff * decibels(rng.uniform(-42, -32)), np.float32), rng)
    for _ in range(int(rng.poisson(seconds / 3))):
        fall = np.exp(-np.arange(RATE // 50) / rng.uniform(10, 80))
        click = rng.normal(0, 1, len(fall)) * fall * decibels(rng.uniform(-26, -14))
        _add(wave, np.asarray(click, np.float32), rng)
    return wave


def _add(wave: Wave, piece: Wave, rng: Random) -> None:
    at = int(rng.integers(0, max(1, len(wave) - len(piece))))
    wave[at : at + len(piece)] += piece[: len(wave) - at]


MAKERS: dict[str, Callable[[Random, float], Wave]] = {
    "silence": silence,
    "comfort_noise": comfort_noise,
    **{kind: ringing(kind) for kind in RINGS},
    "hold_music": hold_music,
    "dtmf": dtmf,
    "street": street,
    "fax": fax,
    "breath": breath,
}
"""Kind → maker of that many seconds."""
