"""A small run of `make eval-redaction` from end to end, and the finders that it compares."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from talk import talk

from bench.redaction_eval.finders import FINDERS
from bench.redaction_eval.model import Call

ROOT = Path(__file__).resolve().parents[2]
LINES = (
    "Thanks for calling, what is your phone number?",
    "Hi, my name is Daniel Fischer, it is 415 555 0132.",
    "And your order number?",
    "The order number is 4471209.",
)


@pytest.mark.parametrize("name", FINDERS)
def test_a_finder_names_places_in_the_text_of_a_segment(name: str) -> None:
    transcript = talk(*LINES)
    found = FINDERS[name]()(Call(transcript, ()))
    hidden = {
        transcript.segments[one.place.segment].text[one.place.start : one.place.end] for one in found if one.hides
    }
    assert any("555" in text for text in hidden)
    assert any("Fischer" in text for text in hidden)


def test_what_the_profile_keeps_is_flagged_and_not_hidden() -> None:
    transcript = talk(*LINES)
    kept, most = (
        {one.hides for one in FINDERS[name]()(Call(transcript, ())) if one.kind == "ORDER_NUMBER"}
        for name in ("ours", "maximum")
    )
    assert (kept, most) == ({False}, {True})


def test_a_run_prints_tables_and_writes_its_figures(tmp_path: Path) -> None:
    figures, tables = tmp_path / "run.json", tmp_path / "run.md"
    options = ["--calls", "4", "--texts", "3", "--seed", "1", "--half", "tune", "--finders", "ours"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.redaction_eval", *options, "--json", str(figures), "--markdown", str(tables)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=180,
    )  # fmt: skip
    assert done.stdout.startswith("| set | finder |")
    assert tables.read_text("utf-8").strip() == done.stdout.strip()
    result = json.loads(figures.read_text("utf-8"))["results"]["ours"]
    assert result["speed"]["median"] > 0
    assert result["memory"] > 10_000_000
    counts = result["sets"]["calls"]["tally"]
    assert sum(counts["items"].values()) > 5
    assert set(result["sets"]) >= {"calls", "noisy", "plain"}


def test_an_unknown_set_is_named_with_those_that_there_are() -> None:
    command = [sys.executable, "-m", "bench.redaction_eval", "--sets", "calls,tales"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "unknown sets: tales; there are calls," in done.stderr
