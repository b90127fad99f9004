"""A hold and an erasure decided at the same moment: one of them wins, and both know which."""

from __future__ import annotations

import asyncio
import uuid

from conftest import Tenant, now

from domain.errors import Gone
from domain.holds import record_scope
from domain.scopes import Scope
from governance.holds import HoldStore, NewHold
from governance.purges import Held, Purges


async def new_call(tenant: Tenant) -> str:
    client = await tenant.client(Scope.CALLS_WRITE)
    body = {"recording": {"media_type": "audio/wav", "size": 10}}
    answer = await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    return str(answer.json()["call"]["id"])


async def test_a_hold_placed_while_a_call_is_erased_either_keeps_it_or_is_refused(tenant: Tenant) -> None:
    resources, workspace_id = tenant.resources, tenant.workspace_id
    holds, outcomes = HoldStore(resources, workspace_id), set()
    for _ in range(12):
        call_id = await new_call(tenant)
        placed, erased = await asyncio.gather(
            holds.place(NewHold("2026-7", record_scope(call_id)), now=now()),
            Purges(resources).erase(workspace_id, call_id, (), cause="request", now=now()),
            return_exceptions=True,
        )
        destroyed = await resources.keyring.is_destroyed(workspace_id, call_id)
        assert isinstance(placed, Gone) == destroyed, (placed, erased)
        assert isinstance(erased, Held) != destroyed, (placed, erased)
        outcomes.add(destroyed)
    assert outcomes, "at least one way was seen"


async def test_a_hold_on_a_call_whose_key_is_gone_is_refused_and_does_not_stop_its_erasing(tenant: Tenant) -> None:
    resources, workspace_id = tenant.resources, tenant.workspace_id
    call_id = await new_call(tenant)
    await resources.keyring.destroy(workspace_id, call_id, now=now())
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    refused = await officer.post("/v1/holds", json={"matter": "2026-8", "call_id": call_id})
    assert (refused.status_code, refused.json()["type"]) == (410, "/problems/gone")
    await officer.post("/v1/holds", json={"matter": "2026-9"})
    receipt = await Purges(resources).erase(workspace_id, call_id, (), cause="request", now=now())
    assert receipt["key_destroyed"] is True


async def test_a_hold_of_the_first_version_keeps_what_it_kept(tenant: Tenant) -> None:
    """It named a call or nothing, and knew no scope."""
    resources, workspace_id = tenant.resources, tenant.workspace_id
    call_id, other = await new_call(tenant), await new_call(tenant)
    stored = resources.database.scoped("legal_holds", workspace_id)
    first = {"matter": "2026-1", "placed_at": now(), "released_at": None}
    await stored.insert({"_id": "hold_first", "call_id": call_id, **first})
    holds = HoldStore(resources, workspace_id)
    assert [await holds.is_held(one) for one in (call_id, other)] == [True, False]
    again, fresh = await holds.place(NewHold("2026-1", record_scope(call_id)), now=now())
    assert (again.hold_id, fresh) == ("hold_first", False)
    await stored.insert({"_id": "hold_wide", "call_id": None, **first})
    assert [await holds.is_held(one) for one in (call_id, other)] == [True, True]
    assert await holds.spared("cdrs") == [{}]
    for hold_id in ("hold_first", "hold_wide"):
        await holds.release(hold_id, now=now())
    assert [await holds.is_held(one) for one in (call_id, other)] == [False, False]
