# ruff: noqa: INP001 - a folder of sound files with the program that makes them, not a package
"""Make the sample calls and their ground truth: `python samples/make_samples.py [NAME…]`.

Needs `hibari-tts` (the voice), `av` and `numpy`; no network. The same script gives the same sound each time. The second
and third voices are the first one resampled: a longer or a shorter vocal tract.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from hibari import SAMPLE_RATE, Hibari
from scripts import SCRIPTS

Wave = npt.NDArray[np.float32]

HERE = Path(__file__).parent
CHUNK = re.compile(r"\{(?P<kind>[A-Z_]+)\|(?P<value>[^|]+)\|(?P<spoken>[^}]+)\}")
TURN_GAPS_S = (0.55, 0.7, 0.45, 0.8)
LONG_PAUSE_S = 3.5
CHUNK_GAP_S = 0.09
NOISE = 0.0012
OUTPUTS: dict[str, tuple[str, str, int, int]] = {
    # suffix → container, codec, sample rate, bit rate
    ".wav": ("wav", "pcm_mulaw", 8_000, 0),
    ".m4a": ("ipod", "aac", 16_000, 24_000),
    ".ogg": ("ogg", "libopus", 16_000, 14_000),
}


@dataclass
class Voice:
    """One reader: `stretch` > 1 makes the vocal tract longer (deeper), with the pace kept by `speed`."""

    tts: Hibari
    stretch: float = 1.0
    pace: float = 1.0

    def say(self, text: str) -> Wave:
        """Return the words as sound at SAMPLE_RATE, silence at both ends cut away."""
        wave = np.asarray(self.tts(text, speed=self.pace * self.stretch, seed=7), np.float32)
        if self.stretch != 1.0:
            at = np.arange(0, len(wave) - 1, 1 / self.stretch)
            wave = np.interp(at, np.arange(len(wave)), wave).astype(np.float32)
        return _trim(wave)


@dataclass
class Placed:
    """The sound so far and what stands where in it."""

    tracks: dict[str, list[tuple[int, Wave]]] = field(default_factory=lambda: {"agent": [], "contact": []})
    turns: list[dict[str, Any]] = field(default_factory=list)
    cursor: int = int(0.8 * SAMPLE_RATE)


def voices() -> dict[str, Voice]:
    """Return the three readers that differ enough to be told apart."""
    tts = Hibari()
    return {
        "heart": Voice(tts),
        "deep": Voice(tts, stretch=1.22, pace=0.93),
        "light": Voice(tts, stretch=0.93, pace=0.97),
    }


def _trim(wave: Wave, floor: float = 0.01) -> Wave:
    loud = np.flatnonzero(np.abs(wave) > floor)
    return wave[loud[0] : loud[-1] + 1] if len(loud) else wave[:0]


def chunks(line: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield (words, entity type, value) in order; plain words have neither type nor value."""
    at = 0
    for found in CHUNK.finditer(line):
        yield line[at : found.start()], None, None
        yield found["spoken"], found["kind"], found["value"]
        at = found.end()
    yield line[at:], None, None


def place_turn(placed: Placed, party: str, channel: int, line: str, voice: Voice) -> None:
    """Say one line at the cursor, chunk by chunk, and write down where each piece of personal data sounds."""
    begin, spoken, found = placed.cursor, [], []
    for words, kind, value in chunks(line):
        if not re.search(r"\w", words):
            continue
        wave = voice.say(words.strip())
        start, placed.cursor = placed.cursor, placed.cursor + len(wave)
        placed.tracks[party].append((start, wave))
        spoken.append(words.strip(" .") if kind else words.strip())
        if kind:
            found.append({"entity_type": kind, "spoken": words, "value": value, **_times(start, placed.cursor)})
        placed.cursor += int(CHUNK_GAP_S * SAMPLE_RATE)
    end = placed.cursor - int(CHUNK_GAP_S * SAMPLE_RATE)
    text = re.sub(r"\s+([,.?])", r"\1", " ".join(spoken))
    placed.turns.append({"channel": channel, "party": party, **_times(begin, end), "text": text, "pii": found})


