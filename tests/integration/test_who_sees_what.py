"""Roles take away and never give; people who opted out are in no corpus, by whichever notation of their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from windows import Windows

from domain.scopes import Scope
from domain.sights import Sight, WorkspaceRole

if TYPE_CHECKING:
    import httpx
    from conftest import MakeTenant, Tenant

CLEAR = {"clear": "true", "reason": "a test of roles"}
OPT_OUTS = "/v1/training/opt-outs"


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


async def keyed(windows: Windows, role: WorkspaceRole | None, *scopes: Scope) -> httpx.AsyncClient:
    path = f"/v1/workspaces/{windows.case.tenant.workspace_id}/keys"
    body = {"name": "somebody", "scopes": [scope.value for scope in scopes], "role": role and role.value}
    answer = await windows.first.post(path, json=body)
    assert (answer.status_code, answer.json()["role"]) == (201, role and role.value), answer.text
    return windows.case.tenant.client_with(answer.json()["key"])


async def seen(client: httpx.AsyncClient, call_id: str) -> dict[str, int]:
    base = f"/v1/calls/{call_id}"
    return {
        "transcript": (await client.get(f"{base}/transcript")).status_code,
        "sound": (await client.get(f"{base}/recording")).status_code,
        "spoken": (await client.get(f"{base}/transcript", params=CLEAR)).status_code,
        "numbers": (await client.get(base, params=CLEAR)).status_code,
    }


EVERYTHING = (Scope.CALLS_READ, Scope.TRANSCRIPTS_READ, Scope.TRANSCRIPTS_CLEAR)


async def test_a_role_sees_what_the_settings_say_and_a_key_without_one_what_its_scopes_say(windows: Windows) -> None:
    call_id = await windows.case.ready()
    shown = {"transcript": 200, "sound": 200}
    agent = await keyed(windows, WorkspaceRole.AGENT, *EVERYTHING)
    supervisor = await keyed(windows, WorkspaceRole.SUPERVISOR, *EVERYTHING)
    admin = await keyed(windows, WorkspaceRole.ADMIN, *EVERYTHING)
    anybody = await keyed(windows, None, *EVERYTHING)
    assert await seen(agent, call_id) == {**shown, "spoken": 403, "numbers": 403}
    assert await seen(supervisor, call_id) == {**shown, "spoken": 403, "numbers": 200}
    for client in (admin, anybody):
        assert await seen(client, call_id) == {**shown, "spoken": 200, "numbers": 200}
    await windows.set(access={"agent": [Sight.REDACTED_SOUND], "supervisor": [], "admin": [Sight.CLEAR_COPY]})
    assert await seen(agent, call_id) == {
        "transcript": 403, "sound": 200, "spoken": 403, "numbers": 403,
    }  # fmt: skip
    assert (await agent.get(f"/v1/calls/{call_id}/vcon")).status_code == 403
    assert set((await seen(supervisor, call_id)).values()) == {403}
    assert (await seen(admin, call_id))["spoken"] == 200
    assert (await seen(anybody, call_id))["transcript"] == 200


async def test_a_role_gives_no_scope(windows: Windows) -> None:
    call_id = await windows.case.ready()
    client = await keyed(windows, WorkspaceRole.ADMIN, Scope.CALLS_READ, Scope.TRANSCRIPTS_READ)
    assert (await seen(client, call_id))["spoken"] == 403


async def test_a_person_is_opted_out_by_any_notation_and_counted_once(
    windows: Windows, make_tenant: MakeTenant
) -> None:
    officer = await windows.case.tenant.client(Scope.PRIVACY_MANAGE)
    forms: list[dict[str, str]] = [{"number": "+91 98765 43210"}]
    forms += [{"number": number, "region": "IN"} for number in ("098765 43210", "0091 9876543210")]
    told = [(await officer.post(OPT_OUTS, json=form)).json() for form in forms]
    assert [one["changed"] for one in told] == [True, False, False]
    assert (await officer.get(OPT_OUTS)).json() == {"people": 1}
    (stored,) = await windows.case.resources.database.scoped(
        "training_opt_outs", windows.case.tenant.workspace_id
    ).find({})
    assert "98765" not in str(stored)
    assert (await officer.post(f"{OPT_OUTS}/withdraw", json=forms[2])).json()["changed"]
    assert not (await officer.post(f"{OPT_OUTS}/withdraw", json=forms[0])).json()["changed"]
    assert (await officer.get(OPT_OUTS)).json() == {"people": 0}
    assert (await officer.post(OPT_OUTS, json=forms[1])).json()["changed"], "and back again"
    for nobody in ({"number": "112", "region": "IN"}, {"number": "-1"}, {"number": ""}):
        assert (await officer.post(OPT_OUTS, json=nobody)).status_code == 422
    for client, status in ((windows.first, 403), (await (await make_tenant()).client(*Scope), 200)):
        answer = await client.get(OPT_OUTS)
        assert answer.status_code == status
        assert status == 403 or answer.json() == {"people": 0}


async def test_calls_of_somebody_who_opted_out_are_no_candidates(windows: Windows) -> None:
    log = {"setup_time": "2026-11-20T11:32:07+05:30", "caller": "+919876543210", "direction": "inbound"}
    theirs = await windows.case.ready(call_log=log)
    other = await windows.case.ready(call_log={**log, "caller": "+919876543211"})
    assert theirs != other
    before = (await windows.case.client.get("/v1/corpus/candidates")).json()
    assert "person_opted_out" not in before
    await windows.case.client.post(OPT_OUTS, json={"number": "098765 43210", "region": "IN"})
    after = (await windows.case.client.get("/v1/corpus/candidates")).json()
    assert after["person_opted_out"] == 1
    assert sum(after.values()) == sum(before.values())
    await windows.case.client.post(f"{OPT_OUTS}/withdraw", json={"number": "+919876543210"})
    assert (await windows.case.client.get("/v1/corpus/candidates")).json() == before
