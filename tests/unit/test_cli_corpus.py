"""`callward corpus`: what it asks for, what it says, and with which status it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import corpus
from cli.client import ApiClient, ApiError
from cli.main import app

WHERE = ["--url", "http://callward.test", "--key", "cw_key"]
PATH = "/v1/corpus/releases"
RELEASE: dict[str, Any] = {
    "number": 4,
    "revision": 1,
    "state": "review",
    "phase": None,
    "purpose": "tuning",
    "snapshot_at": "2026-11-22T10:00:00+00:00",
    "policy": {"version": "abcd"},
    "counts": {"calls": 9, "items": 7, "words": 900, "excluded": {"held": 2}},
    "files": 1,
    "gates": [{"name": "canaries", "passed": True, "measured": 0, "threshold": 0, "why": "none came out"}],
    "reading": {"done": 3, "total": 3},
    "writing": {"done": 1, "total": 1},
}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server answers, one after the other; and what it was sent."""
    answers: dict[str, Any] = {"get": [RELEASE], "sent": []}

    def get(_: ApiClient, path: str, **arguments: Any) -> Any:
        return answers["get"].pop(0) if len(answers["get"]) > 1 else answers["get"][0]

    def post(_: ApiClient, path: str, body: Any = None, **arguments: Any) -> Any:
        answers["sent"].append((path, body))
        if isinstance(answers.get("refusal"), Exception):
            raise answers["refusal"]
        return {**RELEASE, "state": "building", "phase": "planning"}

    monkeypatch.setattr(ApiClient, "get", get)
    monkeypatch.setattr(ApiClient, "post", post)
    monkeypatch.setattr(corpus, "_EVERY_S", 0.0)
    return answers


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["corpus", *arguments, *WHERE])


def test_a_build_is_followed_until_it_waits_for_a_person(told: dict[str, Any], tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text('{"k": 10}', "utf-8")
    told["get"] = [{**RELEASE, "state": "building"}, {**RELEASE, "state": "building"}, RELEASE]
    done = run("build", "--purpose", "tuning", "--policy", str(policy), "--workspace", "ws_a")
    assert done.exit_code == 0, done.output
    assert told["sent"] == [(PATH, {"purpose": "tuning", "policy": {"k": 10}, "workspaces": ["ws_a"]})]
    assert "release 4, revision 1: review" in done.stdout
    assert "left out: held 2" in done.stdout


def test_a_build_that_a_gate_stops_ends_with_three(told: dict[str, Any]) -> None:
    gate = {**RELEASE["gates"][0], "passed": False, "why": "planted values came out"}
    told["get"] = [{**RELEASE, "state": "failed", "gates": [gate]}]
    done = run("build", "--purpose", "tuning")
    assert done.exit_code == 3
    assert "NO" in done.stdout


def test_without_waiting_the_build_is_only_asked_for(told: dict[str, Any]) -> None:
    done = run("build", "--purpose", "tuning", "--no-wait")
    assert (done.exit_code, "building (planning)" in done.stdout) == (0, True)


@pytest.mark.parametrize("content", ["not json", "[1]"])
def test_a_policy_file_that_is_none_is_refused_before_anything_is_asked(
    told: dict[str, Any], tmp_path: Path, content: str
) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(content, "utf-8")
    done = run("build", "--purpose", "tuning", "--policy", str(policy))
    assert (done.exit_code, told["sent"]) == (2, [])


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_is_sent_with_its_reason(told: dict[str, Any], decision: str) -> None:
    done = run(decision, "4", "--reason", "read 50 items")
    assert (done.exit_code, told["sent"]) == (0, [(f"{PATH}/4/{decision}", {"reason": "read 50 items"})])


def test_what_the_server_refuses_is_said_and_ends_with_one(told: dict[str, Any]) -> None:
    told["refusal"] = ApiError("Not possible in the present state")
    done = run("discard", "4")
    assert done.exit_code == 1
    assert "Not possible" in done.output
