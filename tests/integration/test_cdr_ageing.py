"""Identifiers leave at their instant, a month's key with the last of them, whatever collection they lie in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cdr_rows import SECRETS, found_in, leg, policy_of, stored, subscriber

from ingest.call_logs import CallLogEntry, CallLogStore
from ingest.cdr_ageing import CdrAgeing
from ingest.cdrs import CdrStore
from ingest.formats.record import Rejection
from ingest.quarantine import KEPT, QuarantineStore
from workers.ageing import Ageing, month_is_over

if TYPE_CHECKING:
    from conftest import Tenant

LAST_OF_OCTOBER = datetime(2025, 10, 31, 18, 29, 59, tzinfo=UTC)  # 23:59:59 in Kolkata
FIRST_OF_NOVEMBER = LAST_OF_OCTOBER + timedelta(seconds=1)  # still October in UTC: sealed under October's key
OCTOBER_DUE = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)  # 1 November in Kolkata
NOVEMBER_DUE = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
ARRIVED = datetime(2025, 11, 2, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


async def land(tenant: Tenant, *moments: datetime) -> None:
    """Land one call at each of these instants."""
    groups = [[leg(number, 1, at=moment)] for number, moment in enumerate(moments)]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=ARRIVED)


async def with_numbers(tenant: Tenant, collection: str = "cdrs") -> int:
    """How many documents still hold identifiers."""
    return sum("identifiers" in document for document in await stored(tenant, collection))


async def months(tenant: Tenant) -> list[str]:
    """The months of which there is a key."""
    return await tenant.resources.keyring.live_months(tenant.workspace_id)


async def age(tenant: Tenant, now: datetime) -> None:
    """Do what the sweep does at that instant."""
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now)


async def test_numbers_leave_at_the_month_end_of_the_policys_zone_and_not_an_instant_earlier(tenant: Tenant) -> None:
    await land(tenant, LAST_OF_OCTOBER, FIRST_OF_NOVEMBER)
    assert [one["identifiers"]["month"] for one in await stored(tenant)] == ["2025-10", "2025-10"]
    for now, left in ((OCTOBER_DUE - TICK, 2), (OCTOBER_DUE, 1), (NOVEMBER_DUE - TICK, 1)):
        await age(tenant, now)
        assert (await with_numbers(tenant), await months(tenant)) == (left, ["2025-10"])
    await age(tenant, NOVEMBER_DUE)
    assert (await with_numbers(tenant), await months(tenant)) == (0, [])
    assert len(await stored(tenant)) == 2
    assert not found_in(await stored(tenant))


async def test_a_months_key_outlives_its_numbers_in_one_collection_while_another_needs_it(tenant: Tenant) -> None:
    await land(tenant, LAST_OF_OCTOBER)
    logs = CallLogStore(tenant.resources, tenant.workspace_id)
    entry = CallLogEntry(setup_time=LAST_OF_OCTOBER, caller=subscriber("+447700900123"))
    document = await logs.prepare("call_1", entry, await policy_of(tenant), now=ARRIVED)
    document["identifiers"]["retain_until"] = NOVEMBER_DUE + timedelta(days=1)  # of an older, longer policy
    await logs.insert(document)
    await age(tenant, NOVEMBER_DUE)
    assert (await with_numbers(tenant), await with_numbers(tenant, "call_logs")) == (0, 1)
    assert await months(tenant) == ["2025-10"]
    await age(tenant, NOVEMBER_DUE + timedelta(days=1))
    assert (await with_numbers(tenant, "call_logs"), await months(tenant)) == (0, [])


async def test_a_months_key_stays_while_calls_of_the_month_may_still_come(tenant: Tenant) -> None:
    """The first call's numbers are due a month before the last one's would be."""
    await land(tenant, LAST_OF_OCTOBER)
    await age(tenant, OCTOBER_DUE)
    assert (await with_numbers(tenant), await months(tenant)) == (0, ["2025-10"])
    late = [[leg(9, 1, at=FIRST_OF_NOVEMBER)]]
    store = CdrStore(tenant.resources, tenant.workspace_id)
    await store.land("pbx", late, await policy_of(tenant), now=OCTOBER_DUE)
    assert await with_numbers(tenant) == 1


async def test_the_month_is_over_when_its_last_instant_is() -> None:
    from governance.profiles import build_policy, load_profile  # noqa: PLC0415 - one test needs a policy and no store

    policy = build_policy(load_profile("strict"))
    assert not month_is_over("2025-10", policy, now=NOVEMBER_DUE - TICK)
    assert month_is_over("2025-10", policy, now=NOVEMBER_DUE)


@pytest.mark.parametrize(
    "place",
    [
        "storage.keys.Keyring.destroy",
        "ingest.cdr_ageing.CdrAgeing.strip",
        "governance.sweep_lanes.SweepLanes.end",
        "governance.receipts.ReceiptStore.add",
    ],
)
async def test_a_sweep_that_is_killed_in_the_middle_is_finished_by_the_next(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    class Killed(BaseException):
        """As kill -9."""

    async def killed(*_: object, **__: object) -> None:
        raise Killed

    await land(tenant, LAST_OF_OCTOBER, FIRST_OF_NOVEMBER)
    with monkeypatch.context() as patched:
        patched.setattr(place, killed)
        with pytest.raises(Killed):
            await age(tenant, NOVEMBER_DUE)
    monkeypatch.setattr("governance.sweep_lanes._OVER", {})  # its time is over
    await age(tenant, NOVEMBER_DUE)
    assert (await with_numbers(tenant), await months(tenant)) == (0, [])


async def test_refused_rows_leave_after_thirty_days(tenant: Tenant) -> None:
    held = QuarantineStore(tenant.resources, tenant.workspace_id)
    row = Rejection(7, "columns", "The row does not have the columns.", f"{SECRETS[0]},Ravi Kumar")
    await held.keep_rows("imp_1", [(0, row), (0, row)], await policy_of(tenant), now=ARRIVED)
    (document,) = await stored(tenant, "quarantine")
    assert not found_in([document])
    assert await held.raw_row(document, now=ARRIVED + KEPT - TICK) == row.raw
    await age(tenant, ARRIVED + KEPT - TICK)
    assert len(await held.page("imp_1", now=ARRIVED + KEPT - TICK, limit=9)) == 1
    assert await held.page("imp_1", now=ARRIVED + KEPT, limit=9) == []
    await age(tenant, ARRIVED + KEPT)
    assert await stored(tenant, "quarantine") == []


async def test_records_go_when_their_own_clock_is_over(tenant: Tenant) -> None:
    await land(tenant, LAST_OF_OCTOBER)
    due = (await stored(tenant))[0]["retain_until"]
    assert due == datetime(2035, 12, 31, 18, 30, tzinfo=UTC)  # ten years after the end of 2025 in Kolkata
    await age(tenant, due - TICK)
    assert len(await stored(tenant)) == 1
    await age(tenant, due)
    assert await stored(tenant) == []


async def test_a_round_finds_every_workspace_and_one_that_fails_does_not_stop_the_others(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await land(tenant, datetime(2024, 1, 10, tzinfo=UTC) + timedelta(days=320))
    await tenant.resources.database.scoped("cdrs", tenant.workspace_id).update(
        {}, {"$set": {"identifiers.retain_until": ARRIVED}}
    )
    seen: list[str] = []

    async def failing(_: Ageing, workspace_id: str, *, now: datetime) -> None:
        seen.append(workspace_id)
        raise RuntimeError(now.isoformat())

    with monkeypatch.context() as patched:
        patched.setattr(Ageing, "of_workspace", failing)
        await Ageing(tenant.resources).go_on()
    assert tenant.workspace_id in seen
    await Ageing(tenant.resources).go_on()
    assert await with_numbers(tenant) == 0


async def test_calls_of_one_instant_are_taken_together_and_counted_once(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cdr_spans.SPAN", 2)
    await land(tenant, *([LAST_OF_OCTOBER - timedelta(minutes=1)] * 5), *([LAST_OF_OCTOBER] * 3))
    identifiers = next(one for one in CdrAgeing(tenant.resources, tenant.workspace_id).clocks() if one.spans)
    assert identifiers.spans is not None
    found = identifiers.due(OCTOBER_DUE)
    spans = [(bounds["begin"], bounds["end"], size) async for bounds, size in identifiers.spans(found, found)]
    assert spans == [
        (LAST_OF_OCTOBER - timedelta(minutes=1), LAST_OF_OCTOBER - timedelta(minutes=1), 5),
        (LAST_OF_OCTOBER, LAST_OF_OCTOBER, 3),
    ]
    assert (await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=OCTOBER_DUE))["cdrs.identifiers"] == 8
