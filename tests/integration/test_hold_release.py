"""Release: the original clock counts at once, and what is due by then goes with the next sweep, whole."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import Tenant
from erasing import QUICK, Case, log
from holding import ANNA, NOW, place

from ingest.calls import CallStore

pytestmark = pytest.mark.settings(**QUICK)


@pytest.fixture
async def case(tenant: Tenant) -> Case:
    return await Case.of(tenant)


async def swept(case: Case, call_id: str, *, times: int = 1) -> str:
    """Let sweep and worker do their work; return `erased`, or the state in which the call is."""
    for _ in range(times):
        await case.sweep()
        await case.run_erasures(call_id)
    call = await CallStore(case.resources, case.tenant.workspace_id).raw(call_id)
    return "erased" if call is None else str(call["state"])


@pytest.mark.parametrize("scope", ["call", "person", "query", "workspace"])
async def test_a_due_call_is_hidden_and_kept_while_it_is_held_and_goes_once_it_is_released(
    case: Case, scope: str
) -> None:
    call_id = await case.ready(call_log=log())
    span = {"from": (NOW - timedelta(days=2)).isoformat(), "to": (NOW + timedelta(days=2)).isoformat()}
    asked = {
        "call": {"call_id": call_id},
        "person": {"person": {"number": ANNA}},
        "query": {"query": {"kind": "call", **span}},
        "workspace": {},
    }[scope]
    hold = await place(case.client, **asked)
    await case.change(call_id, retain_until=NOW - timedelta(seconds=1))
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code == 410, "a hold lets nobody read more"
    assert await swept(case, call_id, times=3) != "erased"
    assert not await case.resources.keyring.is_destroyed(case.tenant.workspace_id, call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 404
    letters = await case.resources.outbox.of_call(call_id)
    assert len([job for job in letters if job["task"] == "erase"]) <= 1, "held, not failed again and again"
    goes = (await case.client.delete(f"/v1/holds/{hold['id']}")).json()["goes"]
    assert {"what": "calls", "due": 1, "at_least": False} in goes
    assert await swept(case, call_id, times=2) == "erased"
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 200


async def test_a_call_that_is_not_due_stays_when_its_hold_is_released(case: Case) -> None:
    call_id = await case.ready()
    hold = await place(case.client, call_id=call_id)
    assert (await case.client.delete(f"/v1/holds/{hold['id']}")).json()["goes"] == []
    assert await swept(case, call_id) == "ready"
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code == 200


async def test_a_hold_on_a_hidden_call_whose_key_is_there_still_keeps_it(case: Case) -> None:
    call_id = await case.ready()
    assert (await case.client.delete(f"/v1/calls/{call_id}")).status_code == 202
    hold = await place(case.client, call_id=call_id)
    assert await swept(case, call_id, times=2) == "erasing"
    assert not await case.resources.keyring.is_destroyed(case.tenant.workspace_id, call_id)
    await case.client.delete(f"/v1/holds/{hold['id']}")
    assert await swept(case, call_id, times=2) == "erased"


async def test_a_second_request_to_erase_is_noted_once(case: Case) -> None:
    call_id = await case.ready()
    for _ in range(3):
        assert (await case.client.delete(f"/v1/calls/{call_id}")).status_code == 202
    assert len(await case.events("call:erasure:requested")) == 1
