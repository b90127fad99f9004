"""What was erased is not taken in again; what only sounds the same is."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from conftest import Tenant, now
from erasing import ERASED as ERASED_ANSWER
from erasing import QUICK, Case, log

from domain.errors import Conflict
from domain.ids import new_id
from domain.scopes import Scope
from ingest.call_logs import CallLogStore
from ingest.tombstones import ErasedCall, TombstoneStore, erased_rows_after

BEGAN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ERASED = ErasedCall(source="pbx", origin_id="77", content_hash="a" * 64, setup_time=BEGAN)


async def test_an_erased_call_is_known_again_by_its_origin_or_its_bytes_until_something_tells_it_apart(
    tenant: Tenant,
) -> None:
    stones = TombstoneStore(tenant.resources, tenant.workspace_id)
    assert not await stones.is_erased(ERASED)
    for _ in range(2):
        await stones.place(ERASED, now=now())
    for again in (
        ERASED,
        replace(ERASED, content_hash=None),
        replace(ERASED, content_hash="b" * 64),
        replace(ERASED, origin_id=None),
        replace(ERASED, origin_id=None, setup_time=None),
        replace(ERASED, origin_id=None, setup_time=BEGAN.astimezone()),
    ):
        assert await stones.is_erased(again), again
    for other in (
        replace(ERASED, origin_id=None, content_hash="b" * 64),
        replace(ERASED, origin_id="78"),
        replace(ERASED, origin_id=None, setup_time=BEGAN + timedelta(seconds=1)),
        replace(ERASED, origin_id=None, content_hash=None),
    ):
        assert not await stones.is_erased(other), other
    assert len(await tenant.resources.database.scoped("tombstones", tenant.workspace_id).find({})) == 2
    assert await tenant.resources.database.scoped("tombstones", "ws_other").find({}) == []


async def test_an_erased_row_is_known_again_in_its_own_workspace_and_nothing_else_is(
    tenant: Tenant, make_tenant: Any
) -> None:
    other = await make_tenant()
    mine, theirs = (TombstoneStore(tenant.resources, one.workspace_id) for one in (tenant, other))
    log_id, cdr_id, kept = new_id("log"), new_id("cdr"), new_id("log")
    assert await mine.erased_rows([log_id]) == frozenset(), "there is none at all"
    for _ in range(2):
        await mine.place_rows([log_id, cdr_id], now=now())
    assert await mine.erased_rows([log_id, cdr_id, kept]) == {log_id, cdr_id}
    assert await mine.erased_rows([]) == frozenset()
    assert await theirs.erased_rows([log_id, cdr_id]) == frozenset()
    assert not await mine.is_erased(replace(ERASED, origin_id=log_id)), "a row's stone is no call's"


async def test_row_tombstones_are_placed_with_what_else_a_transaction_writes_or_not_at_all(tenant: Tenant) -> None:
    stones, row_id = TombstoneStore(tenant.resources, tenant.workspace_id), new_id("cdr")

    async def write(tx: Any) -> None:
        await stones.place_rows([row_id], now=now(), tx=tx)
        raise Conflict("not now")

    with pytest.raises(Conflict):
        await tenant.resources.database.transaction(write)
    assert await stones.erased_rows([row_id]) == frozenset()


async def test_erased_rows_of_all_workspaces_are_listed_in_order_and_page_by_page(tenant: Tenant) -> None:
    stones, ids = TombstoneStore(tenant.resources, tenant.workspace_id), [new_id("log") for _ in range(5)]
    await stones.place_rows(ids, now=now())
    await stones.place(ERASED, now=now())
    found: list[tuple[str, str]] = []
    while page := await erased_rows_after(tenant.resources, found[-1][1] if found else "", limit=2):
        assert len(page) <= 2
        found += page
    assert [row_id for workspace_id, row_id in found if workspace_id == tenant.workspace_id] == sorted(ids)


@pytest.mark.settings(**QUICK)
async def test_a_redelivery_repeated_under_its_key_gets_the_same_answer_and_leaves_one_line(tenant: Tenant) -> None:
    case = await Case.of(tenant)
    await case.erase(await case.ready(origin_id="pbx-20"))
    body = {"recording": {"media_type": "audio/flac", "size": 40}, "origin_id": "pbx-20"}
    answers = [await case.client.post("/v1/calls", json=body, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert [(one.status_code, one.json()) for one in answers] == [(200, ERASED_ANSWER)] * 3
    assert len(await case.events("call:redelivery:refused")) == 1
    other = await case.client.post("/v1/calls", json=body, headers={"Idempotency-Key": "l"})
    assert other.json() == ERASED_ANSWER
    assert len(await case.events("call:redelivery:refused")) == 2, "one line for each redelivery"
    assert (await case.client.get("/v1/audit")).json()["intact"]


@pytest.mark.settings(**QUICK)
async def test_a_registration_repeated_after_its_call_was_erased_is_a_redelivery(tenant: Tenant) -> None:
    case = await Case.of(tenant)
    content = case.content()
    body = {"recording": {"media_type": "audio/flac", "size": len(content)}}
    send = partial(case.client.post, "/v1/calls", json=body, headers={"Idempotency-Key": "the phone's"})
    call_id = (await send()).json()["call"]["id"]
    assert (await case.client.put(f"/v1/calls/{call_id}/recording", content=content)).status_code == 202
    assert (await case.client.delete(f"/v1/calls/{call_id}")).status_code == 202
    assert (await send()).json() == ERASED_ANSWER, "while it is being erased"
    await case.sweep()
    await case.run_erasures(call_id)
    assert (await send()).json() == ERASED_ANSWER, "and after"
    assert len(await case.events("call:redelivery:refused")) == 1


@pytest.mark.settings(**QUICK)
async def test_bytes_that_come_again_while_their_call_is_being_erased_are_not_taken_in(tenant: Tenant) -> None:
    """Between the request to erase and the tombstone lie seconds, or days when the store does not answer."""
    case = await Case.of(tenant)
    content = case.content()
    first = await case.ready(content)
    again = (await case.register(content)).json()["call"]["id"]
    assert (await case.client.delete(f"/v1/calls/{first}")).status_code == 202
    answer = await case.client.put(f"/v1/calls/{again}/recording", content=content)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "erased")
    await case.sweep()
    for call_id in (first, again):
        await case.run_erasures(call_id)
        assert await case.objects(call_id) == []
    assert await tenant.resources.database.scoped("calls", tenant.workspace_id).count({}) == 0


@pytest.mark.settings(**QUICK)
async def test_bytes_that_are_announced_by_their_hash_need_not_be_sent_to_be_known_as_erased(tenant: Tenant) -> None:
    case = await Case.of(tenant)
    content = case.content()
    await case.erase(await case.ready(content))
    recording = {
        "media_type": "audio/flac",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest().upper(),
    }
    answer = await case.register(content, recording=recording)
    assert (answer.status_code, answer.json()) == (200, ERASED_ANSWER)
    assert await tenant.resources.database.scoped("recordings", tenant.workspace_id).count({}) == 0


@pytest.mark.settings(**QUICK)
async def test_the_same_erased_bytes_sent_by_many_at_once_leave_nothing_and_a_line_each(tenant: Tenant) -> None:
    case = await Case.of(tenant)
    content = case.content()
    await case.erase(await case.ready(content))
    calls = [(await case.register(content)).json()["call"]["id"] for _ in range(4)]
    sends = [case.client.put(f"/v1/calls/{call_id}/recording", content=content) for call_id in calls * 2]
    answers = await asyncio.gather(*sends)
    assert {(one.status_code, one.json()["outcome"]) for one in answers} == {(200, "erased")}
    noted = [event["call_id"] for event in await case.events("call:redelivery:refused")]
    assert sorted(noted) == sorted(calls)
    await case.sweep()
    for call_id in calls:
        await case.run_erasures(call_id)
        assert await case.objects(call_id) == []


@pytest.mark.settings(**QUICK)
async def test_a_call_erased_in_another_workspace_is_welcome_in_this_one(make_tenant: Any) -> None:
    mine, theirs = await Case.of(await make_tenant()), await Case.of(await make_tenant())
    content = mine.content()
    await mine.erase(await mine.ready(content, origin_id="pbx-21"))
    await theirs.ready(content, origin_id="pbx-21")
    assert await theirs.events("call:redelivery:refused") == []


async def test_a_call_log_is_erased_by_a_privacy_officer_only_and_stays_erased(
    tenant: Tenant, make_tenant: Any
) -> None:
    case, other = await Case.of(tenant), await Case.of(await make_tenant())
    call_id = await case.ready(call_log=log())
    found = await CallLogStore(tenant.resources, tenant.workspace_id).of_call(call_id)
    assert found is not None
    path = f"/v1/call-logs/{found['_id']}"
    reader = await tenant.client(*(set(Scope) - {Scope.PRIVACY_MANAGE}))
    assert (await reader.delete(path)).status_code == 403
    assert (await other.client.delete(path)).status_code == 404
    hold = (await case.client.post("/v1/holds", json={"matter": "2026-115"})).json()
    assert (await case.client.delete(path)).json()["type"] == "/problems/held"
    assert (await case.client.delete(f"/v1/holds/{hold['id']}")).status_code == 200
    answers = [await case.client.delete(path) for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [(200, {"id": found["_id"], "state": "erased"})] * 2
    assert await CallLogStore(tenant.resources, tenant.workspace_id).of_call(call_id) is None
    assert await TombstoneStore(tenant.resources, tenant.workspace_id).erased_rows([found["_id"]]) == {found["_id"]}
    assert [event["detail"] for event in await case.events("call_log:erased")] == [{"log_id": found["_id"]}]
    assert (await case.client.delete(f"/v1/call-logs/{new_id('log')}")).status_code == 404
    assert (await case.client.delete("/v1/call-logs/+14155550132")).status_code == 404


@pytest.mark.settings(**QUICK)
async def test_a_second_delivery_leads_to_the_first_call_however_often_it_is_repeated(tenant: Tenant) -> None:
    """The answer to the last step of an upload is lost easily; a phone that asks again must not be told `gone`."""
    case = await Case.of(tenant)
    content = case.content()
    first = await case.ready(content)
    body = {"recording": {"media_type": "audio/flac", "size": len(content)}}
    send = partial(case.client.post, "/v1/calls", json=body, headers={"Idempotency-Key": "second"})
    second = (await send()).json()["call"]["id"]
    for _ in range(2):
        answer = await case.client.put(f"/v1/calls/{second}/recording", content=content)
        assert (answer.status_code, answer.json()["id"], answer.json()["outcome"]) == (202, first, "existing")
    assert ((await send()).json()["call"]["id"], (await send()).json()["outcome"]) == (first, "existing")
    await case.sweep()
    await case.run_erasures(second)
    assert (await send()).json()["call"]["id"] == first, "when the second is long gone"
    await case.erase(first)
    assert (await send()).json() == ERASED_ANSWER
