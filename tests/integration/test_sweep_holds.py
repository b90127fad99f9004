"""Holds and the sweep: what is held stays, what is not goes, and a hold that comes while a sweep runs is seen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import CALLER, leg, policy_of, stored, subscriber
from phone_batches import NUMBERS, entry, send

from domain.holds import HeldKind, HeldQuery, HoldKind, HoldScope, record_scope
from governance.holds import HoldStore, NewHold
from governance.sweep_lanes import SweepLanes
from ingest import cdr_spans
from ingest.cdr_ageing import CdrAgeing
from ingest.cdr_reads import CdrReader
from ingest.cdrs import CdrStore
from ingest.formats.record import Rejection
from ingest.log_pages import unfolded
from ingest.quarantine import QuarantineStore
from workers.ageing import Ageing
from workers.sweeping import Busy

if TYPE_CHECKING:
    from conftest import Tenant

BEGAN = datetime(2025, 10, 5, tzinfo=UTC)
DUE = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)  # the last of October is November in Kolkata
ROWS_DUE = datetime(2035, 12, 31, 18, 30, tzinfo=UTC)
ARRIVED = datetime(2025, 11, 2, tzinfo=UTC)


async def land(tenant: Tenant, count: int, **changes: Any) -> None:
    groups = [[leg(number, 1, at=BEGAN + timedelta(minutes=number), **changes)] for number in range(count)]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=ARRIVED)


async def age(tenant: Tenant, now: datetime) -> dict[str, int]:
    return await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now)


async def hold(tenant: Tenant, scope: HoldScope, matter: str = "2026-7") -> str:
    placed, _ = await HoldStore(tenant.resources, tenant.workspace_id).place(NewHold(matter, scope), now=ARRIVED)
    return placed.hold_id


async def release(tenant: Tenant, hold_id: str) -> None:
    await HoldStore(tenant.resources, tenant.workspace_id).release(hold_id, now=DUE)


async def with_numbers(tenant: Tenant) -> list[str]:
    return [one["_id"] for one in await stored(tenant) if "identifiers" in one]


async def live_months(tenant: Tenant) -> list[str]:
    return await tenant.resources.keyring.live_months(tenant.workspace_id)


async def test_a_month_with_a_held_call_keeps_its_key_and_the_others_lose_their_numbers_all_the_same(
    tenant: Tenant,
) -> None:
    await land(tenant, 5)
    held = (await stored(tenant))[2]["_id"]
    first, second = await hold(tenant, record_scope(held)), await hold(tenant, record_scope(held), "2026-8")
    assert await age(tenant, DUE) == {"cdrs.identifiers": 4}
    assert (await with_numbers(tenant), await live_months(tenant)) == ([held], ["2025-10"])
    await release(tenant, first)
    assert await age(tenant, DUE) == {}, "two matters held it"
    await release(tenant, second)
    assert await age(tenant, DUE) == {"keys": 1, "cdrs.identifiers": 1}, "with the clock that it had"
    assert (await with_numbers(tenant), await live_months(tenant)) == ([], [])


async def test_a_held_person_and_a_held_span_keep_what_they_cover_and_nothing_else(tenant: Tenant) -> None:
    await land(tenant, 3)
    other = [[leg(9, 1, at=BEGAN, caller=subscriber("+442071234567"), callee=subscriber("+442071234568"))]]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", other, await policy_of(tenant), now=ARRIVED)
    token = await tenant.resources.keyring.blind_index(tenant.workspace_id, CALLER)
    person = await hold(tenant, HoldScope(HoldKind.PERSON, tokens=(token,)))
    assert (await age(tenant, DUE))["cdrs.identifiers"] == 1
    assert len(await with_numbers(tenant)) == 3
    span = HeldQuery(HeldKind.CDR, BEGAN + timedelta(minutes=2), BEGAN + timedelta(minutes=3))
    await hold(tenant, HoldScope(HoldKind.QUERY, query=span))
    await release(tenant, person)
    assert (await age(tenant, DUE))["cdrs.identifiers"] == 2
    assert len(await with_numbers(tenant)) == 1


async def test_a_held_workspace_loses_nothing_and_says_so_in_the_preview(tenant: Tenant) -> None:
    await land(tenant, 3)
    held = QuarantineStore(tenant.resources, tenant.workspace_id)
    await held.keep_rows("imp_1", [(0, Rejection(7, "columns", "m", "raw"))], await policy_of(tenant), now=ARRIVED)
    everything = await hold(tenant, HoldScope(HoldKind.WORKSPACE))
    preview = await Ageing(tenant.resources).preview(tenant.workspace_id, now=ROWS_DUE)
    assert {one.what: (one.due, one.goes) for one in preview if one.due} == {
        "cdrs.identifiers": (3, 0),
        "cdrs": (3, 0),
        "quarantine.rows": (1, 0),
    }
    assert await age(tenant, ROWS_DUE) == {}
    await release(tenant, everything)
    preview = await Ageing(tenant.resources).preview(tenant.workspace_id, now=DUE)
    done = await age(tenant, DUE)
    assert {one.what: one.goes for one in preview if one.goes} == {k: v for k, v in done.items() if k != "keys"}
    assert (await age(tenant, ROWS_DUE), await stored(tenant)) == ({"keys": 1, "cdrs": 3}, [])


async def test_a_late_leg_does_not_take_the_numbers_of_a_held_call_away(tenant: Tenant) -> None:
    await land(tenant, 1)
    (before,) = await stored(tenant)
    await hold(tenant, record_scope(before["_id"]))
    late = [[leg(0, 2, at=BEGAN + timedelta(minutes=1))]]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", late, await policy_of(tenant), now=DUE)
    (after,) = await stored(tenant)
    assert after["revision"] == before["revision"] + 1
    assert after["identifiers"]["sealed"] == before["identifiers"]["sealed"]
    assert await CdrReader(tenant.resources, tenant.workspace_id).with_number(CALLER, now=DUE, limit=9) == []


async def test_a_hold_placed_in_the_middle_of_a_sweep_keeps_every_call_that_is_left_when_it_is_placed(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdr_spans, "SPAN", 2)
    await land(tenant, 40)
    begun, real = asyncio.Event(), CdrAgeing.strip

    async def slow(self: CdrAgeing, chunk: Any) -> int:
        begun.set()
        await asyncio.sleep(0.02)
        return await real(self, chunk)

    monkeypatch.setattr(CdrAgeing, "strip", slow)
    sweeping = asyncio.ensure_future(age(tenant, DUE))
    await begun.wait()
    await hold(tenant, HoldScope(HoldKind.WORKSPACE))
    left = await with_numbers(tenant)
    await sweeping
    assert left, "the sweep was still under way"
    assert await with_numbers(tenant) == left
    assert await live_months(tenant) == [], "nothing was held when its month's key went, before the first numbers"


async def test_a_hold_waits_for_a_chunk_under_way_and_a_chunk_that_stood_still_too_long_erases_nothing(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.sweep_lanes.BEGIN_S", 0.2)
    await land(tenant, 2)
    lanes, ids = SweepLanes(tenant.resources, tenant.workspace_id), [one["_id"] for one in await stored(tenant)]
    await lanes.open()
    turn = await lanes.begin(0, "cdrs.identifiers", {"ids": ids}, 2)
    assert turn is not None
    assert await lanes.begin(0, "cdrs.identifiers", {"ids": ids}, 2) is None, "one chunk in a lane"
    placing = asyncio.ensure_future(hold(tenant, HoldScope(HoldKind.WORKSPACE)))
    await asyncio.sleep(0.3)
    assert not placing.done()
    from ingest.clocks import Chunk  # noqa: PLC0415 - the one test that plays a chunk by hand

    stale = Chunk(bounds={"ids": ids}, holds=(), now=DUE, fence=turn.fence)
    assert await CdrAgeing(tenant.resources, tenant.workspace_id).strip(stale) == 0, "its time is over"
    await lanes.end(turn, "cdrs.identifiers", 0)
    await placing
    assert len(await with_numbers(tenant)) == 2


async def test_a_second_relay_does_not_sweep_what_another_is_at(tenant: Tenant) -> None:
    await land(tenant, 2)
    lanes = SweepLanes(tenant.resources, tenant.workspace_id)
    await lanes.open()
    for number in range(2):
        assert await lanes.begin(number, "cdrs.identifiers", {"ids": []}, 0) is not None
    with pytest.raises(Busy):
        await age(tenant, DUE)
    assert len(await with_numbers(tenant)) == 2


async def test_of_a_page_of_a_phone_only_the_held_entry_keeps_its_numbers(tenant: Tenant) -> None:
    await send(tenant, [entry(at, NUMBERS[at % 3]) for at in range(3)])
    (page,) = await stored(tenant, "call_logs")
    log_id = list(unfolded(page))[1]["_id"]
    await hold(tenant, record_scope(log_id))
    due = page["identifiers"]["retain_until"]
    preview = await Ageing(tenant.resources).preview(tenant.workspace_id, now=due)
    assert {one.what: (one.due, one.goes) for one in preview if one.due} == {"call_logs.identifiers": (1, 1)}
    assert (await age(tenant, due))["call_logs.identifiers"] == 1
    (page,) = await stored(tenant, "call_logs")
    assert ["identifiers" in one for one in unfolded(page)] == [False, True, False]
    assert [token is None for token in page["identifiers"]["index"]] == [True, False, True]
    assert await age(tenant, due) == {}
    assert (await age(tenant, page["retain_until"]))["call_logs"] == 1
    (page,) = await stored(tenant, "call_logs")
    assert [one["_id"] for one in unfolded(page)] == [log_id], "the others' totals went at the second clock"
