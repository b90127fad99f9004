"""An erasure, and a sweep, that are killed before every single step: run again they end the same.

A step is what reaches a store, and steps come one after the other (`Executioner.in_turn`). So whoever dies right after
one leaves what whoever dies before the next one leaves; and after the last one nothing is left to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import found_in, leg, policy_of, stored
from erasing import KEPT_AFTERWARDS, Case, log
from killing import Killed, killed_at

from governance.receipts import ReceiptStore
from ingest.cdrs import CdrStore
from workers.ageing import Ageing
from workers.erasure import erase_call
from workers.runner import utc_now

if TYPE_CHECKING:
    from datetime import datetime

    from conftest import Tenant

    from domain.jobs import Job

MANY = {"retry_base_s": 0.01, "max_attempts": 1_000}
AT_ONCE = 8
_HOURS = itertools.count(1)
WHOLE = {"transcription": 2, "redaction": 1, "ingest": 3}


async def claimed(case: Case, call_id: str) -> Job:
    """The erasing job, claimed as a worker does after the lease of the one that died."""
    for _ in range(2):
        for job in await case.resources.outbox.of_call(call_id):
            if job["task"] == "erase":
                found = await case.resources.outbox.claim(job["_id"], now=utc_now() + timedelta(hours=next(_HOURS)))
                if found is not None:
                    return found
        await case.sweep()
    raise AssertionError("the call has no erasing job")


async def prepared(case: Case, count: int) -> list[str]:
    """So many calls with everything that a call leaves, hidden, each with an erasing job."""
    made: list[str] = []
    while len(made) < count:
        made += await asyncio.gather(*(case.ready(call_log=log()) for _ in range(min(AT_ONCE, count - len(made)))))
    await asyncio.gather(*(case.client.delete(f"/v1/calls/{call_id}") for call_id in made))
    await case.sweep()
    return made


async def assert_erased_once(case: Case, call_id: str) -> None:
    assert await case.where_found(call_id, everywhere=False) <= KEPT_AFTERWARDS
    for prefix in ("u", "c"):
        assert await case.resources.objects.count_under(f"{prefix}/{call_id}/") == 0
    receipts = await case.resources.database.scoped("receipts", case.tenant.workspace_id).find({"call_id": call_id})
    told = [{room: number for room, number in one["erased"].items() if number} for one in receipts]
    assert told == [WHOLE], "one receipt, of all that there was"
    events = [one for one in await case.events("call:content:erased") if one["call_id"] == call_id]
    assert len(events) == 1
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code in {404, 410}


@pytest.mark.settings(**MANY)
async def test_an_erasure_killed_before_any_step_and_run_again_leaves_nothing_and_doubles_nothing(
    tenant: Tenant,
) -> None:
    case = await Case.of(tenant)
    (whole,) = await prepared(case, 1)
    job = await claimed(case, whole)
    with killed_at(None) as counting:
        await erase_call(case.resources, job)
    assert counting.in_turn, "or dying after a step would be something else than dying before the next"
    await assert_erased_once(case, whole)
    killed, ids = 0, await prepared(case, counting.steps)
    for step, call_id in enumerate(ids):
        job = await claimed(case, call_id)
        with killed_at(step), contextlib.suppress(Killed):
            await erase_call(case.resources, job)
            killed -= 1  # the first receipt of a chain takes a few steps more than the others
        killed += 1
        if await case.where_found(call_id, everywhere=False) - KEPT_AFTERWARDS:
            await erase_call(case.resources, await claimed(case, call_id))
        await assert_erased_once(case, call_id)
    assert killed >= counting.steps - 3 > 20
    assert await case.where_found(whole, *ids) <= KEPT_AFTERWARDS
    assert (await ReceiptStore(case.resources, tenant.workspace_id).verify()).flaw is None


async def test_a_sweep_killed_before_any_step_and_run_again_counts_every_record_once(
    make_tenant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.sweep_lanes._OVER", {})  # the lane of a process that died is free at once
    monkeypatch.setattr("workers.sweeping.LANES", 1)  # so that the steps come in one order
    tenant, now = await landed(make_tenant)
    with killed_at(None) as counting:
        await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now)
    assert counting.in_turn
    await assert_swept_once(tenant, now)
    for step in range(counting.steps):
        tenant, now = await landed(make_tenant)
        with killed_at(step), pytest.raises(Killed):
            await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now)
        await assert_swept_once(tenant, now)


async def landed(make_tenant: Any) -> tuple[Tenant, datetime]:
    """A workspace with calls, and the instant at which their identifiers and the key of their month are due."""
    tenant: Tenant = await make_tenant()
    groups = [[leg(number, 1)] for number in range(3)]
    policy = await policy_of(tenant)
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, policy, now=utc_now())
    due = max(one["identifiers"]["retain_until"] for one in await stored(tenant))
    return tenant, due + timedelta(days=32)


async def assert_swept_once(tenant: Tenant, now: datetime) -> None:
    """Sweep once more; then all is gone, and told of once."""
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=now)
    documents = await stored(tenant)
    assert (len(documents), found_in(documents)) == (3, set())
    store = ReceiptStore(tenant.resources, tenant.workspace_id)
    receipts = await store.page(limit=9)
    assert sum(one["erased"].get("cdrs_identifiers", 0) for one in receipts) == 3
    assert sum(one["erased"].get("keys", 0) for one in receipts) == 1
    assert (await store.verify()).flaw is None
