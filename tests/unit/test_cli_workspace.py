"""`callward workspace retention`: what it sends, what it says, how it exits."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

import pytest
from typer.testing import CliRunner

from cli import workspace
from cli.client import ApiError
from cli.main import app

NOW = {
    "version": 4,
    "set_by": "key_a",
    "set_at": "2026-11-22T12:00:00Z",
    "reason": "as the customer wrote",
    "windows": {
        "recording": {"window": "once_processed", "profile": "P30D", "longest": None, "action": "erase"},
        "transcript": {"window": None, "profile": "P30D", "longest": None, "action": "erase"},
    },
    "training": True,
    "training_basis": {"US": "legitimate_interest"},
    "insights": False,
    "access": {"agent": []},
    "applied_at": None,
}
PROPOSAL = {"id": "prop_a", "goes": {"calls": 3}}


class FakeClient:
    """Answers as the API does, and remembers what it was sent."""

    sent: ClassVar[list[tuple[str, str, Any]]] = []
    waits = False

    def __init__(self, url: str, key: str) -> None:
        assert (url, key) == ("http://api", "cw_key")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, path: str) -> Any:
        self.sent.append(("GET", path, None))
        return NOW

    def post(self, path: str, body: Any) -> Any:
        self.sent.append(("POST", path, body))
        if path.endswith("/preview"):
            counted = {"due": 3, "sooner": 2, "held": 1, "by_month": {"2026-10": 3}}
            return {"kinds": {"calls": counted}, "needs_approval": True}
        return {"outcome": "set", "retention": {"version": 5}}

    def request(self, method: str, path: str, json: Any) -> Any:
        self.sent.append((method, path, json))
        waiting, version = self.waits, 4 if self.waits else 5

        class Response:
            def json(self) -> Any:
                proposal = PROPOSAL if waiting else None
                return {"outcome": "set", "retention": {"version": version}, "proposal": proposal}

        return Response()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> type[FakeClient]:
    monkeypatch.setattr(workspace, "ApiClient", FakeClient)
    FakeClient.sent, FakeClient.waits = [], False
    return FakeClient


def run(*words: str) -> Any:
    where = ("--url", "http://api", "--key", "cw_key")
    return CliRunner().invoke(app, ["workspace", "retention", words[0], "ws_a", *words[1:], *where])


def test_show_says_what_is_in_force_and_that_records_are_on_their_way(client: type[FakeClient]) -> None:
    done = run("show")
    assert done.exit_code == 0, done.output
    for told in ("once_processed", "version 4", "key_a", "as the customer wrote", "being dated anew"):
        assert told in done.output
    assert json.loads(run("show", "--json").output) == NOW
    assert client.sent[0] == ("GET", "/v1/workspaces/ws_a/retention", None)


def test_set_changes_the_windows_that_are_named_and_no_others(client: type[FakeClient]) -> None:
    done = run("set", "--reason", "shorter", "--window", "transcript=P20D", "--window", "recording=")
    assert (done.exit_code, done.output) == (0, "set: version 5\n")
    assert client.sent[-1] == (
        "PUT",
        "/v1/workspaces/ws_a/retention",
        {
            "windows": {"transcript": "P20D"}, "training": True, "training_basis": {"US": "legitimate_interest"},
            "insights": False, "access": {"agent": []}, "reason": "shorter", "based_on": 4,
        },
    )  # fmt: skip


def test_a_change_that_waits_exits_with_three_and_names_the_proposal(client: type[FakeClient]) -> None:
    client.waits = True
    done = run("set", "--reason", "shorter", "--window", "transcript=P2D")
    assert done.exit_code == 3
    assert "prop_a waits for a second administrator" in done.output
    assert "3 calls" in done.output


def test_preview_sends_no_change_and_shows_counts(client: type[FakeClient]) -> None:
    done = run("preview", "--window", "transcript=P2D", "--by", "2026-12-01T00:00:00Z")
    assert done.exit_code == 0, done.output
    assert "2026-10: 3" in done.output
    assert "second administrator" in done.output
    assert [method for method, _, _ in client.sent] == ["GET", "POST"]
    assert client.sent[-1][2]["by"] == "2026-12-01T00:00:00Z"


def test_a_window_without_its_sign_is_refused_before_anything_is_sent(client: type[FakeClient]) -> None:
    done = run("set", "--reason", "shorter", "--window", "transcript")
    assert done.exit_code == 2
    assert [method for method, _, _ in client.sent] == ["GET"]


def test_decide_sends_the_decision(client: type[FakeClient]) -> None:
    assert run("decide", "prop_a", "approved").output == "set: version 5\n"
    assert client.sent[-1] == ("POST", "/v1/workspaces/ws_a/retention/proposals/prop_a", {"decision": "approved"})


def test_what_the_api_refuses_is_said_and_exits_with_one(
    client: type[FakeClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Any:
        raise ApiError("No such thing for this key")

    monkeypatch.setattr(client, "get", refuse)
    done = run("show")
    assert (done.exit_code, done.output) == (1, "No such thing for this key\n")
