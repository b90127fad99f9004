"""Why is this still here? Rule, clock, holds, restriction, waiver and who set it; of an erased record, that it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import MakeTenant, Tenant
from erasing import Case, log
from holding import ANNA, NOW, log_of, new_call, new_cdr, place

from domain.scopes import Scope


@pytest.fixture
async def case(tenant: Tenant) -> Case:
    return await Case.of(tenant)


async def test_a_call_tells_its_clocks_with_rule_policy_and_sentences(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    told = (await case.client.get(f"/v1/calls/{call_id}/why")).json()
    call = (await case.client.get(f"/v1/calls/{call_id}")).json()
    assert (told["id"], told["state"], told["holds"], told["erased"]) == (call_id, "kept", [], None)
    assert [clock["what"] for clock in told["clocks"]] == ["recording", "transcript"]
    for clock in told["clocks"]:
        assert clock["retain_until"] == call["record"]["retain_until"]
        assert (clock["role"], clock["policy_version"]) == ("processor", call["record"]["policy_version"])
        assert clock["rule"]
        assert clock["explanation"]
        assert " ".join(clock["explanation"]) in " ".join(told["sentences"])


async def test_traffic_data_has_two_clocks_and_one_once_its_numbers_have_left(case: Case) -> None:
    call_id, cdr_id = await case.ready(call_log=log()), await new_cdr(case.tenant)
    log_id = await log_of(case.tenant, call_id)
    for path, name in ((f"call-logs/{log_id}", "call_logs"), (f"cdrs/{cdr_id}", "cdrs")):
        told = (await case.client.get(f"/v1/{path}/why")).json()
        assert [clock["what"] for clock in told["clocks"]] == ["call_metadata", "cdr_identifiers"]
        rest, numbers = (clock["due_at"] for clock in told["clocks"])
        assert numbers < rest
        stored = case.resources.database.scoped(name, case.tenant.workspace_id)
        await stored.update_all({}, {"$unset": {"identifiers": ""}})
        told = (await case.client.get(f"/v1/{path}/why")).json()
        assert [clock["what"] for clock in told["clocks"]] == ["call_metadata"]


async def test_a_hold_suspends_every_clock_and_is_named_with_its_matter(case: Case) -> None:
    call_id = await case.ready(call_log=log())
    hold = await place(case.client, person={"number": ANNA})
    told = (await case.client.get(f"/v1/calls/{call_id}/why")).json()
    assert [one["id"] for one in told["holds"]] == [hold["id"]]
    assert {clock["due_at"] for clock in told["clocks"]} == {None}
    assert {tuple(clock["suspended_by"]) for clock in told["clocks"]} == {("hold:2026-114",)}
    assert "Held for matter 2026-114 (person)" in " ".join(told["sentences"])
    assert ANNA not in str(told)


async def test_a_due_call_that_is_held_is_hidden_and_says_that_the_hold_alone_keeps_it(case: Case) -> None:
    call_id = await case.ready()
    hold = await place(case.client, call_id=call_id)
    await case.change(call_id, retain_until=NOW - timedelta(days=1))
    told = (await case.client.get(f"/v1/calls/{call_id}/why")).json()
    assert told["state"] == "hidden"
    assert "A legal hold alone keeps it." in told["sentences"]
    assert any("the record itself says" in sentence for sentence in told["sentences"])
    await case.client.delete(f"/v1/holds/{hold['id']}")
    told = (await case.client.get(f"/v1/calls/{call_id}/why")).json()
    assert "The next sweep erases it." in told["sentences"]


async def test_a_restriction_is_named_beside_the_clocks_that_go_on(case: Case) -> None:
    call_id = await new_call(case.client, ANNA)
    body = {"reason": "accuracy contested", "person": {"number": ANNA}}
    restriction = (await case.client.post("/v1/restrictions", json=body)).json()
    for path in (f"calls/{call_id}", f"call-logs/{await log_of(case.tenant, call_id)}"):
        told = (await case.client.get(f"/v1/{path}/why")).json()
        assert [one["id"] for one in told["restrictions"]] == [restriction["id"]]
        assert None not in {clock["due_at"] for clock in told["clocks"]}


async def test_an_erased_record_says_so_and_nothing_else(case: Case) -> None:
    call_id, cdr_id = await case.ready(call_log=log()), await new_cdr(case.tenant)
    await case.erase(call_id)
    await case.client.delete(f"/v1/cdrs/{cdr_id}")
    call = (await case.client.get(f"/v1/calls/{call_id}/why")).json()
    assert (call["state"], call["erased"]["cause"], call["erased"]["key_destroyed"]) == ("erased", "request", True)
    cdr = (await case.client.get(f"/v1/cdrs/{cdr_id}/why")).json()
    assert (cdr["state"], cdr["clocks"], "tombstone" in cdr["sentences"][0]) == ("erased", [], True)


async def test_it_is_told_to_officers_and_administrators_of_the_workspace_only(
    case: Case, make_tenant: MakeTenant
) -> None:
    call_id, cdr_id = await new_call(case.client, ANNA), await new_cdr(case.tenant)
    paths = [f"calls/{call_id}", f"call-logs/{await log_of(case.tenant, call_id)}", f"cdrs/{cdr_id}"]
    other = await (await make_tenant()).client(*Scope)
    for path in paths:
        for scope, status in ((Scope.WORKSPACE_ADMIN, 200), (Scope.PRIVACY_MANAGE, 200), (Scope.CALLS_READ, 403)):
            client = await case.tenant.client(scope)
            assert (await client.get(f"/v1/{path}/why")).status_code == status, (path, scope)
        assert (await other.get(f"/v1/{path}/why")).status_code == 404
    for path in ("calls/call_x", "call-logs/log_x", "cdrs/cdr_x"):
        assert (await other.get(f"/v1/{path}/why")).status_code == 404
