"""Our way from file to transcript beside plain faster-whisper: `python bench/bench_transcription.py [options]`.

Everything in one run: the same invented calls (`bench/speech`), the same model, the same two processors, each side in a
process of its own. Plain is `WhisperModel.transcribe` with its defaults and word times on each channel, file by file.
`--quick` is a smoke test of a few minutes; figures to report come from the default size and a seed of 100 or above.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.speech.make import by_count, long_call  # noqa: E402 - runs from a checkout without installation
from bench.speech.prompts import prompts  # noqa: E402 - the same
from bench.speech.real import real  # noqa: E402 - the same
from bench.speech.report import Side, table, taken  # noqa: E402 - the same
from bench.speech.side import THREADS  # noqa: E402 - the same
from bench.speech.sounds import MAKERS  # noqa: E402 - the same
from transcription.engines.models import resolve  # noqa: E402 - the same

MIXED = {"clean": 6, "echo": 3, "collapsed": 3, "digits": 2, "items": 2, "rough": 3, "codecs": 2, "mixed_language": 1}
"""Of 22 calls so many are of each set."""
AT_ONCE = THREADS + 1
"""Calls that a worker has at once: one more than threads, so that decoding and waiting leave no gap."""


class Bench:
    """One run: calls in a folder, a model, two sides."""

    def __init__(self, folder: Path, model: Path) -> None:
        self._folder, self._model = folder, model
        self.sides = {"plain": Side(), "ours": Side()}

    def compare(
        self, run: str, names: Sequence[str], *, at_once: int = 1, sides: Sequence[str] = ("plain", "ours")
    ) -> None:
        """Let the sides hear the calls one after the other, and take in what they heard."""
        for side in sides:
            print(f"{side}: {len(names)} {run} calls…", file=sys.stderr, flush=True)
            result = self.heard(side, names, at_once=at_once if side == "ours" else 1)
            taken(self.sides[side], self._folder, run, result)

    def heard(self, side: str, names: Sequence[str], *, at_once: int = 1) -> dict[str, Any]:
        """Return one side's result, from a process of its own."""
        with tempfile.NamedTemporaryFile(suffix=".json") as result:
            command = [sys.executable, "-m", "bench.speech.side", side, str(self._folder), result.name]
            options = ["--model", str(self._model), "--at-once", str(at_once), "--truths", *names]
            subprocess.run([*command, *options], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
            found: dict[str, Any] = json.load(result)
        return found


def counts(calls: int) -> dict[str, int]:
    """Return how many calls of each set make this many, one of each at least."""
    whole = sum(MIXED.values())
    return {name: max(1, round(calls * share / whole)) for name, share in MIXED.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=22)
    parser.add_argument("--seed", type=int, default=100, help="100 and above for reporting, 1 to 9 for tuning")
    parser.add_argument("--quick", action="store_true", help="eight calls, four sounds")
    parser.add_argument("--model", default="base", help="a model's name, or the full path of its folder")
    parser.add_argument("--long-minutes", type=float, default=30.0, help="length of the long call; 0: none")
    parser.add_argument("--folder", type=Path, help="keep the calls here")
    asked = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch) / "calls"
        print(measured(asked, folder, resolve(asked.model, cache_dir=Path(scratch))))


def measured(asked: argparse.Namespace, folder: Path, model: Path) -> str:
    """Make the calls, let both sides hear them, and return the table."""
    quick = asked.quick
    made = by_count(folder, asked.seed, {**counts(8 if quick else asked.calls), "none": 4 if quick else len(MAKERS)})
    bench = Bench(folder, model)
    mixed = [one["truth"] for one in made if one["set"] != "none"]
    bench.compare("mixed", mixed, at_once=AT_ONCE)
    bench.compare("silent", [one["truth"] for one in made if one["set"] == "none"])
    if heard := [one["truth"] for one in (*real(folder), *prompts(folder))]:
        bench.compare("real", heard)
    plain_mix = None if quick else bench.heard("plain_mix", mixed)
    if asked.long_minutes and not quick:
        bench.compare("long", [long_call(folder, asked.seed, asked.long_minutes)["truth"]], sides=("ours",))
    total = sum(one["duration_s"] for one in made) / 60
    head = f"{len(mixed)} calls and {len(made) - len(mixed)} sounds, {total:.0f} min, seed {asked.seed}, {THREADS} CPUs"
    return f"{head}\n\n{table(bench.sides['plain'], bench.sides['ours'], plain_mix)}"


if __name__ == "__main__":
    main()
