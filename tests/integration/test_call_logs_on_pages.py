"""Entries lie in pages, and nobody notices: they are erased, aged, listed and linked one by one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from conftest import MakeTenant, Tenant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from phone_batches import NOW, NUMBERS, entry, pages, send, store_of

from domain.errors import Duplicate
from domain.records import TAG_FIELDS
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogEntry, CallLogStore
from ingest.log_outcomes import LogOutcome
from ingest.log_pages import unfolded
from storage.mongo import Document
from workers.ageing import Ageing

BARE = {"_id", "home", "number", "revision", "source", "ids", "entries", "thinned"}


async def test_one_entry_of_a_page_is_erased_and_the_others_stay_as_they_were(tenant: Tenant) -> None:
    told = await send(tenant, [entry(at, NUMBERS[at % 3]) for at in range(6)])
    (page,) = await pages(tenant)
    before = {one["_id"]: one for one in unfolded(page)}
    gone = [one.id for one in told.results[::2]]
    assert await asyncio.gather(*(store_of(tenant).erase(log_id, now=NOW) for log_id in gone)) == [True] * 3
    (page,) = await pages(tenant)
    assert {one["_id"]: one for one in unfolded(page)} == {at: one for at, one in before.items() if at not in gone}
    again = await send(tenant, [entry(at, NUMBERS[at % 3]) for at in range(7)])
    assert [str(one.status) for one in again.results] == ["erased", "duplicate"] * 3 + ["created"]
    for one in again.results:
        if one.id:
            assert await store_of(tenant).erase(one.id, now=NOW)
    left = await pages(tenant)
    assert [page["ids"] for page in left] == [[], []], "where pages were stays known, as long as they would be kept"
    assert {name for page in left for name in page} - set(TAG_FIELDS) == BARE, "and nothing of what stood on them"
    assert await store_of(tenant).page(now=NOW, limit=9) == []
    assert [str(one.status) for one in (await send(tenant, [entry(0), entry(9)])).results] == ["erased", "created"]
    for nothing in (gone[0], "log_1", "+14155550132", ""):
        assert not await store_of(tenant).erase(nothing, now=NOW)
        assert await store_of(tenant).find(nothing, now=NOW) is None


async def test_an_entry_that_is_erased_while_its_batch_comes_again_does_not_come_back(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Erased after the insert was refused and before the look at what is stored."""
    first = await send(tenant, [entry(1), entry(2)])
    settle, erased = CallLogStore._settle, first.results[0].id

    async def late(self: CallLogStore, *arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(CallLogStore, "_settle", settle)
        await store_of(tenant).erase(erased, now=NOW)
        return await settle(self, *arguments, **named)

    monkeypatch.setattr(CallLogStore, "_settle", late)
    again = await send(tenant, [entry(1), entry(2), entry(3)])
    assert [one.status for one in again.results] == [LogOutcome.ERASED, LogOutcome.DUPLICATE, LogOutcome.CREATED]
    assert sum(len(page["ids"]) for page in await pages(tenant)) == 2


async def test_updates_and_erasures_of_one_page_at_once_lose_nothing(tenant: Tenant) -> None:
    first = await send(tenant, [entry(at, duration_s=0) for at in range(12)])
    gone = [one.id for one in first.results[:4]]
    await asyncio.gather(
        *(send(tenant, [entry(at, duration_s=at + 1)]) for at in range(4, 12)),
        *(store_of(tenant).erase(log_id, now=NOW) for log_id in gone),
    )
    left = [one for page in await pages(tenant) for one in unfolded(page)]
    assert sorted(one["duration_s"] for one in left) == [at + 1 for at in range(4, 12)]
    for one in left:
        assert (await store_of(tenant).numbers(one, now=NOW))["e164"] == "+919876543210"


async def test_identifiers_leave_a_page_at_once_and_every_entry_still_counts(tenant: Tenant) -> None:
    await send(tenant, [entry(at, NUMBERS[at % 3]) for at in range(6)])
    (page,) = await pages(tenant)
    due = page["identifiers"]["retain_until"]
    ageing = Ageing(tenant.resources)
    assert await ageing.of_workspace(tenant.workspace_id, now=due - timedelta(milliseconds=1)) == {}
    assert (await ageing.of_workspace(tenant.workspace_id, now=due))["call_logs.identifiers"] == 1
    (page,) = await pages(tenant)
    assert "identifiers" not in page
    assert all(set(TAG_FIELDS) <= set(one) and one["duration_s"] == 42 for one in unfolded(page))
    assert [str(one.status) for one in (await send(tenant, [entry(0, duration_s=50)])).results] == ["updated"]
    assert "identifiers" not in (await pages(tenant))[0], "what left does not come back"
    first = await store_of(tenant).page(now=NOW, limit=9, number="+919876543210")
    assert first == []


async def test_a_call_has_one_log_and_a_log_of_a_page_is_let_go_again(tenant: Tenant) -> None:
    told = await send(tenant, [entry(at) for at in range(3)])
    one, other, _ = (result.id for result in told.results)
    store, database = store_of(tenant), tenant.resources.database

    async def relink(log_id: str, before: str | None, after: str | None) -> bool:
        async def write(tx: Any) -> bool:
            return await store.relink(log_id, before, after, tx=tx)

        return await database.transaction(write)

    assert await relink(one, None, "call_1")
    assert not await relink(one, None, "call_2"), "it points elsewhere"
    assert await relink(other, None, "call_2")
    found = await store.of_call("call_2")
    assert found is not None
    assert found["_id"] == other
    policy = (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy
    with pytest.raises(Duplicate):
        await store.insert(await store.prepare("call_1", CallLogEntry(setup_time=NOW), policy, now=NOW))
    assert await store.calls_with_number("+919876543210", now=NOW, limit=9) == ["call_1", "call_2"]
    assert await relink(one, "call_1", None)
    assert await store.of_call("call_1") is None
    assert (await store.get(one, now=NOW))["call_id"] is None


BATCHES = st.lists(
    st.tuples(
        st.sampled_from(["phone-1", "phone-2", "phone-3"]),
        st.lists(
            st.builds(entry, st.integers(0, 3 * 86_400).map(lambda at: at - at % 900), st.sampled_from(NUMBERS)),
            min_size=1,
            max_size=12,
        ),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, limit=st.integers(1, 7), hours=st.integers(0, 60))
async def test_pages_that_overlap_are_read_as_if_each_entry_stood_alone(
    make_tenant: MakeTenant, batches: list[Any], limit: int, hours: int
) -> None:
    tenant = await make_tenant()
    for device, entries in batches:
        await send(tenant, entries, device)
    store = store_of(tenant)
    every = [one for page in await pages(tenant) for one in unfolded(page)]
    every.sort(key=lambda one: (one["setup_time"], one["_id"]), reverse=True)
    seen: list[Document] = []
    while found := await store.page(
        now=NOW, limit=limit, after=(seen[-1]["setup_time"], seen[-1]["_id"]) if seen else None
    ):
        seen.extend(found)
    assert seen == every
    token = (await tenant.resources.keyring.blind_indexer(tenant.workspace_id)).token("+919876543210")
    mine = [one for one in every if token in one["identifiers"]["index"]]
    assert await store.page(now=NOW, limit=len(every), number="+919876543210") == mine
    latest = NOW - timedelta(hours=hours)
    earliest = latest - timedelta(hours=5)
    within = [one["_id"] for one in every if earliest <= one["setup_time"] <= latest]
    around = await store.around(earliest, latest, device=None, limit=len(within), now=NOW)
    assert around is not None
    assert sorted(one["_id"] for one in around) == sorted(within)
    if within:
        assert await store.around(earliest, latest, device=None, limit=len(within) - 1, now=NOW) is None


async def test_a_list_goes_on_over_more_pages_than_are_read_at_once(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.log_reading._AT_ONCE", 2)
    for at in range(7):
        await send(tenant, [entry(at * 60), entry(3600 + at * 60)], f"phone-{at}")
    found = await store_of(tenant).page(now=NOW, limit=14)
    assert len({one["_id"] for one in found}) == 14
    assert found == sorted(found, key=lambda one: (one["setup_time"], one["_id"]), reverse=True)
