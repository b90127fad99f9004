"""CDRs land once, whatever the order, and keep their totals when their numbers leave."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

from cdr_rows import CALLER, NOW, comparable, found_in, leg, policy_of, stored

from ingest.cdrs import CdrStore

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant


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
