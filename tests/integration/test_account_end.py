"""The end of an account: nothing is taken in or served from then on; people's data goes in a month, the rest later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cdr_rows import leg, policy_of, stored
from windows import Windows, days_ago, workspace_of

from api.keys import KeyStore
from domain.errors import Conflict
from domain.processing import Reason, Verdict
from domain.records import Purpose
from domain.scopes import Scope
from governance.endings import Endings
from governance.guard import Guard
from governance.workspaces import WorkspaceEnded, WorkspaceStore
from ingest.cdrs import CdrStore
from workers.ageing import Ageing
from workers.runner import utc_now

if TYPE_CHECKING:
    from conftest import Tenant

REASON = {"reason": "the contract ended"}


@pytest.fixture
async def windows(tenant: Tenant) -> Windows:
    return await Windows.of(tenant)


@pytest.fixture
async def platform(tenant: Tenant) -> httpx.AsyncClient:
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="platform", scopes=[Scope.WORKSPACE_ADMIN], expires_at=None, now=utc_now()
    )
    client: httpx.AsyncClient = tenant.client_with(text)
    return client


def path(windows: Windows, word: str = "end") -> str:
    return f"/v1/workspaces/{windows.case.tenant.workspace_id}/{word}"


async def end(windows: Windows, platform: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await platform.post(path(windows), json=REASON | body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_keys_are_refused_at_once_and_a_privacy_officer_still_reads_the_proof(
    windows: Windows, platform: httpx.AsyncClient
) -> None:
    call_id = await windows.case.ready()
    erased = await windows.case.ready()
    await windows.case.erase(erased)
    officer = await windows.case.tenant.client(Scope.PRIVACY_MANAGE)
    told = await end(windows, platform)
    assert told["reversible"]
    assert told["residual"] == {"proof": "legal"}
    refused = [
        await windows.read(call_id, "transcript"),
        await windows.case.register(windows.case.content()),
        await windows.case.client.get("/v1/calls"),
        await windows.first.get(windows.path),
        await windows.case.client.get(f"/v1/calls/{call_id}"),
    ]
    assert {(answer.status_code, answer.json()["type"]) for answer in refused} == {(403, "/problems/workspace-ended")}
    for address in (f"/v1/calls/{erased}/receipt", "/v1/audit"):
        assert (await officer.get(address)).status_code == 200, address
    late = await platform.post(path(windows, "keys"), json={"name": "late", "scopes": ["calls:read"]})
    assert late.status_code == 409
    new = await platform.post(path(windows, "keys"), json={"name": "officer", "scopes": ["privacy:manage"]})
    assert new.status_code == 201
    client = windows.case.tenant.client_with(new.json()["key"])
    assert (await client.get("/v1/audit")).status_code == 200
    assert (await platform.get(path(windows))).json()["reason"] == REASON["reason"]


async def test_workers_wait_and_nothing_is_taken_in_without_a_key(
    windows: Windows, platform: httpx.AsyncClient
) -> None:
    call_id = await windows.case.ready()
    await end(windows, platform)
    decision = await Guard(windows.case.resources).ask(
        await windows.call(call_id), purpose=Purpose.TRANSCRIPTION, now=utc_now()
    )
    assert (decision.verdict, decision.reason) == (Verdict.WAIT, Reason.WORKSPACE_ENDED)
    with pytest.raises(WorkspaceEnded):
        (await workspace_of(windows)).taking_in()


async def test_only_the_platform_ends_an_account_and_only_once(windows: Windows, platform: httpx.AsyncClient) -> None:
    assert (await windows.first.post(path(windows), json=REASON)).status_code == 403
    assert (await windows.first.get(path(windows))).status_code == 404
    assert (await platform.post("/v1/workspaces/ws_none/end", json=REASON)).status_code == 404
    await end(windows, platform)
    assert (await platform.post(path(windows), json=REASON)).status_code == 409
    assert (await platform.post(path(windows), json=REASON | {"keep": {"traffic_data": "habit"}})).status_code == 422


async def test_peoples_data_is_due_within_a_month_and_what_stays_within_a_year(
    windows: Windows, platform: httpx.AsyncClient
) -> None:
    tenant = windows.case.tenant
    await windows.set(windows={"recording": "P5Y", "transcript": "P5Y"})
    call_id = await windows.case.ready()
    groups = [[leg(1, 1, at=days_ago(5))]]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=utc_now())
    told = await end(windows, platform, keep={"traffic_data": "fraud_prevention"})
    assert told["residual"] == {"proof": "legal", "traffic_data": "fraud_prevention"}
    await windows.redate()
    now = utc_now()
    call, (cdr,) = await windows.call(call_id), await stored(tenant)
    for due in (call["retain_until"], cdr["identifiers"]["retain_until"]):
        assert now + timedelta(days=27) < due <= now + timedelta(days=33)
    assert now + timedelta(days=360) < cdr["retain_until"] <= now + timedelta(days=368)
    ended = await Endings(tenant.resources).look(tenant.workspace_id)
    assert ended is not None
    assert ended.scrubbed_from == call["retain_until"]
    assert ended.everything_by == cdr["retain_until"]
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=ended.scrubbed_from)
    (cdr,) = await stored(tenant)
    assert "identifiers" not in cdr
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=ended.everything_by)
    assert await stored(tenant) == []


async def test_rows_that_have_no_reason_to_stay_go_with_the_people(
    windows: Windows, platform: httpx.AsyncClient
) -> None:
    tenant = windows.case.tenant
    groups = [[leg(1, 1, at=days_ago(5))]]
    await CdrStore(tenant.resources, tenant.workspace_id).land("pbx", groups, await policy_of(tenant), now=utc_now())
    told = await end(windows, platform)
    await windows.redate()
    (cdr,) = await stored(tenant)
    assert cdr["retain_until"] == cdr["identifiers"]["retain_until"]
    assert told["everything_by"] == told["scrubbed_from"]


async def test_an_end_is_taken_back_before_anything_was_scrubbed_and_not_afterwards(
    windows: Windows, platform: httpx.AsyncClient
) -> None:
    call_id = await windows.case.ready()
    before = await windows.call(call_id)
    await end(windows, platform)
    await windows.redate()
    assert (await windows.first.post(path(windows, "reopen"), json=REASON)).status_code == 403
    answer = await platform.post(path(windows, "reopen"), json=REASON)
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    await windows.redate()
    after = await windows.call(call_id)
    assert after["artifacts"] == before["artifacts"], "anchored as at birth"
    assert (await windows.read(call_id, "transcript")).status_code == 200
    assert (await platform.post(path(windows, "reopen"), json=REASON)).status_code == 409
    await end(windows, platform)
    endings, workspace_id = Endings(windows.case.resources), windows.case.tenant.workspace_id
    found = await endings.look(workspace_id)
    assert found is not None
    with pytest.raises(Conflict, match="scrubbed"):
        await endings.reopen(workspace_id, by="key_x", why="late", now=found.scrubbed_from)
    await endings.reopen(workspace_id, by="key_x", why="in time", now=found.scrubbed_from - timedelta(milliseconds=1))
    assert (await WorkspaceStore(windows.case.resources).get(workspace_id)).ended_at is None


async def test_the_end_never_keeps_anything_longer(windows: Windows, platform: httpx.AsyncClient) -> None:
    call_id = await windows.case.ready(call_log={"setup_time": days_ago(28).isoformat(), "direction": "inbound"})
    before = await windows.call(call_id)
    await end(windows, platform)
    await windows.redate()
    assert (await windows.call(call_id))["retain_until"] == before["retain_until"]