def _times(start: int, end: int) -> dict[str, float]:
    return {"start": round(start / SAMPLE_RATE, 3), "end": round(end / SAMPLE_RATE, 3)}


def perform(script: dict[str, Any], readers: dict[str, Voice]) -> Placed:
    """Say the whole script."""
    placed = Placed()
    for number, line in enumerate(script["lines"].strip().splitlines()):
        if line == "...":
            placed.cursor += int(LONG_PAUSE_S * SAMPLE_RATE)
            continue
        party, words = line.split(": ", 1)
        channel = ("agent", "contact").index(party) if script["dual_channel"] else 0
        place_turn(placed, party, channel, words, readers[script["voices"][party]])
        placed.cursor += int(TURN_GAPS_S[number % len(TURN_GAPS_S)] * SAMPLE_RATE)
    return placed


def telephone(wave: Wave, rng: np.random.Generator) -> Wave:
    """Keep 300 to 3400 Hz, bring the loudest part to -4 dBFS and add a line's hiss."""
    spectrum = np.fft.rfft(wave)
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    gain = np.clip((hertz - 220) / 80, 0, 1) * np.clip((3_600 - hertz) / 200, 0, 1)
    narrow = np.fft.irfft(spectrum * gain, len(wave))
    narrow *= 0.63 / max(float(np.abs(narrow).max()), 1e-6)
    return (narrow + rng.normal(0, NOISE, len(wave))).astype(np.float32)


def mix(placed: Placed, *, dual_channel: bool) -> npt.NDArray[np.int16]:
    """Return the call as int16 with shape (channels, samples) at SAMPLE_RATE."""
    length = placed.cursor + int(0.6 * SAMPLE_RATE)
    rng = np.random.default_rng(2026)
    lines = []
    for track in placed.tracks.values():
        wave = np.zeros(length, np.float32)
        for start, piece in track:
            wave[start : start + len(piece)] += piece
        lines.append(telephone(wave, rng))
    sound = np.stack(lines) if dual_channel else np.sum(lines, axis=0, keepdims=True)
    return (np.clip(sound, -1, 1) * 32_767).astype(np.int16)


def encode(sound: npt.NDArray[np.int16], path: Path) -> None:
    """Write the sound in the container and codec that the file's suffix stands for."""
    container, codec, rate, bit_rate = OUTPUTS[path.suffix]
    layout = "stereo" if len(sound) > 1 else "mono"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate * len(sound)
        if codec == "libopus":
            # Each side coded apart: joint stereo at this rate would let one party's words leak into the other's line.
            stream.options = {"mapping_family": "255"}
        frame = av.AudioFrame.from_ndarray(sound.T.reshape(1, -1).copy(), format="s16", layout=layout)
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1_024)
        for ready in (*resampler.resample(frame), *resampler.resample(None), None):
            out.mux(stream.encode(ready))


def make(name: str, readers: dict[str, Voice]) -> None:
    """Write one sample and its ground truth beside this file."""
    script = SCRIPTS[name]
    placed = perform(script, readers)
    encode(mix(placed, dual_channel=script["dual_channel"]), HERE / script["file"])
    channels = {"0": "agent", "1": "contact"} if script["dual_channel"] else {"0": "unknown"}
    known = {key: script[key] for key in script if key not in {"dual_channel", "voices", "lines"}}
    duration_s = round(placed.cursor / SAMPLE_RATE + 0.6, 3)
    truth = {**known, "duration_s": duration_s, "channels": channels, "turns": placed.turns}
    (HERE / f"{name}.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    readers = voices()
    for wanted in sys.argv[1:] or list(SCRIPTS):
        make(wanted, readers)
