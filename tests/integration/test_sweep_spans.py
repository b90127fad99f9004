"""How a sweep goes through CDRs: spans with each due call once, found in an index, and none that is held wholly."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import leg, policy_of, stored

from domain.errors import Unavailable
from domain.holds import HeldKind, HeldQuery, HoldKind, HoldScope
from governance.holds import HoldStore, NewHold
from governance.receipts import ReceiptStore
from ingest import cdr_spans
from ingest.cdr_ageing import CdrAgeing, due_identifiers
from ingest.cdr_spans import BY_IDENTIFIERS, DueSpans
from ingest.cdrs import CdrStore
from ingest.clocks import within
from storage.hold_filters import spared, unless
from storage.migrations import MIGRATIONS
from workers.ageing import Ageing
from workers.sweeping import Busy

if TYPE_CHECKING:
    from conftest import Tenant

    from storage.mongo import Document

BEGAN = datetime(2025, 10, 30, tzinfo=UTC)
ARRIVED = datetime(2025, 12, 2, tzinfo=UTC)
DUE = datetime(2027, 1, 1, tzinfo=UTC)


async def land(tenant: Tenant, *hours: int) -> None:
    """Land a call at each of so many hours after `BEGAN`: in two months, due at two instants and more."""
    groups = [[leg(number, 1, at=BEGAN + timedelta(hours=hour))] for number, hour in enumerate(hours)]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=ARRIVED)


async def walked(tenant: Tenant, found: Document | None = None) -> list[tuple[Document, int]]:
    spans = DueSpans(tenant.resources.database.scoped("cdrs", tenant.workspace_id))
    due = due_identifiers(DUE)
    return [chunk async for chunk in spans.walk(found or due, due)]


async def test_each_due_call_is_in_one_span_whatever_month_it_is_of_and_whenever_it_is_due(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdr_spans, "SPAN", 3)
    await land(tenant, *range(0, 100, 5), 25, 25, 25, 25)
    cdrs = tenant.resources.database.scoped("cdrs", tenant.workspace_id)
    seen: list[str] = []
    for bounds, size in await walked(tenant):
        ids = [one["_id"] for one in await cdrs.find(within(bounds))]
        assert len(ids) == size
        seen += ids
    assert sorted(seen) == sorted(one["_id"] for one in await stored(tenant))


async def test_what_a_hold_keeps_wholly_is_no_span_and_takes_no_lane(tenant: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(cdr_spans, "SPAN", 2)
    await land(tenant, *range(10))
    query = HeldQuery(HeldKind.CDR, BEGAN + timedelta(hours=2), BEGAN + timedelta(hours=7))
    holds = HoldStore(tenant.resources, tenant.workspace_id)
    await holds.place(NewHold("2026-7", HoldScope(HoldKind.QUERY, query=query)), now=ARRIVED)
    kept = spared(await holds.in_force(), "cdrs")
    spans = await walked(tenant, unless(due_identifiers(DUE), kept))
    starts = [(bounds["begin"] - BEGAN, bounds["end"] - BEGAN) for bounds, _ in spans]
    hour = timedelta(hours=1)
    assert starts == [(0 * hour, 1 * hour), (7 * hour, 8 * hour), (9 * hour, 9 * hour)]


async def test_where_a_span_ends_and_how_large_it_is_is_read_without_opening_a_document(tenant: Tenant) -> None:
    await land(tenant, *range(8))
    ((bounds, size),) = await walked(tenant)
    assert size == 8
    raw = tenant.resources.database._raw("cdrs")
    here: Document = {"$and": [{"$and": [due_identifiers(DUE), within(bounds)]}, {"workspace_id": tenant.workspace_id}]}
    cursor = raw.find(here, {"setup_time": 1, "_id": 0}).sort(list(BY_IDENTIFIERS)).hint(list(BY_IDENTIFIERS)).skip(3)
    stats = (await cursor.limit(1).explain())["executionStats"]
    assert (stats["nReturned"], stats["totalDocsExamined"]) == (1, 0)


async def test_a_chunk_that_got_no_answer_may_go_on_so_its_lane_is_waited_for_and_what_it_did_is_counted(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await land(tenant, *range(6))
    real = CdrAgeing.strip

    async def unheard(self: CdrAgeing, chunk: Any) -> int:
        await real(self, chunk)
        raise Unavailable("the database does not answer")

    ageing = Ageing(tenant.resources)
    with monkeypatch.context() as patched:
        patched.setattr(CdrAgeing, "strip", unheard)
        with pytest.raises(Unavailable):
            await ageing.of_workspace(tenant.workspace_id, now=DUE)
    placing = asyncio.ensure_future(
        HoldStore(tenant.resources, tenant.workspace_id).place(
            NewHold("2026-7", HoldScope(HoldKind.WORKSPACE)), now=ARRIVED
        )
    )
    await asyncio.sleep(0.2)
    assert not placing.done(), "what was begun may still be under way"
    placing.cancel()
    monkeypatch.setattr("governance.sweep_lanes._OVER", {})  # by now it is over
    hold = (await HoldStore(tenant.resources, tenant.workspace_id).in_force())[0]
    await HoldStore(tenant.resources, tenant.workspace_id).release(hold.hold_id, now=DUE)
    await ageing.of_workspace(tenant.workspace_id, now=DUE)
    receipts = await ReceiptStore(tenant.resources, tenant.workspace_id).page(limit=9)
    assert sum(one["erased"].get("cdrs_identifiers", 0) for one in receipts) == 6


async def test_while_a_lane_is_waited_for_the_sweep_says_that_it_is_busy(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await land(tenant, 0)

    async def unheard(*_: Any) -> int:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(CdrAgeing, "strip", unheard)
        with pytest.raises(Unavailable):
            await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)
    with pytest.raises(Busy):
        await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=DUE)


async def test_the_seventh_migration_drops_the_index_that_did_not_know_when_calls_began(tenant: Tenant) -> None:
    database, raw = tenant.resources.database, tenant.resources.database._raw("cdrs")
    keys = list(BY_IDENTIFIERS[:3])
    name = "workspace_id_identifiers-retain_until_identifiers-month"
    await raw.create_index(keys, name=name, partialFilterExpression={"identifiers.retain_until": {"$type": "date"}})
    ((_, _, migration),) = [one for one in MIGRATIONS if one[0] == 7]
    for _ in range(2):
        await migration(database)
        there = await raw.index_information()
        assert name not in there
        assert f"{name}_setup_time" in there
