"""CDRs land once, whatever the order, and keep their totals when their numbers leave."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import CALLER, NOW, SECRETS, comparable, found_in, leg, policy_of, stored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Gone
from domain.records import TAG_FIELDS
from domain.scopes import Scope
from ingest.cdr_reads import CdrReader
from ingest.cdrs import CdrStore
from workers.ageing import Ageing

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant

    from ingest.cdrs import Landed
    from ingest.formats.record import Row


async def test_the_legs_of_a_call_make_one_document_in_whatever_order_they_come(make_tenant: MakeTenant) -> None:
    legs = [leg(1, 1), leg(1, 2), leg(1, 3)]
    seen = []
    for order in itertools.permutations(legs):
        tenant = await make_tenant()
        store, policy = CdrStore(tenant.resources, tenant.workspace_id), await policy_of(tenant)
        for one in order:
            await store.land("pbx", [[one]], policy, now=NOW)
        (document,) = comparable(await stored(tenant))
        seen.append(
            {name: value for name, value in document.items() if name in {"cost", "duration_s", "legs", "setup_time"}}
        )
    assert all(one == seen[0] for one in seen)
    assert str(seen[0]["cost"]["amount"]) == "0.30"


async def test_landing_twice_changes_nothing(tenant: Tenant) -> None:
    store, policy = CdrStore(tenant.resources, tenant.workspace_id), await policy_of(tenant)
    groups = [[leg(1, 1), leg(1, 2)], [leg(2, 1)]]
    first = await store.land("pbx", groups, policy, now=NOW)
    before = await stored(tenant)
    again = await store.land("pbx", list(reversed(groups)), policy, now=NOW + timedelta(hours=1))
    assert (len(first.created), dict(first.rows)["landed"]) == (2, 3)
    assert (again.created, again.merged, sorted(again.duplicates)) == ([], [], sorted(first.created))
    assert again.rows["duplicates"] == 3
    assert await stored(tenant) == before
    assert found_in(before) == set()


async def test_two_deliveries_at_once_leave_what_one_leaves(make_tenant: MakeTenant) -> None:
    tenant = await make_tenant()
    store, policy = CdrStore(tenant.resources, tenant.workspace_id), await policy_of(tenant)
    one = [[leg(call, 1)] for call in range(40)]
    other = [[leg(call, 2), leg(call, 1)] for call in reversed(range(40))]
    landed = await asyncio.gather(*(store.land("pbx", groups, policy, now=NOW) for groups in (one, other, one, other)))
    assert sum(result.rows["landed"] for result in landed) == 80
    documents = await stored(tenant)
    assert len(documents) == 40
    assert {str(document["cost"]["amount"]) for document in documents} == {"0.20"}
    assert all(len(document["rows"]) == 2 for document in documents)
    assert CALLER not in str(documents)


async def land(tenant: Tenant, *groups: list[Row], now: datetime = NOW) -> Landed:
    """Land groups of rows as they come from a source."""
    return await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=now)


async def sums(tenant: Tenant, *, now: datetime = NOW) -> list[dict[str, Any]]:
    """The totals by day, direction and country."""
    reader = CdrReader(tenant.resources, tenant.workspace_id)
    return await reader.totals(now=now, between=(None, None), by=("day", "direction", "country"))


async def test_totals_are_the_same_after_the_numbers_have_left_and_no_identifier_stays(tenant: Tenant) -> None:
    await land(tenant, *([leg(call, number) for number in range(1, call + 1)] for call in range(1, 6)))
    before, now = await sums(tenant), NOW
    assert sum(line["calls"] for line in before) == 5
    assert sum(Decimal(line["charge"]) for line in before) == Decimal("1.50")
    due = max(document["identifiers"]["retain_until"] for document in await stored(tenant))
    ageing = Ageing(tenant.resources)
    assert await ageing.of_workspace(tenant.workspace_id, now=due - timedelta(milliseconds=1)) == {}
    assert (await ageing.of_workspace(tenant.workspace_id, now=due))["cdrs.identifiers"] == 5
    assert await sums(tenant, now=now) == before
    documents = await stored(tenant)
    assert found_in(documents) == set()
    assert all("identifiers" not in document for document in documents)
    assert set(TAG_FIELDS) <= set(documents[0])
    reader = CdrReader(tenant.resources, tenant.workspace_id)
    assert await reader.with_number(CALLER, now=due, limit=10) == []
    with pytest.raises(Gone):
        await reader.numbers(documents[0], now=due)


async def test_a_leg_that_comes_after_the_numbers_have_left_adds_its_totals_only(tenant: Tenant) -> None:
    await land(tenant, [leg(1, 1)])
    due = (await stored(tenant))[0]["identifiers"]["retain_until"]
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=due)
    late = await land(tenant, [leg(1, 2)], now=due)
    assert (len(late.merged), late.rows["landed"]) == (1, 1)
    again = await land(tenant, [leg(1, 2), leg(1, 1)], now=due)
    assert (again.merged, again.rows["duplicates"]) == ([], 2)
    newer = await land(tenant, [leg(1, 2, rank=2.0)], now=due)
    assert len(newer.merged) == 1
    (document,) = await stored(tenant)
    assert "identifiers" not in document
    assert str(document["cost"]["amount"]) == "0.20", "another version of a leg is not charged twice"
    assert len(document["legs"]) == 2
    assert document["caller"] == {"kind": "subscriber", "code": 44, "region": "GB"}
    assert found_in([document]) == set()


async def test_nothing_of_a_call_whose_retention_is_over_is_stored(tenant: Tenant) -> None:
    long_ago = datetime(2015, 12, 31, 18, 29, 59, tzinfo=UTC)  # the last second of 2015 in Kolkata
    landed = await land(tenant, [leg(1, 1, at=long_ago)], [leg(2, 1, at=long_ago + timedelta(seconds=1))])
    assert (len(landed.expired), len(landed.created)) == (1, 1)
    (document,) = await stored(tenant)
    assert "identifiers" not in document
    assert await tenant.resources.keyring.live_months(tenant.workspace_id) == []


async def test_an_erased_call_does_not_come_back(tenant: Tenant) -> None:
    await land(tenant, [leg(1, 1)], [leg(2, 1)])
    reader, officer = await tenant.client(Scope.CALLS_READ), await tenant.client(Scope.PRIVACY_MANAGE)
    erased = (await reader.get("/v1/cdrs")).json()["cdrs"][0]["id"]
    assert (await reader.delete(f"/v1/cdrs/{erased}")).status_code == 403
    assert (await officer.delete("/v1/cdrs/cdr_nothing")).status_code == 404
    assert (await officer.delete(f"/v1/cdrs/{erased}")).json()["state"] == "erased"
    assert (await officer.delete(f"/v1/cdrs/{erased}")).json()["state"] == "erased"
    assert (await reader.get(f"/v1/cdrs/{erased}")).status_code == 404
    again = await land(tenant, [leg(1, 1), leg(1, 2)], [leg(2, 1)])
    assert (again.erased, len(again.merged), again.rows["erased"]) == ([erased], 1, 1)
    assert len(await stored(tenant)) == 1


async def test_a_held_workspaces_records_are_not_erased(tenant: Tenant) -> None:
    await land(tenant, [leg(1, 1)])
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    hold = (await officer.post("/v1/holds", json={"matter": "2026-114"})).json()
    (document,) = await stored(tenant)
    assert (await officer.delete(f"/v1/cdrs/{document['_id']}")).status_code == 409
    await officer.delete(f"/v1/holds/{hold['id']}")
    assert (await officer.delete(f"/v1/cdrs/{document['_id']}")).status_code == 200


async def test_cdrs_are_listed_found_and_summed_without_a_number_in_any_answer(tenant: Tenant) -> None:
    await land(tenant, *([leg(call, 1)] for call in range(1, 8)))
    reader = await tenant.client(Scope.CALLS_READ, Scope.TRANSCRIPTS_CLEAR)
    seen, cursor = [], ""
    for _ in range(4):
        answer = await reader.get(f"/v1/cdrs?limit=2{cursor}")
        assert not any(secret in answer.text for secret in SECRETS)
        seen += [one["setup_time"] for one in answer.json()["cdrs"]]
        cursor = f"&cursor={answer.json()['next']}"
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7
    found = await reader.post("/v1/cdrs/search", json={"number": "07700 900123", "region": "GB"})
    assert len(found.json()["cdrs"]) == 7
    assert not any(secret in found.text for secret in SECRETS)
    assert (await reader.post("/v1/cdrs/search", json={"number": "-1"})).json()["cdrs"] == []
    day = (await reader.get("/v1/cdrs/totals?by=direction&zone=Asia/Kolkata")).json()["lines"]
    assert [(line["direction"], line["calls"], line["charge"]) for line in day] == [("inbound", 7, "0.70")]
    assert (await reader.get("/v1/cdrs/totals?zone=Mars/Olympus")).status_code == 422
    one = found.json()["cdrs"][0]["id"]
    assert (await reader.get(f"/v1/cdrs/{one}")).json()["clear"] is None
    clear = (await reader.get(f"/v1/cdrs/{one}?clear=true&reason=a complaint")).json()["clear"]
    assert clear["caller"]["e164"] == CALLER


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_any_split_order_and_repetition_leaves_the_same_documents(make_tenant: MakeTenant, data: Any) -> None:
    legs = [leg(call, number) for call in range(3) for number in range(2)]
    tenant = await make_tenant()
    await land(tenant, *([one for one in legs if one.group == group] for group in {one.group: 0 for one in legs}))
    once = comparable(await stored(tenant))
    store = CdrStore(tenant.resources, tenant.workspace_id)
    for document in await stored(tenant):
        await tenant.resources.database.scoped("cdrs", tenant.workspace_id).delete({"_id": document["_id"]})
    order = data.draw(st.permutations(legs + data.draw(st.lists(st.sampled_from(legs), max_size=4))))
    while order:
        size = data.draw(st.integers(1, len(order)))
        part, order = order[:size], order[size:]
        await store.land("pbx", [[one] for one in part], await policy_of(tenant), now=NOW)
    assert comparable(await stored(tenant)) == once
