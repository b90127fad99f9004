"""Who is in many calls at once is who is in each of them: by what came with a call, its log, its CDR."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeTenant
from eligible import ANNA, BEN, CARA, Trainable, trainable

from domain.ids import new_id
from domain.records import TAG_FIELDS
from storage.participants import participants_of
from storage.people import people_of


@pytest.fixture
async def shop(make_tenant: MakeTenant) -> Trainable:
    return await trainable(make_tenant)


async def with_cdr(shop: Trainable, call_id: str, people: list[str], **parts: Any) -> None:
    """Link a CDR of these people to a call, as ingest stores one."""
    resources, workspace_id, name = shop.tenant.resources, shop.tenant.workspace_id, new_id("cdr")
    calls = resources.database.scoped("calls", workspace_id)
    call = await calls.find_one({"_id": call_id})
    assert call is not None
    tags = {field: call[field] for field in TAG_FIELDS}
    token = (await resources.keyring.blind_indexer(workspace_id)).token
    identifiers = {**tags, "month": "2026-11", "index": [token(one) for one in people]}
    cdr = {"_id": name, **tags, "call_id": call_id, "setup_time": call["setup_time"], **parts}
    await resources.database.scoped("cdrs", workspace_id).insert({**cdr, "identifiers": identifiers})
    await calls.update({"_id": call_id}, {"$set": {"match.log_id": name}})


async def test_asked_of_many_it_says_what_it_says_of_one(shop: Trainable) -> None:
    ids = [await shop.call(ANNA, BEN), await shop.call(None, CARA), await shop.call()]
    await with_cdr(shop, ids[2], [BEN, CARA])
    database, workspace_id = shop.tenant.resources.database, shop.tenant.workspace_id
    calls = [one for one in await database.scoped("calls", workspace_id).find({}) if one["_id"] in ids]
    seen = await participants_of(database, workspace_id, calls)
    for call in calls:
        alone = await people_of(database, workspace_id, call)
        assert seen[call["_id"]].people | set(call["people"]) == alone
    assert await participants_of(database, workspace_id, []) == {}


async def test_a_call_is_known_by_the_cdr_that_is_linked_to_it(shop: Trainable) -> None:
    call_id = await shop.call()
    for number in (BEN, CARA):
        await shop.choose(number)
    await with_cdr(shop, call_id, [BEN, CARA], caller={"kind": "subscriber"})
    assert await shop.why(call_id) == "allowed"


async def test_somebody_whom_only_the_cdr_knows_is_asked_too(shop: Trainable) -> None:
    call_id = await shop.call(ANNA, BEN)
    for number in (ANNA, BEN):
        await shop.choose(number)
    assert await shop.why(call_id) == "allowed"
    await with_cdr(shop, call_id, [ANNA, BEN, CARA])
    assert await shop.why(call_id) == "party_not_granted"


@pytest.mark.parametrize(
    "parts", [{"callee": {"kind": "emergency"}}, {"legs": [{"caller": {"kind": "emergency"}}]}], ids=["call", "leg"]
)
async def test_an_emergency_that_only_the_cdr_knows_of_is_one(shop: Trainable, parts: dict[str, Any]) -> None:
    call_id = await shop.call(ANNA, BEN)
    for number in (ANNA, BEN):
        await shop.choose(number)
    await with_cdr(shop, call_id, [ANNA, BEN], **parts)
    assert await shop.why(call_id) == "emergency_call"
