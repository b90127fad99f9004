"""How much personal data stays readable, ours beside stock Presidio: `python -m bench.redaction_eval [options]`.

Both finders see the same texts in the same run, each in a process of its own. `--half tune` is for working on the
rules; what is published has `--half unseen`, whose phrases, names and places are not those of the other half.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.redaction_eval import report
from bench.redaction_eval.finders import FINDERS
from bench.redaction_eval.lists import HALVES
from bench.redaction_eval.score import Tally
from bench.redaction_eval.side import MAKERS

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1")


def run(finder: str, order: dict[str, Any]) -> dict[str, Any]:
    """Return what a finder's own process found, tallies as Tally."""
    with tempfile.TemporaryDirectory() as folder:
        told, result = Path(folder) / "order.json", Path(folder) / "result.json"
        told.write_text(json.dumps({**order, "finder": finder}), encoding="utf-8")
        command = [sys.executable, "-m", "bench.redaction_eval.side", str(told), str(result)]
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)})
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    for one in found["sets"].values():
        one["tally"] = restored(one["tally"])
    return found


def restored(document: Mapping[str, Any]) -> Tally:
    """Return the counts that a process wrote down."""
    counted: dict[str, Any] = {name: Counter(one) if isinstance(one, dict) else one for name, one in document.items()}
    return Tally(**counted)


def options() -> argparse.ArgumentParser:
    """Return the command's options."""
    parser = argparse.ArgumentParser(prog="python -m bench.redaction_eval", description=__doc__)
    parser.add_argument("--half", choices=HALVES, default="unseen")
    parser.add_argument("--calls", type=int, default=400, help="generated calls; half as many garbled, a quarter plain")
    parser.add_argument("--texts", type=int, default=None, help="texts of each open set; all of them by default")
    parser.add_argument("--seed", type=int, default=100, help="1 to 9 for tuning, 100 and above for reporting")
    parser.add_argument("--sets", default=",".join(MAKERS), help="sets, with commas")
    parser.add_argument("--finders", default="ours,stock", help=f"of {', '.join(FINDERS)}")
    parser.add_argument(
        "--heard", type=int, default=0, help="calls that are spoken and transcribed; slow the first time"
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".callward" / "redaction_eval", help="where those are kept"
    )
    parser.add_argument("--no-speed", dest="speed", action="store_false", help="leave out speed and memory")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    return parser


def main() -> None:
    """Measure and print."""
    parser = options()
    asked = parser.parse_args()
    for what, named, known in (("sets", asked.sets, MAKERS), ("finders", asked.finders, FINDERS)):
        if unknown := sorted(set(named.split(",")) - set(known)):
            parser.error(f"unknown {what}: {', '.join(unknown)}; there are {', '.join(known)}")
    order: dict[str, Any] = {
        "half": asked.half, "calls": asked.calls, "texts": asked.texts, "seed": asked.seed, "speed": asked.speed,
        "heard": asked.heard, "cache": str(asked.cache.resolve()), "sets": asked.sets.split(","),
    }  # fmt: skip
    if asked.heard:
        from bench.redaction_eval import speaking  # noqa: PLC0415 - loads the speech engine

        speaking.prepare(order)
    results = {finder: run(finder, order) for finder in asked.finders.split(",")}
    tables = report.whole(results)
    print(tables)
    if asked.markdown:
        asked.markdown.write_text(tables, encoding="utf-8")
    if asked.json:
        asked.json.write_text(
            json.dumps({"order": order, "results": results}, default=vars, indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
