"""`callward receipts` and `callward sweep`: what they say and with which status they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.client import ApiClient, ApiError
from cli.main import app

WHERE = ["--url", "http://callward.test", "--key", "cw_key"]
HOLDS = {
    "intact": True,
    "receipts": 7,
    "unchained": 0,
    "flaw": None,
    "at_sequence": None,
    "head": "callward-receipts x",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server answers by path; and what was asked of it."""
    told: dict[str, Any] = {"asked": []}

    def get(_: ApiClient, path: str, **arguments: Any) -> Any:
        told["asked"].append((path, arguments.get("params")))
        if isinstance(told[path], Exception):
            raise told[path]
        return told[path]

    monkeypatch.setattr(ApiClient, "get", get)
    return told


def test_a_chain_that_holds_ends_well_and_prints_the_head_to_keep(asked: dict[str, Any], tmp_path: Path) -> None:
    asked["/v1/receipts/verification"] = {**HOLDS, "head_checked": True}
    kept = tmp_path / "head.txt"
    kept.write_text("callward-receipts kept\n", "utf-8")
    done = CliRunner().invoke(app, ["receipts", "verify", "--head", str(kept), *WHERE])
    assert (done.exit_code, done.stdout) == (0, "callward-receipts x\n")
    assert asked["asked"] == [("/v1/receipts/verification", {"head": "callward-receipts kept"})]


@pytest.mark.parametrize("flaw", ["changed", "missing", "cut", "rewritten"])
def test_a_chain_that_does_not_hold_ends_with_three_and_says_where(asked: dict[str, Any], flaw: str) -> None:
    told = {"intact": False, "flaw": flaw, "at_sequence": 4, "head_checked": False}
    asked["/v1/receipts/verification"] = {**HOLDS, **told}
    done = CliRunner().invoke(app, ["receipts", "verify", *WHERE])
    assert done.exit_code == 3
    assert "receipt 4 is" in done.output


def test_what_the_server_refuses_is_said_and_ends_with_one(asked: dict[str, Any]) -> None:
    asked["/v1/receipts"] = ApiError("403: the key's scopes do not reach this")
    done = CliRunner().invoke(app, ["receipts", "list", *WHERE])
    assert done.exit_code == 1
    assert "scopes" in done.output


def test_receipts_and_what_is_due_are_listed(asked: dict[str, Any]) -> None:
    receipt = {"sequence": 3, "kind": "traffic", "artifact": None, "call_id": None, "cause": "retention_over"}
    asked["/v1/receipts"] = {
        "receipts": [{**receipt, "erased_at": "2026-11-22T10:00:00Z", "erased": {"cdrs_identifiers": 12}}]
    }
    asked["/v1/sweep"] = [{"what": "cdrs", "due": 31, "held": 11, "goes": 20}]
    listed = CliRunner().invoke(app, ["receipts", "list", *WHERE])
    assert (listed.exit_code, "12" in listed.output) == (0, True)
    due = CliRunner().invoke(app, ["sweep", "--dry-run", *WHERE])
    assert due.exit_code == 0
    assert [word in due.output for word in ("cdrs", "31", "11", "20")] == [True] * 4
    assert CliRunner().invoke(app, ["sweep", *WHERE]).exit_code == 2, "the relay sweeps, not the command"
