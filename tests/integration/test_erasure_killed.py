"""An erasure, and a sweep, that are killed at every single step, before and after it: run again they end the same."""

from __future__ import annotations

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
    from conftest import Tenant

    from domain.jobs import Job

MANY = {"retry_base_s": 0.01, "max_attempts": 1_000}
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


async def prepared(case: Case) -> str:
    call_id = await case.ready(call_log=log())
    await case.client.delete(f"/v1/calls/{call_id}")
    await case.sweep()
    return call_id


async def assert_erased_once(case: Case, call_id: str) -> None:
    assert await case.where_found(call_id) <= KEPT_AFTERWARDS
    for prefix in ("u", "c"):
        assert await case.resources.objects.count_under(f"{prefix}/{call_id}/") == 0
    receipts = await case.resources.database.scoped("receipts", case.tenant.workspace_id).find({"call_id": call_id})
    assert [one["erased"] for one in receipts] == [WHOLE], "one receipt, of all that there was"
    events = [one for one in await case.events("call:content:erased") if one["call_id"] == call_id]
    assert len(events) == 1
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code in {404, 410}


@pytest.mark.settings(**MANY)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_an_erasure_killed_at_any_step_and_run_again_leaves_nothing_and_doubles_nothing(
    tenant: Tenant, after: bool
) -> None:
    case = await Case.of(tenant)
    call_id, job = await prepared(case), None
    job = await claimed(case, call_id)
    with killed_at(None) as counting:
        await erase_call(case.resources, job)
    await assert_erased_once(case, call_id)
    killed = 0
    for step in range(counting.steps):
        call_id = await prepared(case)
        job = await claimed(case, call_id)
        with killed_at(step, after=after), contextlib.suppress(Killed):
            await erase_call(case.resources, job)
            killed -= 1  # the first receipt of a chain takes a few steps more than the others
        killed += 1
        if await case.where_found(call_id) - KEPT_AFTERWARDS:
            await erase_call(case.resources, await claimed(case, call_id))
        await assert_erased_once(case, call_id)
    assert killed >= counting.steps - 3 > 20
    assert (await ReceiptStore(case.resources, tenant.workspace_id).verify()).flaw is None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_sweep_killed_at_any_step_and_run_again_counts_every_record_once(
    make_tenant: Any, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    monkeypatch.setattr("governance.sweep_lanes._OVER", {})  # the lane of a process that died is free at once
    monkeypatch.setattr("workers.sweeping.LANES", 1)  # so that the steps come in one order
    steps = 1
    for step in range(-1, 200):
        if step >= steps:
            return
        tenant = await make_tenant()
        groups = [[leg(number, 1)] for number in range(3)]
        policy = await policy_of(tenant)
        await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, policy, now=utc_now())
        now = max(one["identifiers"]["retain_until"] for one in await stored(tenant)) + timedelta(days=32)
        ageing = Ageing(tenant.resources)
        with killed_at(None if step < 0 else step, after=after) as executioner:
            if step < 0:
                await ageing.of_workspace(tenant.workspace_id, now=now)
                steps = executioner.steps
            else:
                with pytest.raises(Killed):
                    await ageing.of_workspace(tenant.workspace_id, now=now)
        await ageing.of_workspace(tenant.workspace_id, now=now)
        documents = await stored(tenant)
        assert (len(documents), found_in(documents)) == (3, set())
        store = ReceiptStore(tenant.resources, tenant.workspace_id)
        receipts = await store.page(limit=9)
        assert sum(one["erased"].get("cdrs_identifiers", 0) for one in receipts) == 3, step
        assert sum(one["erased"].get("keys", 0) for one in receipts) == 1, step
        assert (await store.verify()).flaw is None
