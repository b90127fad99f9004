"""One finder in a process of its own: `python -m bench.redaction_eval.side ORDER RESULT`, both JSON files.

The order says which finder, which sets and how many calls; the result holds the counts of each set, the speed and the
memory. A process of its own, so that neither finder warms or fills anything for the other.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.redaction_eval import calls, heard
from bench.redaction_eval.finders import FINDERS, Finder
from bench.redaction_eval.model import Call
from bench.redaction_eval.open_sets import SETS, open_set
from bench.redaction_eval.score import tally
from bench.speech.side import peak_bytes

SPEED_CALLS, SPEED_BATCHES = 60, 5
Order = dict[str, Any]
Maker = Callable[[Order], Iterator[Call]]


def _open(name: str) -> Maker:
    return lambda order: open_set(name, order["texts"])


def _heard(model: str) -> Maker:
    return lambda order: heard.kept(order, model)


MAKERS: dict[str, Maker] = {
    "calls": lambda order: calls.generated(order["calls"], order["seed"], order["half"]),
    "noisy": lambda order: calls.noisy(order["calls"] // 2, order["seed"], order["half"]),
    "plain": lambda order: calls.plain(order["calls"] // 4, order["seed"], order["half"]),
    **{name: _open(name) for name in SETS},
    **{f"heard by {model}": _heard(model) for model in heard.MODELS},
}
"""Set → its calls. Those that nobody has made yet, or that are not on this machine, are empty."""


def measured(find: Finder, order: Order) -> dict[str, float]:
    """Return characters per second of processor time: median, lowest and highest over some batches of calls.

    Each batch is new: what a finder keeps of calls that it saw does not help it.
    """
    batches = [list(calls.generated(SPEED_CALLS, order["seed"] + 1 + at, order["half"])) for at in range(SPEED_BATCHES)]
    for call in calls.generated(3, order["seed"], order["half"]):
        find(call)
    rates = []
    for batch in batches:
        size = sum(len(call.transcript.text) for call in batch)
        before = time.process_time()
        for call in batch:
            find(call)
        rates.append(size / (time.process_time() - before))
    return {"median": statistics.median(rates), "lowest": min(rates), "highest": max(rates)}


def main() -> None:
    """Run one finder over the sets of the order."""
    parser = argparse.ArgumentParser(prog="python -m bench.redaction_eval.side", description=__doc__)
    parser.add_argument("order", type=Path)
    parser.add_argument("result", type=Path)
    asked = parser.parse_args()
    order = json.loads(asked.order.read_text(encoding="utf-8"))
    find = FINDERS[order["finder"]]()
    result: dict[str, Any] = {"sets": {}}
    if order["speed"]:
        result["speed"] = measured(find, order)
        result["memory"] = peak_bytes()
    for name in order["sets"]:
        chosen = list(MAKERS[name](order))
        if chosen:
            counts = tally(chosen, [find(call) for call in chosen])
            characters = sum(len(call.transcript.text) for call in chosen)
            result["sets"][name] = {"calls": len(chosen), "text": characters, "tally": vars(counts)}
    asked.result.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
