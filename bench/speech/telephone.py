"""What a line does to a call: band, hiss, echo, a mix on both channels, lost packets, a quiet side, sound around."""

from __future__ import annotations

import numpy as np

from bench.speech import sounds
from bench.speech.model import RATE, Call, Random, Wave
from bench.speech.stage import shift
from bench.speech.waves import band, decibels, filtered, fitted, levelled

NARROW = band(300, 3_400)
PACKET = RATE // 50


def on_the_line(call: Call, rng: Random, *, hiss_db: tuple[float, float] = (-62.0, -50.0)) -> Call:
    """Keep the telephone band and add each line's own hiss."""
    for side in range(len(call.sound)):
        hiss: Wave = np.asarray(rng.normal(0, decibels(rng.uniform(*hiss_db)), call.sound.shape[1]), np.float32)
        call.sound[side] = filtered(call.sound[side], NARROW) + hiss
    return call


def echoed(call: Call, rng: Random) -> Call:
    """Let each channel leak into the other, later, quieter and duller."""
    clean = call.sound.copy()
    delay_s, level_db = float(rng.uniform(0.02, 0.3)), float(-rng.uniform(12, 30))
    late = round(delay_s * RATE)
    for side in (0, 1):
        leak = filtered(clean[1 - side], band(300, 2_500)) * decibels(level_db)
        call.sound[side] += fitted(np.pad(leak, (late, 0)), call.sound.shape[1])
    call.conditions["echo"] = {"delay_s": round(delay_s, 3), "level_db": round(level_db, 1)}
    return call


def collapsed(call: Call, how: str) -> Call:
    """Put both parties on one line: `mono`, `both` (the same mix twice) or `inverted` (its phase turned)."""
    mix = call.sound.sum(axis=0)
    call.sound = {"mono": mix[None], "both": np.stack([mix, mix]), "inverted": np.stack([mix, -mix])}[how]
    call.mix = True
    for one in (*call.segments, *call.items):
        one["channel"] = 0
    call.conditions["collapsed"] = how
    return call


def lossy(call: Call, rng: Random, share: float) -> Call:
    """Drop packets of 20 ms in small bursts; the gap repeats the last packet at half its level, then silence."""
    for side in range(len(call.sound)):
        at, length = 0, call.sound.shape[1]
        while at + 2 * PACKET < length:
            at += PACKET * int(1 + rng.geometric(share))
            for lost in range(int(rng.integers(1, 3))):
                begin = at + lost * PACKET
                if PACKET <= begin < length - PACKET:
                    last = call.sound[side, begin - PACKET : begin] * 0.5
                    call.sound[side, begin : begin + PACKET] = last if lost == 0 else 0
    call.conditions["lost_packets"] = round(share, 3)
    return call


def quieter(call: Call, side: int, level_db: float) -> Call:
    """Turn one side down."""
    call.sound[side] *= decibels(level_db)
    call.conditions["quiet_side"] = {"channel": side, "level_db": round(level_db, 1)}
    return call


def with_street(call: Call, rng: Random, side: int, *, ratio_db: float) -> Call:
    """Put one side in the street, its speech `ratio_db` above the noise."""
    noise = levelled(sounds.street(rng, call.duration_s), -20.0 - ratio_db)
    call.sound[side] += fitted(noise, call.sound.shape[1])
    call.sounds.append({"kind": "street", "channel": side, "start": 0.0, "end": round(call.duration_s, 3)})
    return call


def with_pause(call: Call, wave: Wave, kind: str, *, side: int) -> Call:
    """Open a gap between two turns in the middle of the call and let one side carry a sound there."""
    at = _quiet_moment(call)
    seconds = len(wave) / RATE
    before, after = np.split(call.sound, [round(at * RATE)], axis=1)
    between = np.zeros((len(call.sound), len(wave) + RATE), np.float32)
    between[side, RATE // 2 : RATE // 2 + len(wave)] = wave
    call.sound = np.concatenate([before, between, after], axis=1)
    for one in (*call.segments, *call.items, *call.sounds):
        if one["start"] >= at:
            shift(one, seconds + 1.0)
    call.sounds.append(
        {"kind": kind, "channel": side, "start": round(at + 0.5, 3), "end": round(at + 0.5 + seconds, 3)}
    )
    return call


def _quiet_moment(call: Call) -> float:
    """Return the moment without speech that is nearest to the middle."""
    reached, found = 0.0, [0.0]
    for one in sorted(call.segments, key=lambda one: one["start"]):
        if one["start"] - reached > 0.2:
            found.append((reached + one["start"]) / 2)
        reached = max(reached, one["end"])
    return min(found, key=lambda at: abs(at - call.duration_s / 2))
