"""Each entry lands once, whoever delivers it at the same time, in whatever pieces, on whichever of its days' pages."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import Tenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phone_batches import NOW, entry, pages, send, store_of

from domain.ids import new_id
from governance.workspaces import WorkspaceStore
from ingest.log_batches import BatchIn, EntryIn
from ingest.log_intake import LogIntake
from ingest.log_pages import unfolded
from ingest.pokes import Pokes
from storage.mongo import Collection, Document
from storage.recent import Recent
from storage.resources import Resources


async def stored(tenant: Tenant) -> list[Document]:
    return [one for page in await pages(tenant) for one in unfolded(page)]


async def deliver(resources: Resources, tenant: Tenant, entries: list[EntryIn]) -> Any:
    policy = (await WorkspaceStore(resources).get(tenant.workspace_id)).policy
    intake = LogIntake(resources, tenant.workspace_id, policy, Pokes(), Recent())
    return await intake.take_in(BatchIn("phone-1", "Asia/Kolkata", entries, "IN"), now=NOW)


PIECES = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=12, unique=True), min_size=2, max_size=8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, step=st.sampled_from([1, 3600, 20_000]))
async def test_pieces_of_a_log_at_once_over_several_clients_make_each_entry_once(
    make_tenant: Any, pieces: list[list[int]], step: int
) -> None:
    """Two clients of MongoDB, as two processes have; what lies days apart is on several pages."""
    tenant: Tenant = await make_tenant()
    other = Resources.open(tenant.resources.settings)
    try:
        told = await asyncio.gather(
            *(
                deliver((tenant.resources, other)[turn % 2], tenant, [entry(at * step) for at in piece])
                for turn, piece in enumerate(pieces)
            )
        )
    finally:
        other.close()
    sent = {at for piece in pieces for at in piece}
    assert sum(one.counts.created for one in told) == len(sent) == len(await stored(tenant))
    assert {one.id for result in told for one in result.results} == {one["_id"] for one in await stored(tenant)}
    numbers = [(page["home"], page["number"]) for page in await pages(tenant)]
    assert len(set(numbers)) == len(numbers)


async def test_the_pages_of_a_day_are_numbered_and_each_new_one_looks_at_all_before_it(tenant: Tenant) -> None:
    for at in range(4):
        told = await send(tenant, [entry(one) for one in range(at + 1)])
        assert [str(one.status) for one in told.results] == ["duplicate"] * at + ["created"]
    assert sorted(page["number"] for page in await pages(tenant)) == [0, 1, 2, 3]
    assert len({page["home"] for page in await pages(tenant)}) == 1


async def test_the_two_local_days_of_a_day_in_utc_are_two_pages_of_one_place(tenant: Tenant) -> None:
    """In Kolkata a year ends at 18:30 UTC: what stands before and after it is kept for another time."""
    midnight = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
    before, after = (round((NOW - midnight - timedelta(seconds=at)).total_seconds()) for at in (-1, 1))
    for expected in ("created", "duplicate"):
        told = await send(tenant, [entry(before), entry(after), entry(after, "112")])
        assert [str(one.status) for one in told.results] == [expected] * 3
    found = sorted(await pages(tenant), key=lambda page: page["number"])
    assert [(page["number"], len(page["ids"])) for page in found] in ([(0, 1), (1, 2)], [(0, 2), (1, 1)])
    assert len({page["home"] for page in found}) == 1
    assert {page["retain_until"].year for page in found} == {2035, 2036}


async def test_a_first_page_whose_time_is_over_does_not_hide_the_pages_behind_it(tenant: Tenant) -> None:
    """Of a day in UTC one part is due a year before the other; once it went, a first page would not be refused."""
    midnight = datetime(2025, 12, 31, 18, 30, tzinfo=UTC)
    before, after = (round((NOW - midnight - timedelta(seconds=at)).total_seconds()) for at in (-1, 1))
    await send(tenant, [entry(before), entry(after)])
    due = datetime(2035, 12, 31, 18, 30, tzinfo=UTC)
    await tenant.resources.database.scoped("call_logs", tenant.workspace_id).delete({"retain_until": {"$lte": due}})
    assert [page["number"] for page in await pages(tenant)] == [1]
    again = await send(tenant, [entry(before), entry(after)], now=due + timedelta(days=9))
    assert [str(one.status) for one in again.results] == ["expired", "duplicate"]
    assert len(await pages(tenant)) == 1


async def test_what_is_erased_between_the_look_and_the_write_does_not_come_back(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that was read is not the page that is there: its entry went, and its version is greater than that."""
    first = await send(tenant, [entry(1, duration_s=1), entry(2)])
    find = Collection.find

    async def late(self: Collection, *arguments: Any, **named: Any) -> Any:
        found = await find(self, *arguments, **named)
        if any("home" in page for page in found):
            monkeypatch.setattr(Collection, "find", find)
            await store_of(tenant).erase(first.results[0].id, now=NOW)
        return found

    monkeypatch.setattr(Collection, "find", late)
    again = await send(tenant, [entry(1, duration_s=90), entry(2), entry(3)])
    assert [str(one.status) for one in again.results] == ["erased", "duplicate", "created"]
    assert len(await stored(tenant)) == 2


