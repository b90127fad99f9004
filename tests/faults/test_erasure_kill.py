"""kill -9 of the language worker and the relay while calls and CDRs are erased: all goes, once, and is proven."""

from __future__ import annotations

import signal
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from support import RunningCallward, running_callward, wait_for

sys.path.append(str(Path(__file__).parent.parent / "integration"))

from cdr_files import asterisk_file

pytestmark = pytest.mark.xdist_group("faults")
CALLS, ROWS = 30, 6_000


@pytest.fixture(scope="module")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    """A stack with short leases, so that a lost worker is noticed in seconds; nothing is heard here."""
    yield from running_callward(
        tmp_path_factory.mktemp("erasing"),
        without=("speech", "ingest"),
        CALLWARD_LEASE_S="3",
        CALLWARD_REPUBLISH_AFTER_S="2",
        CALLWARD_SWEEP_EVERY_S="0.5",
        CALLWARD_RETRY_BASE_S="0.5",
        CALLWARD_MAX_ATTEMPTS="40",
    )


def databases(callward: RunningCallward) -> tuple[Any, Any, MongoClient[dict[str, Any]]]:
    env = callward.stack.env
    client: MongoClient[dict[str, Any]] = MongoClient(env["CALLWARD_MONGO_URL"], tz_aware=True)
    name = env["CALLWARD_MONGO_DATABASE"]
    return client[name], client[f"{name}_keys"], client


def test_killed_workers_erase_every_call_once_and_the_receipts_hold(callward: RunningCallward) -> None:
    records, proof, client = databases(callward)
    with callward.client("mobile app") as phone, callward.client("privacy officer") as officer:
        ids = []
        for _ in range(CALLS):
            body = {"recording": {"media_type": "audio/flac", "size": 4_004}}
            headers = {"Idempotency-Key": uuid.uuid4().hex}
            call_id = phone.request("POST", "/v1/calls", json=body, headers=headers).json()["call"]["id"]
            ids.append(call_id)
        for call_id in ids:
            officer.request("DELETE", f"/v1/calls/{call_id}")
        for done in (2, 8, 15):
            wait_for(
                f"{done} calls are erased",
                lambda done=done: proof["receipts"].count_documents({"call_id": {"$in": ids}}) >= done,
                timeout_s=120,
                every_s=0.01,
            )
            callward.stack.kill("language", signal.SIGKILL)
            if done == 8:
                callward.stack.kill("relay", signal.SIGKILL)
        wait_for(
            "every call is gone", lambda: not records["calls"].count_documents({"_id": {"$in": ids}}), timeout_s=240
        )
        assert proof["receipts"].count_documents({"call_id": {"$in": ids}}) == CALLS
        events = {"event": "call:content:erased", "call_id": {"$in": ids}}
        assert records["audit_events"].count_documents(events) == CALLS
        assert proof["keys"].count_documents({"_id": {"$in": ids}, "wrapped": {"$exists": True}}) == 0
        assert proof["purge_jobs"].count_documents({"kind": "call"}) == 0
        checked = officer.get("/v1/receipts/verification")
        assert (checked["intact"], checked["receipts"]) == (True, CALLS)
    client.close()


def test_a_relay_killed_in_the_middle_of_a_sweep_strips_every_record_and_counts_each_once(
    callward: RunningCallward,
) -> None:
    records, proof, client = databases(callward)
    with callward.client("mobile app") as phone, callward.client("privacy officer") as officer:
        content = asterisk_file(ROWS)
        phone.request("POST", "/v1/cdrs?format=asterisk_csv&zone=UTC", content=content, timeout=None)
        assert records["cdrs"].count_documents({"identifiers": {"$exists": True}}) == ROWS
        past = datetime.now(UTC) - timedelta(seconds=1)
        records["cdrs"].update_many({}, {"$set": {"identifiers.retain_until": past}})
        left = {"identifiers": {"$exists": True}}
        for rest in (ROWS - 1, ROWS // 2):
            wait_for(
                "the sweep is under way",
                lambda rest=rest: records["cdrs"].count_documents(left) <= rest,
                timeout_s=60,
                every_s=0.005,
            )
            if records["cdrs"].count_documents(left):
                callward.stack.kill("relay", signal.SIGKILL)
        wait_for("every record is stripped", lambda: not records["cdrs"].count_documents(left), timeout_s=180)
        counted = _counted(proof)
        until = time.monotonic() + 90
        while counted < ROWS and time.monotonic() < until:
            time.sleep(0.5)
            counted = _counted(proof)
        assert counted == ROWS
        assert records["cdrs"].count_documents({}) == ROWS
        assert officer.get("/v1/receipts/verification")["intact"] is True
    client.close()


def _counted(proof: Any) -> int:
    return sum(one["erased"].get("cdrs_identifiers", 0) for one in proof["receipts"].find({"kind": "traffic"}))
