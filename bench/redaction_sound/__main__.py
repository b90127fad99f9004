"""The table: our way beside word times as they are with 0 to 500 ms around, in one run."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.redaction_sound.calls import heard_calls
from bench.redaction_sound.judging import judged
from bench.redaction_sound.ways import WAYS
from redaction.engines.presidio import PresidioFinder
from transcription.engines.faster_whisper import FasterWhisperEngine


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.redaction_sound", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", default="1", help="1 to 9 for tuning, 100 and above for reporting")
    parser.add_argument("--calls", type=int, default=16, help="of each seed")
    parser.add_argument("--again", action="store_true", help="hear the redacted sound too (twice the time)")
    parser.add_argument("--misses", action="store_true", help="list what is still heard: kinds and times, no words")
    parser.add_argument("--models", type=Path, default=Path(".callward/models"))
    asked = parser.parse_args()
    engine, finder = FasterWhisperEngine("base", cache_dir=asked.models), PresidioFinder()
    seeds = [int(one) for one in asked.seeds.split(",")]
    calls = list(heard_calls(asked.out, seeds, asked.calls, engine, finder))
    print(f"{len(calls)} calls, {sum(call.clear.duration_s for call in calls) / 60:.1f} minutes, seeds {asked.seeds}")
    for way in WAYS:
        print(judged(way, calls, engine if asked.again and way.reheard else None, misses=asked.misses))


if __name__ == "__main__":
    main()
