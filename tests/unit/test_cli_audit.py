"""`callward audit verify FILE`: an exported chain is checked on another machine, and what is no chain is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.chains import AUDIT_FIELDS, Head, linked

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHAIN = "ws_" + "a" * 26


def chain(count: int) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for number in range(count):
        at = AT + timedelta(seconds=number)
        body = {"event": "call:read", "actor": "key_1", "at": at, "call_id": None, "detail": {"n": number}}
        made.append(linked(CHAIN, made[-1] if made else None, body, AUDIT_FIELDS))
    return made


def written(folder: Path, entries: list[dict[str, Any]]) -> Path:
    file = folder / "chain.jsonl"
    lines = [json.dumps({"chain": CHAIN, **entry, "at": entry["at"].isoformat()}) for entry in entries]
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", "verify", *arguments], env={"CALLWARD_PUBLIC_URL": "", "NO_COLOR": "1"})
    return result.exit_code, result.output


def test_a_chain_that_holds_is_said_to_hold(tmp_path: Path) -> None:
    entries = chain(5)
    status, told = run(str(written(tmp_path, entries)))
    assert status == 0
    assert f"the chain holds: 5 events, the last {entries[-1]['hash']}" in told
    assert "a cut tail does not show" in told


def test_a_kept_head_is_taken_as_a_line_or_as_a_file(tmp_path: Path) -> None:
    entries = chain(3)
    line = Head(CHAIN, 3, entries[-1]["hash"], AT).line("audit", bytes(32))
    kept = tmp_path / "head.txt"
    kept.write_text(f"{line}\n", "utf-8")
    whole = str(written(tmp_path, entries))
    for given in (line, str(kept)):
        status, told = run(whole, "--head", given)
        assert (status, "cut tail" in told) == (0, False)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (chain(3)[:2], "event 3 is not there: the chain was cut before the kept head"),
        (chain(3)[:1] + chain(3)[2:], "event 2 is not there"),
        ([*chain(3)[:2], {**chain(3)[2], "actor": "key_2"}], "event 3 is not what its hash says"),
        ([], "event 1 is not there"),
    ],
    ids=["cut", "missing", "changed", "empty"],
)
def test_a_chain_that_does_not_hold_ends_with_three(tmp_path: Path, entries: list[Any], told: str) -> None:
    line = Head(CHAIN, 3, chain(3)[-1]["hash"], AT).line("audit")
    status, output = run(str(written(tmp_path, entries)), "--head", line)
    assert (status, told in output) == (3, True), output


@pytest.mark.parametrize("content", ["[]\n", "{}\n", '{"at": 7}\n', '"at"\n', "\x00\n", '{"at": "now"}\n', "{\n"])
def test_what_is_no_chain_cannot_be_checked(tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text(content, "utf-8")
    status, told = run(str(file))
    assert (status, "line 1 is no event of an exported chain" in told) == (1, True), told


def test_an_event_without_its_chain_cannot_be_checked(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text('{"at": "2026-11-22T12:00:00+00:00"}\n', "utf-8")
    assert run(str(file))[0] == 1


def test_what_is_no_head_or_another_chains_cannot_be_checked(tmp_path: Path) -> None:
    whole = str(written(tmp_path, chain(1)))
    other = Head("ws_other", 1, "ab" * 32, AT).line("audit")
    for given in ("no such file", "callward-audit nonsense", other):
        status, told = run(whole, "--head", given)
        assert (status, "could not be checked" in told) == (1, True), told


def test_without_file_and_server_it_says_what_to_name() -> None:
    status, told = run()
    assert (status, "--url" in told) == (2, True)
