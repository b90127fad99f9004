"""Recordings that a vCon only points to: fetched from listed hosts, held to their hash, everything else told."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from api_process import wav
from conftest import Tenant, now
from vcon_calls import ALL, encoded, taken, vcon

from domain.errors import ChecksumMismatch
from domain.jobs import Job, Queue
from ingest.fetching import Fetched
from ingest.sources import SourceConfig, SourceStore
from workers.fetch import fetch_recording

ADDRESS = "https://media.example.com/r/1.wav?token=secret-for-a-while"


class Host:
    """A host that answers every address with the same bytes, and remembers what it was asked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, hosts: Any, limit: int, patience: Any = None) -> Any:
        del hosts, limit, patience
        return self

    @asynccontextmanager
    async def get(self, address: str, headers: Any = None) -> AsyncIterator[Fetched]:
        self.asked.append((address, headers))

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(self.content), 1000):
                yield self.content[at : at + 1000]

        yield Fetched("audio/wav", pieces())


def elsewhere(content: bytes, address: str = ADDRESS, **changes: Any) -> dict[str, Any]:
    """A vCon whose recording lies at an address; None takes a member out."""
    document = vcon(None)
    stated = "sha512-" + encoded(hashlib.sha512(content).digest())
    dialog = document["dialog"][0] | {"url": address, "content_hash": stated} | changes
    document["dialog"][0] = {name: value for name, value in dialog.items() if value is not None}
    return document


async def configured(tenant: Tenant) -> Any:
    config = SourceConfig(fetch_hosts=("media.example.com",))
    await SourceStore(tenant.resources, tenant.workspace_id).put("recorder", config, now=now())
    return await tenant.client(*ALL)


async def ordered(tenant: Tenant, document: dict[str, Any]) -> dict[str, Any]:
    client = await configured(tenant)
    (recording,) = (await taken(client, document, params={"source": "recorder"}))["recordings"]
    return dict(recording)


def job_of(tenant: Tenant, call_id: str) -> Job:
    return Job("job_1", tenant.workspace_id, call_id, "fetch", Queue.INGEST)


async def test_a_recording_at_a_listed_host_is_ordered_once_and_received(tenant: Tenant) -> None:
    content = wav(seed=201)
    document = elsewhere(content)
    first = await ordered(tenant, document)
    assert first["outcome"] == "fetching"
    assert (await ordered(tenant, document)) == first
    jobs = await tenant.resources.outbox.of_call(first["call_id"])
    assert [job["task"] for job in jobs] == ["fetch"]
    host = Host(content)
    await fetch_recording(tenant.resources, job_of(tenant, first["call_id"]), make_fetcher=host)
    assert host.asked == [(ADDRESS, {})], "no credentials go to a host that asked for none"
    client = await tenant.client(*ALL)
    assert (await client.get(f"/v1/calls/{first['call_id']}")).json()["state"] == "received"
    assert (await ordered(tenant, document))["outcome"] == "existing"


async def test_bytes_that_are_not_what_the_vcon_states_are_not_kept(tenant: Tenant) -> None:
    recording = await ordered(tenant, elsewhere(wav(seed=202)))
    call_id = recording["call_id"]
    with pytest.raises(ChecksumMismatch):
        await fetch_recording(tenant.resources, job_of(tenant, call_id), make_fetcher=Host(wav(seed=203)))
    client = await tenant.client(*ALL)
    assert (await client.get(f"/v1/calls/{call_id}")).json()["state"] == "awaiting_upload"
    assert await tenant.resources.objects.list_keys(f"c/{call_id}/") == []


async def test_the_address_is_nowhere_in_clear(tenant: Tenant) -> None:
    await ordered(tenant, elsewhere(wav(seed=204)))
    for name in ("calls", "recordings", "cdrs", "outbox", "call_logs"):
        found = await tenant.resources.database.scoped(name, tenant.workspace_id).find({})
        assert found
        assert "media.example.com" not in str(found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"address": "http://media.example.com/r/1.wav"}, "not_https"),
        ({"address": "file:///etc/passwd"}, "not_https"),
        ({"address": "https://169.254.169.254/latest/meta-data"}, "host_not_listed"),
        ({"address": "https://media.example.com@evil.example.org/r"}, "host_not_listed"),
        ({"address": "https://media.example.com.evil.example.org/r"}, "host_not_listed"),
        ({"address": "https://[not an address"}, "host_not_listed"),
        ({"content_hash": None}, "no_hash"),
        ({"content_hash": "md5-AAAA"}, "no_hash"),
        ({"content_hash": "sha512-@@"}, "no_hash"),
    ],
)
async def test_what_is_not_fetched_says_why_and_registers_nothing(
    tenant: Tenant, changes: dict[str, Any], reason: str
) -> None:
    recording = await ordered(tenant, elsewhere(b"", **changes))
    assert (recording["outcome"], recording["reason"], recording["call_id"]) == ("not_fetched", reason, None)
    client = await tenant.client(*ALL)
    assert (await client.get("/v1/calls")).json()["calls"] == []
