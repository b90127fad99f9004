"""Our k and l beside those of pycanon, which lives in an environment of its own (`make oracle`)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from deid_calls import item, keyed

from corpus.deid.hierarchies import NAMES
from corpus.deid.kanon import TupleCounts, plan
from domain.corpus import CorpusItem, QuasiIdentifiers

ROOT = Path(__file__).parents[2]
PLACES = (ROOT / ".venv" / "oracle" / "bin" / "python", Path(sys.prefix) / "oracle" / "bin" / "python")
K, L = 5, 2


def _python() -> str:
    found = next((str(place) for place in PLACES if place.exists()), None)
    if found is None:
        pytest.skip("pycanon's environment is not there: run `make oracle`")
    return found


def _asked(tables: list[dict[str, Any]]) -> list[int]:
    """Return what pycanon says of each table."""
    script = ROOT / "tests" / "oracle" / "anonymity.py"
    done = subprocess.run(
        [_python(), str(script)], input=json.dumps(tables), capture_output=True, text=True, check=True
    )
    answers: list[int] = json.loads(done.stdout)
    return answers


def _items(seed: int, count: int) -> list[CorpusItem]:
    rng = Random(seed)  # noqa: S311 - not for keys
    one = item("hello there", "hi")
    return [
        replace(
            one,
            item_id=f"item_{number}",
            facts=QuasiIdentifiers(
                month=f"2026-{rng.choice((1, 1, 2, 3, 6)):02}",
                part_of_week=rng.choice(("weekday", "weekday", "weekend")),
                part_of_day=rng.choice(("morning", "afternoon", "evening")),
                length=rng.choice(("0-1", "1-3", "1-3", "10+")),
                direction=rng.choice(("inbound", "outbound")),
                place=rng.choice(("DE", "FR", "IN", "IN", "US", "")),
            ),
            labels={"outcome": rng.choice(("sold", "sold", "sold", "lost"))} if rng.random() < 0.7 else {},
        )
        for number in range(count)
    ]


def _table(rows: list[CorpusItem], label: str | None = None) -> dict[str, Any]:
    told = [{**asdict(one.facts), **({label: one.labels[label]} if label else {})} for one in rows]
    return {"rows": told, "facts": list(NAMES), "label": label}


@pytest.mark.parametrize("seed", [1, 2])
def test_pycanon_finds_k_and_l_in_what_is_released(seed: int) -> None:
    tables, expected = [], []
    for number in range(4):
        items = _items(10 * seed + number, 80 * (number + 1))
        counts = TupleCounts()
        for one in items:
            counts.add(one)
        decided = plan(counts, k=K, l=L, most_suppressed=0.05)
        released = [told for one in items if (told := decided.release(one, keyed())) is not None]
        labelled = [one for one in released if "outcome" in one.labels]
        tables += [_table(released), _table(labelled, "outcome"), _table(items)]
        expected.append((len(released), len(labelled)))
    answers = _asked(tables)
    for number, (released_count, labelled_count) in enumerate(expected):
        ours_k, ours_l, before = answers[3 * number : 3 * number + 3]
        assert released_count
        assert labelled_count
        assert ours_k >= K
        assert ours_l >= L
        assert before < K, "the table was not worth the rule"
