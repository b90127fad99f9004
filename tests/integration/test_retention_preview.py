"""The preview of a change equals what the sweep then does: calls, their parts, traffic data, holds included."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import leg, policy_of, stored
from windows import Windows, days_ago, workspace_of

from domain.holds import record_scope
from domain.records import Category
from governance.holds import HoldStore, NewHold
from ingest.cdrs import CdrStore
from ingest.log_batches import BatchIn, EntryIn
from ingest.log_intake import LogIntake
from ingest.pokes import Pokes
from workers.ageing import Ageing
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant

AGES = (1, 40, 100, 130, 200, 330)
"""Days ago; the profile keeps identifiers a year and rows ten."""


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


async def land(windows: Windows) -> None:
    """Bring in one CDR and one entry of a phone of each age."""
    tenant = windows.case.tenant
    policy = await policy_of(tenant)
    groups = [[leg(number, 1, at=days_ago(age))] for number, age in enumerate(AGES)]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, policy, now=utc_now())
    entries = [
        EntryIn(number="098765 43210", date=int(days_ago(age).timestamp() * 1000), duration_s=7, type=1) for age in AGES
    ]
    intake = LogIntake(tenant.resources, tenant.workspace_id, policy, Pokes())
    await intake.take_in(BatchIn("phone-1", "Asia/Kolkata", entries, "IN"), now=utc_now())


async def preview(at: Windows, **body: Any) -> dict[str, Any]:
    answer = await at.first.post(f"{at.path}/preview", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def due(found: dict[str, Any]) -> dict[str, int]:
    return {kind: one["due"] for kind, one in found["kinds"].items() if one["due"]}


async def state(windows: Windows) -> dict[str, int]:
    """What is there of each kind, in the units of the preview."""
    tenant = windows.case.tenant
    cdrs, pages = await stored(tenant, "cdrs"), await stored(tenant, "call_logs")
    calls = windows.case.resources.database.scoped("calls", tenant.workspace_id)
    return {
        "cdrs": len(cdrs),
        "cdrs.identifiers": sum("identifiers" in one for one in cdrs),
        "call_logs": sum(len(one["ids"]) for one in pages),
        "call_logs.identifiers": sum(len(one["ids"]) for one in pages if "identifiers" in one),
        "calls": await calls.count({"state": {"$ne": "erasing"}}),
        "recordings": await windows.case.resources.database.scoped("recordings", tenant.workspace_id).count({}),
    }


async def sweep(windows: Windows, at: datetime) -> None:
    await Ageing(windows.case.resources).of_workspace(windows.case.tenant.workspace_id, now=at)
    await windows.sweep()
    await windows.case.sweep()


async def test_what_the_preview_counts_is_what_goes(windows: Windows) -> None:
    await land(windows)
    calls = [
        await windows.case.ready(call_log={"setup_time": days_ago(age).isoformat(), "direction": "inbound"})
        for age in (2, 12, 12, 25)
    ]
    holds = HoldStore(windows.case.resources, windows.case.tenant.workspace_id)
    held_cdr = next(one["_id"] for one in await stored(windows.case.tenant) if one["setup_time"] < days_ago(300))
    for record in (held_cdr, calls[1]):
        await holds.place(NewHold(f"matter {record[-4:]}", record_scope(record)), now=utc_now())
    wanted = {"recording": "P10D", "transcript": "P20D", "cdr_identifiers": "P3M", "call_metadata": "P0Y"}
    found = await preview(windows, windows=wanted)
    assert found["needs_approval"]
    assert {kind: one["held"] for kind, one in found["kinds"].items() if one["held"]} == {
        "recordings": 1, "cdrs.identifiers": 1, **({"cdrs": 1} if found["kinds"]["cdrs"]["held"] else {}),
    }  # fmt: skip
    assert sum(found["kinds"]["recordings"]["by_month"].values()) == found["kinds"]["recordings"]["due"]
    before, at = await state(windows), utc_now()
    untouched = await preview(windows)
    assert due(untouched) == {}, "as things stand nothing is due"
    await windows.set(windows=wanted)
    await windows.redate()
    await sweep(windows, at)
    gone = {kind: number - (await state(windows))[kind] for kind, number in before.items()}
    told = due(found)
    assert gone["calls"] == told["calls"] == 1
    assert gone["recordings"] == told["recordings"] == 1, "of three one is held, of the oldest the whole call goes"
    for kind in ("cdrs", "call_logs"):
        assert gone[kind] == told.get(kind, 0)
        assert gone[f"{kind}.identifiers"] == told[f"{kind}.identifiers"], kind


async def test_a_preview_ahead_says_what_goes_by_then(windows: Windows) -> None:
    await land(windows)
    at = utc_now() + timedelta(days=400)
    found = await preview(windows, by=at.isoformat())
    assert due(found)["cdrs.identifiers"] == len(AGES)
    assert found["kinds"]["cdrs.identifiers"]["sooner"] == 0, "it goes then whatever is set"
    assert not found["needs_approval"]
    before = await state(windows)
    await sweep(windows, at)
    after = await state(windows)
    assert before["cdrs.identifiers"] - after["cdrs.identifiers"] == len(AGES)
    assert before["call_logs.identifiers"] - after["call_logs.identifiers"] == due(found)["call_logs.identifiers"]


async def test_totals_stay_when_the_numbers_of_a_shorter_window_leave(windows: Windows) -> None:
    await land(windows)
    before = [(one["_id"], one["duration_s"], one.get("cost")) for one in await stored(windows.case.tenant)]
    await windows.set(windows={"cdr_identifiers": "P1M"})
    await windows.redate()
    await sweep(windows, utc_now())
    after = await stored(windows.case.tenant)
    assert [(one["_id"], one["duration_s"], one.get("cost")) for one in after] == before
    assert sum("identifiers" in one for one in after) < len(AGES)


async def test_traffic_data_follows_as_if_born_under_the_version_and_twice_changes_nothing(windows: Windows) -> None:
    await land(windows)
    await windows.set(windows={"cdr_identifiers": "P11M", "call_metadata": "P9Y"})
    await windows.redate()
    policy = (await workspace_of(windows)).policy
    for collection, moment in (("cdrs", "setup_time"), ("call_logs", "last_at")):
        for one in await stored(windows.case.tenant, collection):
            assert one["retain_until"] == policy.due(Category.TRAFFIC_DATA, one[moment])
            assert one["policy_version"] == 2
            if "identifiers" in one:
                assert one["identifiers"]["retain_until"] == policy.due(Category.TRAFFIC_IDENTIFIERS, one[moment])
    first = await stored(windows.case.tenant)
    await windows.redate(settle=True)
    assert await stored(windows.case.tenant) == first
    await windows.set(windows={"cdr_identifiers": "P12M", "call_metadata": "P10Y"})
    await windows.redate()
    policy = (await workspace_of(windows)).policy
    for one in await stored(windows.case.tenant):
        if "identifiers" in one:
            assert one["identifiers"]["retain_until"] == policy.due(Category.TRAFFIC_IDENTIFIERS, one["setup_time"])


async def test_a_change_of_content_alone_leaves_traffic_data_alone(windows: Windows) -> None:
    await land(windows)
    await windows.set(windows={"recording": "P20D"})
    await windows.redate(settle=True)
    assert {one["policy_version"] for one in await stored(windows.case.tenant)} == {1}
