"""Make calls with their truth: `python -m bench.speech.make OUT [--seed N] [--minutes M] [--only SET,…]`."""

from __future__ import annotations

import argparse
import json
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench.speech.files import FORMATS, write
from bench.speech.model import RATE
from bench.speech.recipes import RECIPES, SHARES, Order
from bench.speech.sounds import MAKERS
from bench.speech.stage import shift
from bench.speech.truth import saved
from bench.speech.waves import resampled

TURNS = (10, 22)
"""Turns of a call, by chance between these: about 40 to 100 s."""


def make(out: Path, seed: int, name: str, number: int) -> dict[str, Any]:
    """Make one call of a set; the same seed, set and number give the same call. Returns its line in the manifest."""
    rng = np.random.default_rng([seed, list(RECIPES).index(name), number])
    order = Order(number, int(rng.integers(*TURNS)))
    call, kind, format_name = RECIPES[name](rng, order)
    format_ = FORMATS[format_name]
    stem = f"{name}-{number:02}"
    write(call, out / f"{stem}{format_.suffix}", format_)
    facts = {
        "file": f"{stem}{format_.suffix}",
        "set": name,
        "kind": kind,
        "seed": seed,
        "codec": format_.codec,
        "sample_rate": format_.rate,
        "language": "en" if call.segments else None,
    }
    return saved(out, stem, call, facts)


def by_count(out: Path, seed: int, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Make this many calls of each set and write the manifest; return its lines."""
    out.mkdir(parents=True, exist_ok=True)
    files = [make(out, seed, name, number) for name, count in counts.items() for number in range(count)]
    return _written(out, seed, files)


def by_minutes(out: Path, seed: int, minutes: float, sets: list[str]) -> list[dict[str, Any]]:
    """Make about this many minutes, shared out over the sets; one call of each at least, one of each kind of noise."""
    out.mkdir(parents=True, exist_ok=True)
    whole = sum(SHARES[name] for name in sets)
    files = []
    for name in sets:
        left_s, number = 60 * minutes * SHARES[name] / whole, 0
        while left_s > 0 or number < (len(MAKERS) if name == "none" else 1):
            files.append(make(out, seed, name, number))
            left_s, number = left_s - files[-1]["duration_s"], number + 1
    return _written(out, seed, files)


def long_call(out: Path, seed: int, minutes: float) -> dict[str, Any]:
    """Make one call of this length out of clean calls laid end to end, written piece by piece; return its line."""
    segments: list[dict[str, Any]] = []
    with wave.open(str(out / "long-00.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8_000)
        number = 1_000
        while (reached := file.getnframes() / 8_000) < 60 * minutes:
            call, _, _ = RECIPES["clean"](np.random.default_rng([seed, number]), Order(number, TURNS[1]))
            sides = np.stack([resampled(side, RATE, 8_000) for side in call.sound])
            file.writeframes((np.clip(sides, -1, 1) * 32_767).astype("<i2").T.tobytes())
            for one in call.segments:
                shift(one, reached)
            segments += call.segments
            number += 1
        duration_s = file.getnframes() / 8_000
    line = {"file": "long-00.wav", "set": "long", "kind": "long", "duration_s": duration_s, "channels": 2}
    truth = {**line, "seed": seed, "language": "en", "mix": False, "segments": segments, "items": [], "sounds": []}
    (out / "long-00.json").write_text(json.dumps(truth) + "\n", encoding="utf-8")
    return {"truth": "long-00.json", **line}


def _written(out: Path, seed: int, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    manifest = json.dumps({"seed": seed, "files": files}, indent=1) + "\n"
    (out / "manifest.json").write_text(manifest, encoding="utf-8")
    return files


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speech.make", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="1 to 9 for tuning, 100 and above for reporting")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--only", default=",".join(RECIPES), help="sets, with commas")
    asked = parser.parse_args()
    sets = asked.only.split(",")
    if unknown := set(sets) - set(RECIPES):
        parser.error(f"unknown sets: {', '.join(sorted(unknown))}; there are {', '.join(RECIPES)}")
    files = by_minutes(asked.out, asked.seed, asked.minutes, sets)
    print(f"{len(files)} calls, {sum(one['duration_s'] for one in files) / 60:.1f} minutes in {asked.out}")


if __name__ == "__main__":
    main()
