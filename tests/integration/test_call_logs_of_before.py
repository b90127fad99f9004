"""Call logs that earlier versions stored: brought to the shape of today, and known again when they are sent again."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Tenant
from phone_batches import NOW, entry, pages, send, store_of

from domain.ids import bytes_of_id, id_from_bytes, new_id
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogEntry
from ingest.log_batches import Device, EntryIn
from ingest.log_documents import device_token
from ingest.log_entries import read_entry
from ingest.log_names import EntryNames
from ingest.log_pages import unfolded
from storage.migrations import MIGRATIONS
from storage.mongo import Document
from storage.sealing import seal, unseal

PHONE = Device("phone-1", "Asia/Kolkata", "IN")
BY_NUMBER = {number: migration for number, _, migration in MIGRATIONS}
SENT = (entry(1), entry(2, "112"))


async def named_as_before(tenant: Tenant, document: Document, sent: EntryIn) -> Document:
    """Return an entry of a phone as earlier versions stored it: by its mark, and sealed for that name."""
    resources = tenant.resources
    indexer = await resources.keyring.blind_indexer(tenant.workspace_id)
    (mark,) = EntryNames(indexer, PHONE).marks([read_entry(sent, PHONE, now=NOW)])
    held, log_id = document["identifiers"], id_from_bytes("log", mark)
    key = await resources.keyring.month_key(tenant.workspace_id, held["month"], now=NOW)
    plain = unseal(key, held["sealed"], place=f"call_logs/{document['_id']}/identifiers")
    sealed = seal(key, plain, place=f"call_logs/{log_id}/identifiers")
    return {**document, "_id": log_id, "identifiers": {**held, "sealed": sealed}}


async def documents_of_before(tenant: Tenant) -> dict[str, Document]:
    """Store two entries of a phone, and a log that came with a call, as the version before pages did; return them."""
    await send(tenant, list(SENT))
    policy = (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy
    entries = [one for page in await pages(tenant) for one in unfolded(page)]
    documents = [await named_as_before(tenant, one, sent) for one, sent in zip(entries, SENT, strict=True)]
    alone = CallLogEntry(setup_time=NOW)
    documents.append(await store_of(tenant).prepare(new_id("call"), alone, policy, now=NOW))
    raw = tenant.resources.database._raw("call_logs")
    await raw.delete_many({"workspace_id": tenant.workspace_id})
    stored = {one["_id"]: {**one, "workspace_id": tenant.workspace_id} for one in documents}
    await raw.insert_many(list(stored.values()))
    return stored


async def migrated(tenant: Tenant, *numbers: int) -> None:
    """Run these migrations, each twice."""
    for number in numbers:
        for _ in range(2):
            await BY_NUMBER[number](tenant.resources.database)


async def test_call_logs_of_the_first_version_become_pages_and_are_told_as_before(tenant: Tenant) -> None:
    stored = await documents_of_before(tenant)
    raw = tenant.resources.database._raw("call_logs")
    await raw.create_index([("workspace_id", 1), ("call_id", 1)], name="workspace_id_call_id")
    await migrated(tenant, 3, 6)
    assert "workspace_id_call_id" not in await raw.index_information()
    made = await pages(tenant)
    assert {page["_id"] for page in made} == stored.keys()
    assert {one["_id"]: one for page in made for one in unfolded(page)} == stored
    assert [id_from_bytes("log", page["ids"][0]) for page in made] == [page["_id"] for page in made]
    again = await send(tenant, [SENT[0], entry(2, "112", duration_s=50), entry(3)])
    assert [str(one.status) for one in again.results] == ["duplicate", "updated", "created"]
    assert {one.id for one in again.results[:2]} == {log_id for log_id, one in stored.items() if one.get("type")}
    token = device_token(await tenant.resources.keyring.blind_indexer(tenant.workspace_id), "phone-1")
    assert {page["identifiers"].get("device") for page in await pages(tenant)} == {token, None}


@pytest.fixture
async def before(tenant: Tenant) -> dict[str, Document]:
    """Two entries on one page of the second version, and a log that came with a call on one of its own."""
    stored = await documents_of_before(tenant)
    await migrated(tenant, 3)
    raw, made = tenant.resources.database._raw("call_logs"), await pages(tenant)
    one, other = (page for page in made if page["source"] == "device")
    both = (one["identifiers"], other["identifiers"])
    held: dict[str, Any] = {"width": 1, "index": [token for of in both for token in of["index"] or [None]]}
    held["sealed"] = [sealed for of in both for sealed in of["sealed"]]
    lists: dict[str, Any] = {name: one[name] + other[name] for name in ("ids", "entries")}
    moments = [entry["setup_time"] for entry in lists["entries"]]
    await raw.delete_one({"_id": other["_id"]})
    together = {**one, **lists, "identifiers": {**one["identifiers"], **held}}
    await raw.replace_one({"_id": one["_id"]}, together | {"first_at": min(moments), "last_at": max(moments)})
    await migrated(tenant, 6)
    return stored


async def test_pages_of_the_second_version_are_known_again_beside_new_ones(
    tenant: Tenant, before: dict[str, Document]
) -> None:
    assert {one["_id"]: one for page in await pages(tenant) for one in unfolded(page)} == before
    assert await store_of(tenant).there_of([*before, new_id("log")]) == sorted(before)
    for log_id, document in before.items():
        assert await store_of(tenant).get(log_id, now=NOW) == document
    told = await send(tenant, [*SENT, entry(3)])
    assert [str(one.status) for one in told.results] == ["duplicate", "duplicate", "created"]
    again = await send(tenant, [entry(3), SENT[1], SENT[0]])
    assert [one.id for one in again.results] == [one.id for one in reversed(told.results)]
    assert await store_of(tenant).there_of([one.id for one in told.results]) == sorted(one.id for one in told.results)
    assert sum(len(page["ids"]) for page in await pages(tenant)) == 4


async def test_what_was_erased_of_the_second_version_does_not_come_back(
    tenant: Tenant, before: dict[str, Document]
) -> None:
    first, second = (one["_id"] for one in before.values() if one["source"] == "device")
    assert await store_of(tenant).erase(first, now=NOW)
    assert sorted(str(one.status) for one in (await send(tenant, list(SENT))).results) == ["duplicate", "erased"]
    assert await store_of(tenant).erase(second, now=NOW)
    assert [str(one.status) for one in (await send(tenant, list(SENT))).results] == ["erased", "erased"]
    assert [page["source"] for page in await pages(tenant)] == ["call"]


async def test_two_logs_that_came_alone_cannot_have_one_id(tenant: Tenant, before: dict[str, Document]) -> None:
    (page,) = (page for page in await pages(tenant) if page["source"] == "call")
    assert page["by_id"] == 1
    assert bytes_of_id(next(iter(before))) not in page["ids"]
    pages_of = tenant.resources.database.scoped("call_logs", tenant.workspace_id)
    assert await pages_of.insert_many([{**page, "_id": new_id("page")}]) == {0}