async def test_what_another_process_erased_a_moment_ago_does_not_come_back(tenant: Tenant) -> None:
    """A process that read less than a second ago that nothing was ever erased sees it by the page."""
    recent = Recent(clock=lambda: 0.0)
    policy = (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy
    intake = LogIntake(tenant.resources, tenant.workspace_id, policy, Pokes(), recent)

    async def deliver_all() -> list[str]:
        told = await intake.take_in(BatchIn("phone-1", "Asia/Kolkata", [entry(1), entry(2)], "IN"), now=NOW)
        return [str(one.status) for one in told.results]

    assert await deliver_all() == ["created"] * 2
    first, second = [one["_id"] for one in await stored(tenant)]
    assert await store_of(tenant).erase(first, now=NOW)
    assert sorted(await deliver_all()) == ["duplicate", "erased"]
    assert await store_of(tenant).erase(second, now=NOW)
    assert await deliver_all() == ["erased"] * 2


async def test_a_place_is_not_found_under_another_workspaces_key(make_tenant: Any) -> None:
    one, other = await make_tenant(), await make_tenant()
    told = await send(one, [entry(1)])
    await send(other, [entry(1)])
    log_id = told.results[0].id
    assert await store_of(one).there_of([log_id]) == [log_id]
    assert await store_of(other).there_of([log_id]) == []
    assert await store_of(other).page_with(log_id) is None


async def test_pages_are_found_by_an_index_whether_by_their_place_or_by_an_id(tenant: Tenant) -> None:
    """A partial index serves only queries that repeat its filter; else each batch reads a whole workspace."""
    asked: list[Document] = []
    scoped = Collection._scoped

    def watched(collection: Collection, found: Any) -> Any:
        if collection._raw.name == "call_logs":
            asked.append(scoped(collection, found))
        return scoped(collection, found)

    told = await send(tenant, [entry(at) for at in range(3)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Collection, "_scoped", watched)
        await send(tenant, [entry(at) for at in range(4)])
        assert await store_of(tenant).get(told.results[0].id, now=NOW)
        assert await store_of(tenant).page_with("log_" + "a" * 26) is None
        await store_of(tenant).there_of([one.id for one in told.results])
    raw = tenant.resources.database._raw("call_logs")
    (first, *_) = await pages(tenant)
    others = [{**first, "_id": new_id("page"), "number": at, "ids": []} for at in range(1000, 1300)]
    others += [{**one, "_id": new_id("page"), "home": one["_id"].encode()[-8:]} for one in others]
    await raw.insert_many(others, bypass_document_validation=True)
    used = {str((await raw.find(one).explain())["queryPlanner"]["winningPlan"]) for one in asked}
    assert len(asked) >= 6
    assert [plan for plan in used if "workspace_id_home_number" not in plan and "by_id_ids" not in plan] == []
