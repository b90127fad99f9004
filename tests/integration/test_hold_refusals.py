"""Holds that are refused: on what is gone or another's, by who may not, unclear ones, and one too many."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeTenant, Tenant
from holding import ANNA, EVERY, NOW, QUERY, log_of, new_call, new_cdr, place

from domain.scopes import Scope
from governance import holds as holds_module

TOO_MANY = "/problems/too-many-holds"


async def test_what_is_erased_already_cannot_be_held(tenant: Tenant) -> None:
    client = await tenant.client(*EVERY)
    cdr_id, call_id = await new_cdr(tenant), await new_call(client, ANNA)
    log_id = await log_of(tenant, call_id)
    assert (await client.delete(f"/v1/cdrs/{cdr_id}")).status_code == 200
    assert (await client.delete(f"/v1/call-logs/{log_id}")).status_code == 200
    await tenant.resources.keyring.destroy(tenant.workspace_id, call_id, now=NOW)
    for record_id in (cdr_id, log_id, call_id):
        answer = await client.post("/v1/holds", json={"matter": "2026-1", "record_id": record_id})
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/gone"), record_id
    assert (await client.get("/v1/holds")).json() == []


async def test_another_workspaces_holds_and_records_do_not_exist(tenant: Tenant, make_tenant: MakeTenant) -> None:
    client = await tenant.client(*EVERY)
    other = await (await make_tenant()).client(*EVERY)
    call_id, cdr_id = await new_call(client, ANNA), await new_cdr(tenant)
    hold = await place(client, call_id=call_id)
    for record_id in (call_id, cdr_id, await log_of(tenant, call_id), "call_" + "a" * 26, "cdr_" + "a" * 26):
        answer = await other.post("/v1/holds", json={"matter": "2026-1", "record_id": record_id})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert (await other.get(f"/v1/holds/{hold['id']}")).status_code == 404
    assert (await other.delete(f"/v1/holds/{hold['id']}")).status_code == 404
    assert (await other.get("/v1/holds")).json() == []
    await place(other)
    assert (await client.delete(f"/v1/cdrs/{cdr_id}")).status_code == 200, "another's hold keeps nothing here"


@pytest.mark.parametrize("scope", [Scope.WORKSPACE_ADMIN, Scope.CALLS_WRITE, Scope.TRANSCRIPTS_CLEAR])
async def test_only_a_privacy_officer_places_reads_and_releases(tenant: Tenant, scope: Scope) -> None:
    client = await tenant.client(scope)
    answers = [
        await client.post("/v1/holds", json={"matter": "2026-1"}),
        await client.get("/v1/holds"),
        await client.get("/v1/holds/hold_x"),
        await client.delete("/v1/holds/hold_x"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"call_id": "call_" + "a" * 26, "person": {"number": ANNA}}, ""),
        ({"person": {"number": ANNA, "email": "a@b.example"}}, "person"),
        ({"person": {}}, "person"),
        ({"person": {"number": "anonymous"}}, "person"),
        ({"person": {"number": "112"}}, "person"),
        ({"query": {**QUERY, "kind": "transcript"}}, "query.kind"),
        ({"query": {**QUERY, "to": "2025-01-01T00:00:00Z"}}, "query"),
        ({"query": {**QUERY, "from": "2026-01-01T00:00:00"}}, "query.from"),
        ({"query": {**QUERY, "kind": "call", "direction": "inbound"}}, "query"),
        ({"query": {**QUERY, "caller": ANNA}}, "query.caller"),
        ({"matter": " "}, "matter"),
    ],
)
async def test_a_hold_that_says_nothing_clear_is_refused_and_repeats_no_number(
    tenant: Tenant, scope: dict[str, Any], field: str
) -> None:
    client = await tenant.client(Scope.PRIVACY_MANAGE)
    answer = await client.post("/v1/holds", json={"matter": "2026-1", **scope})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert ANNA not in answer.text
    told = [one["field"] for one in answer.json().get("errors", [])] or [answer.json().get("field")]
    assert any(str(one).removeprefix("body.").startswith(field) for one in told), answer.text


async def test_a_workspace_has_no_more_holds_than_can_be_asked(tenant: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr(holds_module, "MOST_HOLDS", 3)
    monkeypatch.setattr(holds_module, "MOST_QUERIES", 1)
    client = await tenant.client(Scope.PRIVACY_MANAGE)
    await place(client, query=QUERY)
    refused = await client.post("/v1/holds", json={"matter": "2026-2", "query": QUERY})
    assert (refused.status_code, refused.json()["type"], refused.json()["limit"]) == (
        409,
        "/problems/too-many-holds",
        1,
    )
    first = await place(client)
    await place(client, person={"number": ANNA})
    refused = await client.post("/v1/holds", json={"matter": "2026-2"})
    assert (refused.status_code, refused.json()["limit"]) == (409, 3)
    assert (await client.post("/v1/holds", json={"matter": "2026-114"})).status_code == 200, "there already"
    await client.delete(f"/v1/holds/{first['id']}")
    await place(client)
