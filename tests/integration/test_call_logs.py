"""Call logs over the API: each entry lands once, in any order and however often, or is refused with a reason."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from conftest import Tenant

from domain.scopes import Scope

WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)
NOW = datetime.now(UTC).replace(microsecond=0)
PHONE = "b1c8a0de-3f7e-4c55-9a51-0d2f6f1f7a10"


def ms(moment: datetime) -> int:
    """Android's DATE."""
    return int(moment.timestamp() * 1000)


def entry(minutes_ago: int = 5, **changes: Any) -> dict[str, Any]:
    """An entry as an app reads it from the phone's log."""
    at = ms(NOW - timedelta(minutes=minutes_ago))
    return {"number": "098765 43210", "date": at, "duration_s": 42, "type": 1, "sim_slot": 0} | changes


def batch(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"device_id": PHONE, "zone": "Asia/Kolkata", "region": "IN", "entries": list(entries)} | changes


async def send(client: httpx.AsyncClient, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/call-logs:batch", json=batch(*entries, **changes))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert sum(told["counts"].values()) == len(entries) == len(told["results"])
    assert [result["index"] for result in told["results"]] == list(range(len(entries)))
    return told


def statuses(told: dict[str, Any]) -> list[str]:
    return [result["status"] for result in told["results"]]


async def test_a_batch_lands_once_and_again_changes_nothing(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    first = await send(client, entry(1), entry(2, number=None, presentation=2), entry(3, number="112"))
    again = await send(client, entry(1), entry(2, number=None, presentation=2), entry(3, number="112"))
    assert statuses(first) == ["created"] * 3
    assert statuses(again) == ["duplicate"] * 3
    assert [one["id"] for one in first["results"]] == [one["id"] for one in again["results"]]
    listed = (await client.get("/v1/call-logs")).json()["call_logs"]
    assert [one["id"] for one in listed] == [one["id"] for one in first["results"]]
    assert [one["party_kind"] for one in listed] == ["subscriber", "withheld", "emergency"]
    assert [len(one["party_refs"]) for one in listed] == [1, 0, 0]


async def test_gzip(tenant: Tenant) -> None:
    client = await tenant.client(*WRITE)
    import json

    body = gzip.compress(json.dumps(batch(entry(1))).encode())
    answer = await client.post(
        "/v1/call-logs:batch", content=body, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}
    )
    assert answer.status_code == 200, answer.text
    bad = await client.post("/v1/call-logs:batch", json=batch(entry(1, note="x")))
    print(bad.text)
    cur = await client.get("/v1/call-logs/cursor", params={"device_id": PHONE})
    print(cur.text)
    log = (await client.get("/v1/call-logs")).json()["call_logs"][0]["id"]
    full = await tenant.client(*WRITE, Scope.TRANSCRIPTS_CLEAR)
    print((await full.get(f"/v1/call-logs/{log}", params={"clear": "true", "reason": "asked"})).text)
    print((await full.post("/v1/call-logs/search", json={"number": "+919876543210"})).text)
