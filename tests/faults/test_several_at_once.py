"""One speech worker at several calls at once: SIGTERM lets it finish them, kill -9 costs each of them one try."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient
from support import RunningCallward, running_callward, wait_for
from test_kill_minus_nine import assert_ready_exactly_once, send_calls

if TYPE_CHECKING:
    from pathlib import Path

    from cli.client import ApiClient

pytestmark = pytest.mark.xdist_group("faults")
AT_ONCE = 3


@pytest.fixture(scope="module")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    yield from running_callward(
        tmp_path_factory.mktemp("several"),
        CALLWARD_SPEECH_MODEL="tiny.en",
        CALLWARD_SPEECH_CALLS_AT_ONCE=str(AT_ONCE),
        CALLWARD_LEASE_S="4",
        CALLWARD_REPUBLISH_AFTER_S="3",
        CALLWARD_SWEEP_EVERY_S="0.5",
        CALLWARD_RETRY_BASE_S="0.5",
    )


def under_way(customer: ApiClient, ids: list[str]) -> int:
    found = [customer.get(f"/v1/calls/{call_id}") for call_id in ids]
    return sum(call["stages"][0]["state"] == "running" for call in found)


def attempts(callward: RunningCallward, ids: list[str]) -> list[int]:
    """Return how often each call's transcription was begun."""
    client: MongoClient[dict[str, Any]] = MongoClient(callward.stack.env["CALLWARD_MONGO_URL"])
    try:
        outbox = client[callward.stack.env["CALLWARD_MONGO_DATABASE"]]["outbox"]
        return [job["attempts"] for job in outbox.find({"call_id": {"$in": ids}, "task": "transcribe"})]
    finally:
        client.close()


def test_sigterm_lets_the_worker_finish_every_call_it_has(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 500)
        wait_for("several are under way", lambda: under_way(customer, ids) == AT_ONCE, every_s=0.02)
        callward.stack.kill("speech", signal.SIGTERM)
    assert_ready_exactly_once(callward, ids)
    assert attempts(callward, ids) == [1] * len(ids), "none was begun twice"


def test_kill_nine_of_a_worker_at_several_calls_loses_none(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 600)
        wait_for("several are under way", lambda: under_way(customer, ids) == AT_ONCE, every_s=0.02)
        callward.stack.kill("speech", signal.SIGKILL)
    assert_ready_exactly_once(callward, ids)
    begun = attempts(callward, ids)
    assert set(begun) <= {1, 2}
    assert 1 <= sum(begun) - len(ids) <= AT_ONCE
