"""kill -9 of workers, broker, stores and relay in the middle: every call becomes ready exactly once."""

from __future__ import annotations

import collections
import json
import signal
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from support import SAMPLES, RunningCallward, running_callward, wait_for

from cli.client import ApiClient, ApiError
from cli.uploading import upload

pytestmark = pytest.mark.xdist_group("faults")
CALLS = 6
HEADER_BYTES = 58


@pytest.fixture(scope="module")
def callward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCallward]:
    """A whole stack with the small speech model and short leases, so that a lost worker is noticed in seconds."""
    yield from running_callward(
        tmp_path_factory.mktemp("faults"),
        CALLWARD_SPEECH_MODEL="tiny.en",
        CALLWARD_LEASE_S="4",
        CALLWARD_REPUBLISH_AFTER_S="3",
        CALLWARD_SWEEP_EVERY_S="0.5",
        CALLWARD_RETRY_BASE_S="0.5",
        CALLWARD_MAX_ATTEMPTS="20",
    )


def short_call(folder: Path, number: int) -> Path:
    """Ten seconds of the sample from another place for each number: real speech, different bytes."""
    content = (SAMPLES / "card_payment.wav").read_bytes()
    data_at = content.index(b"data") + 8
    samples = content[data_at + number * 32_000 :][:160_000]
    head = bytearray(content[:data_at])
    head[4:8] = struct.pack("<I", len(head) - 8 + len(samples))
    head[data_at - 4 : data_at] = struct.pack("<I", len(samples))
    file = folder / f"short-{number}.wav"
    file.write_bytes(bytes(head) + samples)
    return file


def send_calls(phone: ApiClient, folder: Path, first: int) -> list[str]:
    body = {"recording": {"media_type": "audio/wav"}, "channels": ["agent", "contact"]}
    return [
        upload(phone, short_call(folder, number % 9), body | {"source": "faults", "origin_id": f"{first}-{number}"})
        for number in range(first, first + CALLS)
    ]


def states(customer: ApiClient, ids: list[str]) -> list[str]:
    return [customer.get(f"/v1/calls/{call_id}")["state"] for call_id in ids]


def running_stage(customer: ApiClient, ids: list[str], stage: int) -> bool:
    details = [customer.get(f"/v1/calls/{call_id}") for call_id in ids]
    return any(detail["stages"][stage]["state"] == "running" for detail in details)


def assert_ready_exactly_once(callward: RunningCallward, ids: list[str]) -> None:
    """Each call is ready, each of its stages took effect once, and each record is there once."""
    with callward.client("customer") as customer:
        wait_for("all calls are ready", lambda: set(states(customer, ids)) == {"ready"}, timeout_s=150)
        for call_id in ids:
            assert customer.get(f"/v1/calls/{call_id}/transcript")["redacted"] is True
            assert customer.request("GET", f"/v1/calls/{call_id}/recording").content[:4] == b"RIFF"
    finished: collections.Counter[tuple[str, str]] = collections.Counter()
    for line in callward.logs().splitlines():
        if line.startswith("{") and "call:stage:done" in line:
            event: dict[str, Any] = json.loads(line)
            finished[event["call_id"], event["stage"]] += 1
    client: MongoClient[dict[str, Any]] = MongoClient(callward.stack.env["CALLWARD_MONGO_URL"])
    try:
        records = client[callward.stack.env["CALLWARD_MONGO_DATABASE"]]
        for call_id in ids:
            jobs = list(records["outbox"].find({"call_id": call_id}))
            assert sorted(job["task"] for job in jobs) == ["redact_audio", "redact_text", "transcribe"]
            assert {job["state"] for job in jobs} == {"done"}
            kinds = sorted(one["kind"] for one in records["transcripts"].find({"call_id": call_id}))
            assert kinds == ["clear", "redacted"]
            assert records["redactions"].count_documents({"call_id": call_id}) == 1
            for stage in ("transcribe", "redact_text", "redact_audio"):
                assert finished[call_id, stage] <= 1
    finally:
        client.close()


def test_a_killed_worker_loses_no_call_and_finishes_none_twice(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 0)
        wait_for("a call is being transcribed", lambda: running_stage(customer, ids, 0))
        callward.stack.kill("speech", signal.SIGKILL)
        wait_for(
            "a call is being redacted",
            lambda: any(customer.get(f"/v1/calls/{call_id}")["stages"][0]["state"] == "done" for call_id in ids),
        )
        callward.stack.kill("language", signal.SIGKILL)
    assert_ready_exactly_once(callward, ids)


def test_a_worker_killed_while_it_silences_sound_leaves_none_that_was_not_verified(
    callward: RunningCallward, tmp_path: Path
) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 600)
        wait_for("sound is being silenced", lambda: running_stage(customer, ids, 2))
        callward.stack.kill("speech", signal.SIGKILL)
        for call_id in ids:
            try:
                customer.request("GET", f"/v1/calls/{call_id}/recording")
            except ApiError:
                continue
            assert customer.get(f"/v1/calls/{call_id}")["state"] == "ready", "sound was served before it was verified"
    assert_ready_exactly_once(callward, ids)
    with callward.client("customer") as customer:
        assert {customer.get(f"/v1/calls/{call_id}")["sound"] for call_id in ids} == {"verified"}


def test_a_killed_broker_loses_no_call_and_finishes_none_twice(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 100)
        wait_for("a call is being transcribed", lambda: running_stage(customer, ids, 0))
        callward.stack.kill("broker", signal.SIGKILL)
        ids += send_calls(phone, tmp_path, 200)
    assert_ready_exactly_once(callward, ids)


def test_a_broker_that_forgets_everything_loses_no_call(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone:
        ids = send_calls(phone, tmp_path, 300)
        callward.stack.kill("broker", signal.SIGKILL)
        for file in (callward.stack.data_dir / "broker").rglob("*.aof"):
            file.write_bytes(b"")
    assert_ready_exactly_once(callward, ids)


def test_killed_stores_and_relay_lose_no_call_and_finish_none_twice(callward: RunningCallward, tmp_path: Path) -> None:
    with callward.client("mobile app") as phone, callward.client("customer") as customer:
        ids = send_calls(phone, tmp_path, 400)
        wait_for("a call is being transcribed", lambda: running_stage(customer, ids, 0))
    for part in ("relay", "mongo", "s3"):
        callward.stack.kill(part, signal.SIGKILL)
        time.sleep(1.0)
        callward.stack.wait_healthy(part, timeout_s=60)
    assert_ready_exactly_once(callward, ids)


def test_ending_the_stack_in_the_middle_and_starting_it_again_finishes_every_call(tmp_path: Path) -> None:
    folder = tmp_path / "again"
    env = {"CALLWARD_SPEECH_MODEL": "tiny.en", "CALLWARD_LEASE_S": "3", "CALLWARD_SWEEP_EVERY_S": "0.5"}
    first = running_callward(folder, **env)
    running = next(first)
    with running.client("mobile app") as phone:
        ids = send_calls(phone, tmp_path, 0)
    workspace = running.workspace
    next(first, None)
    second = running_callward(folder, **env)
    again = RunningCallward(next(second).stack, workspace)
    assert_ready_exactly_once(again, ids)
    next(second, None)
