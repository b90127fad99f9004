"""Recordings over bad networks, on the real store: cut, damaged, repeated, in parallel, from two devices at once."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import urllib.parse
import uuid
from typing import Any

import httpx
import pytest
from api_process import wav
from conftest import Tenant

from domain.scopes import Scope
from ingest.custodian import IngestCustodian
from ingest.uploading import CLIENT_PART_BYTES
from storage.objects import ObjectStore
from storage.uploads import SignedRequest

WRITE = (Scope.CALLS_WRITE, Scope.CALLS_READ)
THREE_PARTS = wav(seconds=2_200, seed=600)
CUTS = range(0, len(THREE_PARTS), CLIENT_PART_BYTES)
PARTS = {number: THREE_PARTS[at : at + CLIENT_PART_BYTES] for number, at in enumerate(CUTS, start=1)}
SUMS = [hashlib.sha256(part).hexdigest() for part in PARTS.values()]
WHOLE = {"sha256": hashlib.sha256(THREE_PARTS).hexdigest()}


def damaged(part: bytes) -> bytes:
    """The same bytes with one bit turned over in the middle."""
    at = len(part) // 2
    return part[:at] + bytes([part[at] ^ 1]) + part[at + 1 :]


class Phone:
    """A client with a key of the tenant and a recording of three parts."""

    def __init__(self, api: httpx.AsyncClient) -> None:
        self.api = api

    @classmethod
    async def of(cls, tenant: Tenant) -> Phone:
        return cls(await tenant.client(*WRITE))

    async def register(self, **recording: Any) -> tuple[str, dict[str, Any]]:
        body = {"media_type": "audio/wav", "size": len(THREE_PARTS), "multipart": True, **recording}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        answer = await self.api.post("/v1/calls", json={"recording": body}, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["call"]["id"], answer.json()["upload"]

    async def plan(self, call_id: str, **body: Any) -> dict[str, Any]:
        answer = await self.api.post(f"/v1/calls/{call_id}/upload", **({"json": body} if body else {}))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def complete(self, call_id: str, **more: Any) -> httpx.Response:
        return await self.api.post(f"/v1/calls/{call_id}/complete", json=WHOLE | more)

    async def send(self, plan: dict[str, Any], *numbers: int) -> None:
        """Send these parts as they should be, or all that the plan asks for."""
        for link in plan["parts"]:
            if not numbers or link["number"] in numbers:
                assert (await put(link, PARTS[link["number"]])).status_code == 200


async def put(link: dict[str, Any], content: bytes) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as plain:
        return await plain.put(link["url"], content=content, headers=link["headers"])


def cut_in_the_middle(link: dict[str, Any], content: bytes) -> None:
    """Begin a PUT as it should be and hang up after half of it."""
    url = urllib.parse.urlsplit(link["url"])
    headers = {"Host": url.netloc, "Content-Length": str(len(content)), **link["headers"]}
    lines = [f"PUT {url.path}?{url.query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((url.hostname or "", url.port or 80)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + content[: len(content) // 2])


async def test_a_plan_after_a_restart_lists_what_has_arrived_with_size_and_checksum(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register(part_sha256=SUMS)
    assert [(part["number"], part["size"]) for part in plan["parts"]] == [(n, len(p)) for n, p in PARTS.items()]
    await phone.send(plan, 1, 3)
    restarted = await Phone.of(tenant)
    plan = await restarted.plan(call_id)
    assert plan["arrived_parts"] == [{"number": n, "size": len(PARTS[n]), "sha256": SUMS[n - 1]} for n in (1, 3)]
    assert (plan["arrived"], [part["number"] for part in plan["parts"]]) == ([1, 3], [2])
    await restarted.send(plan)
    assert (await restarted.complete(call_id)).json()["state"] == "received"
    assert await tenant.resources.objects.list_keys(f"u/{call_id}/") == []


async def test_parts_in_parallel_in_any_order_and_twice_each_make_one_recording(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    links = [plan["parts"][at] for at in (2, 0, 1, 1, 2, 0)]
    answers = await asyncio.gather(*(put(link, PARTS[link["number"]]) for link in links))
    assert {answer.status_code for answer in answers} == {200}
    done = await phone.complete(call_id)
    assert (done.status_code, done.json()["size"]) == (202, len(THREE_PARTS)), done.text


async def test_the_store_itself_refuses_a_damaged_part_whose_checksum_was_stated(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register(part_sha256=SUMS)
    await phone.send(plan, 2)
    for number in (1, 2):
        refused = await put(plan["parts"][number - 1], damaged(PARTS[number]))
        assert (refused.status_code, "BadDigest" in refused.text) == (400, True)
    plan = await phone.plan(call_id)
    assert plan["arrived"] == [2], "the good part stays when a damaged one is sent over it"
    await phone.send(plan)
    assert (await phone.complete(call_id)).status_code == 202


async def test_a_part_that_arrived_damaged_is_found_and_only_that_part_is_asked_for_again(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    await phone.send(plan, 1, 3)
    assert (await put(plan["parts"][1], damaged(PARTS[2]))).status_code == 200, "no checksum was stated for it"
    silent = await phone.complete(call_id)
    assert (silent.status_code, silent.json()["type"]) == (422, "/problems/checksum-mismatch")
    assert "parts" not in silent.json()
    told = await phone.complete(call_id, part_sha256=SUMS)
    assert (told.status_code, told.json()["type"], told.json()["parts"]) == (422, "/problems/checksum-mismatch", [2])
    assert await tenant.resources.objects.list_keys(f"c/{call_id}/") == []
    plan = await phone.plan(call_id)
    assert (plan["arrived"], [part["number"] for part in plan["parts"]]) == ([1, 3], [2])
    await phone.send(plan)
    assert (await phone.complete(call_id, part_sha256=SUMS)).status_code == 202


async def test_checksums_may_be_stated_late_and_corrected(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register(part_sha256=["0" * 64, *SUMS[1:]])
    assert (await put(plan["parts"][0], PARTS[1])).status_code == 400
    await phone.send(plan, 2)
    plan = await phone.plan(call_id, part_sha256=[sum_.upper() for sum_ in SUMS])
    assert plan["arrived"] == [2]
    await phone.send(plan)
    plan = await phone.plan(call_id, part_sha256=[SUMS[0], "0" * 64, SUMS[2]])
    assert plan["arrived"] == [1, 3], "what came under another checksum is asked for again"
    await phone.send(await phone.plan(call_id, part_sha256=SUMS))
    assert (await phone.complete(call_id)).status_code == 202


@pytest.mark.parametrize("count", [2, 4])
async def test_checksums_that_are_not_one_for_each_part_are_refused(tenant: Tenant, count: int) -> None:
    phone = await Phone.of(tenant)
    call_id, _ = await phone.register()
    for answer in (
        await phone.api.post(f"/v1/calls/{call_id}/upload", json={"part_sha256": ["0" * 64] * count}),
        await phone.complete(call_id, part_sha256=["0" * 64] * count),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["field"], problem["expected"]) == (422, "part_sha256", 3), problem
    body = {"recording": {"media_type": "audio/wav", "size": len(THREE_PARTS), "part_sha256": ["0" * 64] * count}}
    refused = await phone.api.post("/v1/calls", json=body, headers={"Idempotency-Key": "the key is free afterwards"})
    assert refused.status_code == 422
    body["recording"]["multipart"] = True
    body["recording"]["part_sha256"] = SUMS
    taken = await phone.api.post("/v1/calls", json=body, headers={"Idempotency-Key": "the key is free afterwards"})
    assert taken.status_code == 201


async def test_a_connection_cut_in_the_middle_of_a_part_leaves_nothing_and_spoils_nothing(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    await phone.send(plan, 3)
    for link in plan["parts"]:
        await asyncio.to_thread(cut_in_the_middle, link, PARTS[link["number"]])
    resumed = await phone.plan(call_id)
    assert resumed["arrived"] == [3]
    await phone.send(resumed)
    assert (await phone.complete(call_id)).status_code == 202


async def test_completing_too_early_names_the_parts_that_are_missing(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    nothing = await phone.complete(call_id)
    assert (nothing.json()["type"], nothing.json()["parts"]) == ("/problems/size-mismatch", [1, 2, 3])
    await phone.send(plan, 2)
    early = await phone.complete(call_id)
    assert (early.status_code, early.json()["parts"], early.json()["arrived"]) == (422, [1, 3], len(PARTS[2]))
    await phone.send(plan, 1, 3)
    assert (await phone.complete(call_id)).status_code == 202


async def test_a_link_takes_its_own_part_only_in_its_own_size(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    short, long = PARTS[2][:-1], PARTS[2] + b"x"
    assert [(await put(plan["parts"][1], content)).status_code for content in (short, long)] == [403, 403]
    moved = {**plan["parts"][1], "url": plan["parts"][1]["url"].replace("/00002?", "/00003?")}
    assert (await put(moved, PARTS[2])).status_code == 403
    bare = {**plan["parts"][1], "headers": {}}
    assert (await put(bare, PARTS[2])).status_code == 403, "nothing lies in the store without the customer's key"
    assert (await phone.plan(call_id))["arrived"] == []


async def test_links_that_expire_in_the_middle_are_made_afresh(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await Phone.of(tenant)
    presign = ObjectStore.presign_put

    async def for_a_second(store: ObjectStore, key: str, **named: Any) -> SignedRequest:
        return await presign(store, key, **{**named, "expires_s": 1})

    with monkeypatch.context() as brief:
        brief.setattr(ObjectStore, "presign_put", for_a_second)
        call_id, expired = await phone.register()
    await phone.send(await phone.plan(call_id), 1)
    await asyncio.sleep(2.1)
    assert (await put(expired["parts"][1], PARTS[2])).status_code == 403
    fresh = await phone.plan(call_id)
    assert fresh["arrived"] == [1]
    await phone.send(fresh)
    assert (await phone.complete(call_id)).status_code == 202


async def test_two_devices_that_send_and_complete_at_once_make_one_recording(tenant: Tenant) -> None:
    one, two = await Phone.of(tenant), await Phone.of(tenant)
    call_id, first = await one.register()
    second = await two.plan(call_id)
    await asyncio.gather(one.send(first), two.send(second))
    answers = await asyncio.gather(*(phone.complete(call_id) for phone in (one, two, one, two)))
    assert [answer.status_code for answer in answers] == [202] * 4, [answer.text for answer in answers]
    assert len(await tenant.resources.outbox.of_call(call_id)) == 1
    assert len(await tenant.resources.objects.list_keys(f"c/{call_id}/")) == 1
    assert await tenant.resources.objects.list_keys(f"u/{call_id}/") == []


async def test_another_tenant_gets_no_link_and_completes_nothing(tenant: Tenant, make_tenant: Any) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    await phone.send(plan)
    stranger = await Phone.of(await make_tenant())
    refused = await stranger.api.post(f"/v1/calls/{call_id}/upload")
    assert (refused.status_code, (await stranger.complete(call_id)).status_code) == (404, 404)
    assert (await phone.complete(call_id)).status_code == 202


async def test_erasing_in_the_middle_of_an_upload_leaves_no_part(tenant: Tenant) -> None:
    phone = await Phone.of(tenant)
    call_id, plan = await phone.register()
    await phone.send(plan, 1, 2)
    objects = tenant.resources.objects
    await objects.call("create_multipart_upload", Key=f"c/{call_id}/obj_half")
    custodian = IngestCustodian(tenant.resources)
    assert await custodian.count(tenant.workspace_id, call_id) == 4, "a document, two parts, a half-written object"
    for _ in range(2):
        await custodian.erase(tenant.workspace_id, call_id)
    assert await custodian.count(tenant.workspace_id, call_id) == 0
