"""`callward policy due` and `simulate`: one line out for each line in, whatever is wrong with the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

GOOD = {"id": "a", "category": "traffic_identifiers", "occurred_at": "2024-01-31T12:00:00+05:30"}
FIELDS = ["id", "due_at", "action", "role", "legal_basis", "rule", "explanation"]


def run(*lines: Any, profile: str = "rukuse", command: str = "due", options: tuple[str, ...] = ()) -> Result:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n"
    return CliRunner().invoke(app, ["policy", command, "--profile", profile, "--record", "-", *options], input=text)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_record_is_answered_with_seven_fields() -> None:
    result = run(GOOD)
    (answer,) = answers(result)
    assert result.exit_code == 0
    assert list(answer) == FIELDS
    assert answer["due_at"] == "2025-02-01T00:00:00+05:30"
    assert (answer["action"], answer["role"], answer["rule"]) == (
        "drop_identifiers",
        "controller",
        "rukuse/traffic_identifiers",
    )
    assert answer["rule"] in answer["explanation"]


def test_a_held_record_has_no_end_and_its_matter_is_named() -> None:
    (answer,) = answers(run(GOOD | {"holds": ["M-7", "M-8"]}))
    assert answer["due_at"] is None
    assert "M-7, M-8" in answer["explanation"]
    (free,) = answers(run(GOOD | {"holds": []}))
    assert free["due_at"] is not None


def test_windows_account_and_place_are_taken_from_the_record() -> None:
    call = {"id": 1, "category": "communications_content", "occurred_at": "2024-01-31T12:00:00+05:30"}
    rows = [
        (call, None),
        (call | {"workspace": {"retention": {"recording": "P30D"}}}, "2024-03-02T00:00:00+05:30"),
        (call | {"workspace": {"retention": {"Derived Output": "PT4H"}}}, "2024-01-31T16:00:00+05:30"),
        (call | {"workspace": {"retention": {"recording": "once_processed"}}}, "2024-01-31T12:00:00+05:30"),
        (call | {"workspace": {"ended_at": "2024-02-29T06:00:00Z"}}, "2025-03-01T00:00:00+05:30"),
        (call | {"workspace": {"ended_at": "2024-01-31T06:00:00Z"}, "jurisdiction": "fr"}, "2024-03-01T00:00:00+05:30"),
    ]
    found = [answer["due_at"] for answer in answers(run(*(row for row, _ in rows)))]
    assert found == [due for _, due in rows]


REFUSED: list[tuple[str, Any, str]] = [
    ("an unknown category", GOOD | {"category": "gossip"}, "unknown_category"),
    ("no category", {"id": "a", "occurred_at": GOOD["occurred_at"]}, "unknown_category"),
    ("a category that is no text", GOOD | {"category": ["usage_data"]}, "unknown_category"),
    ("a naive time", GOOD | {"occurred_at": "2024-01-31T12:00:00"}, "naive_time"),
    ("a day without time and zone", GOOD | {"occurred_at": "2024-01-31"}, "naive_time"),
    ("a day that no calendar has", GOOD | {"occurred_at": "2024-02-30T12:00:00Z"}, "bad_time"),
    ("a number for a time", GOOD | {"occurred_at": 1706700000}, "bad_time"),
    ("a naive end of the account", GOOD | {"workspace": {"ended_at": "2024-01-31T12:00:00"}}, "naive_time"),
    ("no anchor", {"id": "a", "category": "usage_data"}, "missing_anchor"),
    ("an anchor that is null", GOOD | {"occurred_at": None}, "missing_anchor"),
    ("a supplier without an end", GOOD | {"category": "supplier_contact"}, "missing_anchor"),
    ("a prospect nobody met", GOOD | {"category": "prospect"}, "missing_anchor"),
    ("an unknown place", GOOD | {"jurisdiction": "XX"}, "unknown_jurisdiction"),
    ("an unknown state", GOOD | {"jurisdiction": "US-ZZ"}, "unknown_jurisdiction"),
    ("a place that is no text", GOOD | {"jurisdiction": 49}, "unknown_jurisdiction"),
    ("an unknown customer", GOOD | {"customer_type": "company"}, "bad_value"),
    ("an agreement in words", GOOD | {"agreement": "yes"}, "bad_value"),
    ("holds that are no list", GOOD | {"holds": "M-1"}, "bad_value"),
    ("a hold without a name", GOOD | {"holds": [""]}, "bad_value"),
    ("a workspace that is a text", GOOD | {"workspace": "ws_1"}, "bad_value"),
    ("windows that are a list", GOOD | {"workspace": {"retention": ["P1D"]}}, "bad_value"),
    ("a window of something else", GOOD | {"workspace": {"retention": {"gossip": "P1D"}}}, "unknown_artifact"),
    ("a window in words", GOOD | {"workspace": {"retention": {"recording": "30 days"}}}, "bad_duration"),
    ("a window that is a number", GOOD | {"workspace": {"retention": {"recording": 30}}}, "bad_duration"),
    ("no id", {key: value for key, value in GOOD.items() if key != "id"}, "missing_id"),
    ("an id that is a list", GOOD | {"id": [1]}, "missing_id"),
    ("no JSON", "{", "bad_json"),
    ("a list", "[]", "bad_json"),
    ("a bomb of brackets", "[" * 100_000, "bad_json"),
    ("the end of the calendar", GOOD | {"occurred_at": "9999-12-31T23:00:00Z"}, "beyond_calendar"),
    ("a line without end", json.dumps(GOOD | {"region": "x" * 1_100_000}), "too_long"),
]


@pytest.mark.parametrize(("line", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_line_that_cannot_be_decided_is_told_in_its_place_and_the_others_are_answered(line: Any, reason: str) -> None:
    result = run(GOOD | {"id": "before"}, line, GOOD | {"id": "after"})
    before, told, after = answers(result)
    assert result.exit_code == 3
    assert (before["id"], after["id"]) == ("before", "after")
    assert before["due_at"] == after["due_at"] is not None
    assert (told["error"], told["line"], list(told)) == (reason, 2, ["id", "error", "message", "line"])
    assert "1 of 3 records" in result.stderr


def test_what_is_refused_quotes_nothing_but_the_id() -> None:
    result = run(
        GOOD | {"category": "secret-1"}, GOOD | {"jurisdiction": "secret-2"}, GOOD | {"occurred_at": "secret-3"}
    )
    assert "secret" not in result.stdout + result.stderr


def test_blank_lines_and_a_byte_order_mark_are_nothing() -> None:
    assert len(answers(run("\ufeff" + json.dumps(GOOD), "", "   ", GOOD))) == 2


def test_no_records_are_no_error() -> None:
    result = run("")
    assert (result.exit_code, result.stdout) == (0, "")


def test_records_come_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text(json.dumps(GOOD))
    result = CliRunner().invoke(app, ["policy", "due", "--profile", "strict", "--record", str(file)])
    assert answers(result)[0]["rule"] == "strict/traffic_identifiers"


@pytest.mark.parametrize(
    "arguments", [["--profile", "nobody", "--record", "-"], ["--profile", "runo", "--record", "no"]]
)
def test_what_is_not_there_is_asked_wrongly(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["policy", "due", *arguments]).exit_code == 2


SIMULATED = [
    GOOD,
    GOOD | {"id": "held", "holds": ["M-1"]},
    GOOD | {"id": "late", "category": "traffic_data"},
    {"id": "open", "category": "communications_content", "occurred_at": "2024-01-31T12:00:00+05:30"},
    GOOD | {"id": "bad", "category": "gossip"},
]


@pytest.mark.parametrize(
    ("until", "goes"),
    [
        ("2025-01-31", []),
        ("2025-02-01", ["a"]),
        ("2025-02-01T00:00:00+05:30", []),
        ("2025-02-01T00:00:01+05:30", ["a"]),
        ("2034-01-01", ["a"]),
    ],
)
def test_what_would_be_gone_by_a_day_is_told(until: str, goes: list[str]) -> None:
    options = ("--now", "2024-06-01T00:00:00Z", "--until", until, "--json")
    result = run(*SIMULATED, command="simulate", options=options)
    *told, last = answers(result)
    assert [one["id"] for one in told if "due_at" in one] == goes
    assert [one["id"] for one in told if "error" in one] == ["bad"]
    counted = last["summary"]
    assert counted["records"] == 5
    assert (counted["held"], counted["no_end_named"], counted["refused"]) == (1, 1, 1)
    assert sum(one["records"] for one in counted["due"]) == len(goes)
    assert result.exit_code == 3


def test_a_simulation_in_words_counts_by_kind() -> None:
    result = run(GOOD, command="simulate", options=("--now", "2024-06-01T00:00:00Z", "--until", "2026-01-01"))
    assert "1 traffic_identifiers: drop identifiers" in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("until", "status"),
    [("2034-06-01", 0), ("2034-06-02", 2), ("2024-05-30", 2), ("soon", 2), ("2026-01-01T00:00:00", 2)],
)
def test_a_simulation_looks_ten_years_ahead_and_not_back(until: str, status: int) -> None:
    result = run(GOOD, command="simulate", options=("--now", "2024-06-01T00:00:00+05:30", "--until", until))
    assert result.exit_code == status
