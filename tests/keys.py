"""Telephone keys for the tests: tones made, and a plain decoder that knows nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcription.sound import SAMPLE_RATE, Samples

KEYS = "123A456B789C*0#D"
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
BLOCK = 400
"""Samples that the decoder looks at: 25 ms, near the 205 at 8 kHz of the textbooks."""


@dataclass(frozen=True)
class Press:
    """A key pressed for `on_s`, then `off_s` of nothing; each tone off by so much, the high one `twist_db` louder."""

    key: str
    on_s: float = 0.08
    off_s: float = 0.08
    off_low: float = 0.0
    off_high: float = 0.0
    twist_db: float = 0.0


def pressed(presses: Sequence[Press], *, level_db: float = -20.0, lead_s: float = 0.5) -> tuple[Samples, list[int]]:
    """Return the sound (float32, 16 kHz) and the first sample of each tone. `level_db`: each tone's peak."""
    pieces = [np.zeros(round(lead_s * SAMPLE_RATE))]
    starts: list[int] = []
    for one in presses:
        starts.append(sum(map(len, pieces)))
        pieces += [tone(one, level_db), np.zeros(round(one.off_s * SAMPLE_RATE))]
    pieces.append(np.zeros(SAMPLE_RATE // 2))
    return np.concatenate(pieces).astype(np.float32), starts


def tone(one: Press, level_db: float) -> np.ndarray:
    """Return the tones of one key."""
    number, peak = KEYS.index(one.key), 10 ** (level_db / 20)
    times = np.arange(round(one.on_s * SAMPLE_RATE)) / SAMPLE_RATE
    low, high = LOW[number // 4] * (1 + one.off_low), HIGH[number % 4] * (1 + one.off_high)
    louder = 10 ** (one.twist_db / 40)
    return peak * (np.sin(2 * np.pi * low * times) / louder + np.sin(2 * np.pi * high * times) * louder)


def decoded(samples: Samples) -> str:
    """Return the keys that a textbook decoder reads: Goertzel's sums over blocks, the strongest of each group.

    A block holds a key when the two tones are 70 % of its power and within 12 dB of each other; a key is two such
    blocks, half a block apart.
    """
    steps = np.arange(BLOCK) / SAMPLE_RATE
    waves = np.exp(-2j * np.pi * np.outer(steps, LOW + HIGH))
    found, before = "", ""
    for start in range(0, len(samples) - BLOCK + 1, BLOCK // 2):
        block = samples[start : start + BLOCK].astype(np.float64)
        key = _key(np.abs(block @ waves) ** 2 * 2 / BLOCK, float(block @ block))
        if key and key == before and not found.endswith(key + "."):
            found += key + "."
        elif not key and found and not found.endswith(" "):
            found += " "
        before = key
    return found.replace(".", "").replace(" ", "")


def _key(powers: np.ndarray, total: float) -> str:
    low, high = int(powers[:4].argmax()), int(powers[4:].argmax())
    two = powers[low], powers[4 + high]
    if total < BLOCK * 1e-9 or sum(two) < 0.7 * total or max(two) > 16 * min(two):
        return ""
    return KEYS[4 * low + high]
