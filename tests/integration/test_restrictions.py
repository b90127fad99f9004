"""Restriction (GDPR Art. 18): what is restricted is kept, erased in time, and used for nothing until it is lifted."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeTenant, Tenant
from conftest import now as utc_now
from erasing import Case, log
from holding import ANNA, NOW, log_of, new_call, new_cdr

from corpus.candidates import count_candidates
from domain.jobs import Queue
from domain.processing import Reason
from domain.records import Purpose
from domain.scopes import Scope
from governance.guard import Guard
from ingest.calls import CallStore

BERT = "+447700900123"
REASON = "accuracy contested, ticket 4711"


@pytest.fixture
async def case(tenant: Tenant) -> Case:
    return await Case.of(tenant)


async def restrict(case: Case, **scope: Any) -> str:
    answer = await case.client.post("/v1/restrictions", json={"reason": REASON, **scope})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def asked(case: Case, call_id: str) -> Reason:
    """What the guard says before a stage."""
    call = await CallStore(case.resources, case.tenant.workspace_id).get(call_id, now=NOW)
    return (await Guard(case.resources).ask(call, purpose=Purpose.TRANSCRIPTION, now=NOW)).reason


async def served(case: Case, call_id: str) -> dict[str, int]:
    clear = "?clear=true&reason=a test"
    paths = ("/transcript", "/recording", f"/transcript{clear}", f"/recording{clear}", clear)
    return {path: (await case.client.get(f"/v1/calls/{call_id}{path}")).status_code for path in paths}


async def found(case: Case, number: str) -> list[int]:
    kinds = (("calls", "calls"), ("call-logs", "call_logs"), ("cdrs", "cdrs"))
    answers = [(await case.client.post(f"/v1/{path}/search", json={"number": number}), name) for path, name in kinds]
    return [len(answer.json()[name]) for answer, name in answers]


@pytest.mark.parametrize("by_person", [False, True])
async def test_a_restricted_call_is_used_for_nothing_and_stays_until_it_is_lifted(case: Case, by_person: bool) -> None:
    call_id = await case.ready(call_log=log())
    other = await case.ready(call_log=log(caller=BERT))
    before, searched = await served(case, call_id), await found(case, ANNA)
    scope = {"person": {"number": "(415) 555-0132", "region": "US"}} if by_person else {"call_id": call_id}
    restriction_id = await restrict(case, **scope)
    assert set((await served(case, call_id)).values()) == {409}
    assert (await case.client.get(f"/v1/calls/{call_id}/vcon")).status_code == 409
    assert await asked(case, call_id) is Reason.RESTRICTED
    assert await found(case, ANNA) == [0] * 3
    shown = await case.client.get(f"/v1/call-logs/{await log_of(case.tenant, call_id)}?clear=true&reason=a test")
    assert (shown.status_code, shown.json()["type"]) == (409, "/problems/restricted")
    assert (await case.client.get(f"/v1/calls/{call_id}")).status_code == 200, "that there is a call may be known"
    assert set((await served(case, other)).values()) == {200}
    lifted = await case.client.delete(f"/v1/restrictions/{restriction_id}?reason=settled")
    assert lifted.json()["lift_reason"] == "settled"
    assert (await served(case, call_id), await found(case, ANNA)) == (before, searched)
    assert await asked(case, call_id) is Reason.ALLOWED


async def test_a_call_that_comes_later_is_restricted_too(case: Case) -> None:
    await restrict(case, person={"number": ANNA})
    call_id = await new_call(case.client, ANNA)
    assert await asked(case, call_id) is Reason.RESTRICTED
    assert await asked(case, await new_call(case.client, BERT)) is Reason.ALLOWED


async def test_a_cdr_of_a_restricted_person_is_neither_found_nor_shown_in_clear(case: Case) -> None:
    cdr_id = await new_cdr(case.tenant)
    path = f"/v1/cdrs/{cdr_id}?clear=true&reason=a test"
    assert ((await case.client.get(path)).status_code, (await found(case, ANNA))[2]) == (200, 1)
    await restrict(case, person={"number": ANNA})
    assert ((await case.client.get(path)).status_code, (await found(case, ANNA))[2]) == (409, 0)
    assert (await case.client.get(f"/v1/cdrs/{cdr_id}")).status_code == 200, "times and durations name nobody"
    assert (await found(case, BERT))[2] == 0, "it is not found by the other side either"


async def test_a_restriction_does_not_stop_erasure(case: Case) -> None:
    call_id, cdr_id = await case.ready(call_log=log()), await new_cdr(case.tenant)
    await restrict(case, person={"number": ANNA})
    await restrict(case, call_id=call_id)
    await case.erase(call_id)
    assert (await case.client.get(f"/v1/calls/{call_id}/receipt")).status_code == 200
    assert (await case.client.delete(f"/v1/cdrs/{cdr_id}")).json()["state"] == "erased"


async def test_a_waiting_stage_goes_on_once_the_restriction_is_lifted(case: Case) -> None:
    call_id = await new_call(case.client, ANNA)
    jobs = case.resources.outbox
    await jobs.add(
        workspace_id=case.tenant.workspace_id, call_id=call_id, task="transcribe", queue=Queue.SPEECH, now=NOW
    )
    restriction_id = await restrict(case, person={"number": ANNA})
    await case.client.delete(f"/v1/restrictions/{restriction_id}")
    (job,) = await jobs.of_call(call_id)
    assert job["run_after"] > NOW, "woken now, not when it was added"


async def test_the_same_is_restricted_once_and_the_history_stays(case: Case, make_tenant: MakeTenant) -> None:
    call_id = await new_call(case.client)
    restriction_id = await restrict(case, call_id=call_id)
    again = await case.client.post("/v1/restrictions", json={"reason": "another", "call_id": call_id})
    assert (again.status_code, again.json()["id"], again.json()["reason"]) == (200, restriction_id, REASON)
    assert [one["id"] for one in (await case.client.get("/v1/restrictions")).json()] == [restriction_id]
    first = (await case.client.delete(f"/v1/restrictions/{restriction_id}")).json()
    assert (await case.client.delete(f"/v1/restrictions/{restriction_id}?reason=late")).json() == first
    assert (await case.client.get("/v1/restrictions")).json() == []
    assert (await case.client.get("/v1/restrictions?lifted=true")).json() == [first]
    assert (len(await case.events("restriction:set")), len(await case.events("restriction:lifted"))) == (1, 1)
    other = await (await make_tenant()).client(Scope.PRIVACY_MANAGE)
    assert (await other.delete(f"/v1/restrictions/{restriction_id}")).status_code == 404
    assert (await other.post("/v1/restrictions", json={"reason": REASON, "call_id": call_id})).status_code == 404


async def test_another_workspaces_restriction_restricts_nothing_here(case: Case, make_tenant: MakeTenant) -> None:
    other = await (await make_tenant()).client(Scope.PRIVACY_MANAGE)
    assert (
        await other.post("/v1/restrictions", json={"reason": REASON, "person": {"number": ANNA}})
    ).status_code == 201
    assert await asked(case, await new_call(case.client, ANNA)) is Reason.ALLOWED


async def test_nothing_restricted_is_a_candidate_for_training(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    await case.ready(call_log=log(caller=BERT))
    before = await count_candidates(case.resources, case.tenant.workspace_id, now=utc_now())
    await restrict(case, person={"number": ANNA})
    after = await count_candidates(case.resources, case.tenant.workspace_id, now=utc_now())
    assert ("restricted" in before, after["restricted"], sum(after.values())) == (False, 1, sum(before.values()))
    assert call_id


@pytest.mark.parametrize("body", [{}, {"call_id": "x", "person": {"number": ANNA}}, {"person": {"number": "112"}}])
async def test_an_unclear_restriction_is_refused(case: Case, body: dict[str, Any]) -> None:
    answer = await case.client.post("/v1/restrictions", json={"reason": REASON, **body})
    assert (answer.status_code, ANNA in answer.text) == (422, False)


async def test_only_a_privacy_officer_restricts(tenant: Tenant) -> None:
    client = await tenant.client(Scope.WORKSPACE_ADMIN, Scope.CALLS_WRITE)
    answers = [
        await client.post("/v1/restrictions", json={"reason": REASON, "call_id": "call_x"}),
        await client.get("/v1/restrictions"),
        await client.delete("/v1/restrictions/restr_x"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3
