"""Exceptions to policy over the API: only a CEO or CTO, with a reason and an end; then the policy counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import MakeTenant, Tenant

from api.keys import KeyStore
from domain.scopes import Scope
from domain.waivers import Office, WaivableRule
from governance.waivers import WaiverStore

NOW = datetime.now(UTC).replace(microsecond=0)
RULE = WaivableRule.RETENTION_OVER_PROFILE
BODY = {
    "rule": "retention_over_profile",
    "artifact": "recording",
    "longest": "P3Y",
    "reason": "regulator asked for longer evidence",
    "ends_at": (NOW + timedelta(days=30)).isoformat(),
}


async def holder(tenant: Tenant, office: Office | None, *scopes: Scope) -> Any:
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=tenant.workspace_id,
        name="office",
        scopes=scopes or (Scope.WORKSPACE_ADMIN,),
        expires_at=None,
        now=NOW,
        office=office,
    )
    return tenant.client_with(text)


def path(tenant: Tenant, waiver_id: str = "") -> str:
    return f"/v1/workspaces/{tenant.workspace_id}/waivers{waiver_id and '/' + waiver_id}"


@pytest.mark.parametrize(("office", "status"), [(Office.CEO, 201), (Office.CTO, 201), (Office.DPO, 403), (None, 403)])
async def test_only_a_ceo_or_cto_approves_an_exception(tenant: Tenant, office: Office | None, status: int) -> None:
    client = await holder(tenant, office)
    answer = await client.post(path(tenant), json=BODY)
    assert answer.status_code == status, answer.text
    live = await WaiverStore(tenant.resources).in_force(tenant.workspace_id, RULE, now=datetime.now(UTC))
    assert len(live) == (1 if status == 201 else 0)
    if status == 201:
        assert (answer.json()["office"], answer.json()["counts"]) == (office, True)


async def test_the_office_alone_is_no_right_and_the_platforms_key_has_no_office(tenant: Tenant) -> None:
    reader = await holder(tenant, Office.CEO, Scope.CALLS_READ)
    assert (await reader.post(path(tenant), json=BODY)).status_code == 403
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="platform", scopes=[Scope.WORKSPACE_ADMIN], expires_at=None, now=NOW
    )
    assert (await tenant.client_with(text).post(path(tenant), json=BODY)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": None},
        {"ends_at": NOW.isoformat()},
        {"ends_at": "2027-01-01T00:00:00"},
        {"reason": " "},
        {"reason": None},
        {"rule": "law"},
        {"longest": "3 years"},
        {"artifact": "everything"},
    ],
)
async def test_without_a_reason_a_known_rule_and_an_end_ahead_it_is_refused(
    tenant: Tenant, change: dict[str, Any]
) -> None:
    client = await holder(tenant, Office.CEO)
    body = {name: value for name, value in (BODY | change).items() if value is not None}
    assert (await client.post(path(tenant), json=body)).status_code == 422
    assert (await client.get(path(tenant))).json() == []


async def test_at_its_end_or_once_revoked_it_counts_no_longer(tenant: Tenant) -> None:
    client, store = await holder(tenant, Office.CTO), WaiverStore(tenant.resources)
    waiver = (await client.post(path(tenant), json=BODY)).json()
    tick, ends_at = timedelta(milliseconds=1), datetime.fromisoformat(waiver["ends_at"])

    async def counted(at: datetime, artifact: str = "recording") -> int:
        return len(await store.in_force(tenant.workspace_id, RULE, now=at, artifact=artifact))

    assert [await counted(ends_at - tick), await counted(ends_at), await counted(ends_at - tick, "transcript")] == [
        1,
        0,
        0,
    ]
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    revoked = await admin.delete(path(tenant, waiver["id"]))
    assert (revoked.status_code, revoked.json()["counts"]) == (200, False)
    assert (await admin.delete(path(tenant, waiver["id"]))).json() == revoked.json()
    assert await counted(ends_at - tick) == 0
    assert [one["id"] for one in (await admin.get(path(tenant))).json()] == [waiver["id"]]
    events = [one["event"] for one in await tenant.resources.audit.events(tenant.workspace_id)]
    assert (events.count("waiver:approved"), events.count("waiver:revoked")) == (1, 1)


async def test_another_workspaces_waivers_do_not_exist(tenant: Tenant, make_tenant: MakeTenant) -> None:
    client = await holder(tenant, Office.CEO)
    waiver_id = (await client.post(path(tenant), json=BODY)).json()["id"]
    other = await make_tenant()
    elsewhere = await holder(other, Office.CEO)
    assert (await elsewhere.post(path(tenant), json=BODY)).status_code == 404
    assert (await elsewhere.get(path(tenant))).status_code == 404
    assert (await elsewhere.delete(path(other, waiver_id))).status_code == 404
    assert (await elsewhere.get(path(other))).json() == []


async def test_only_the_platforms_administrator_says_what_office_a_key_has(tenant: Tenant) -> None:
    keys = f"/v1/workspaces/{tenant.workspace_id}/keys"
    body = {"name": "chief", "scopes": ["workspace:admin"], "office": "ceo"}
    admin = await tenant.client(Scope.WORKSPACE_ADMIN)
    assert (await admin.post(keys, json=body)).status_code == 403
    _, text = await KeyStore(tenant.resources).create(
        workspace_id=None, name="platform", scopes=[Scope.WORKSPACE_ADMIN], expires_at=None, now=NOW
    )
    made = await tenant.client_with(text).post(keys, json=body)
    assert (made.status_code, made.json()["office"]) == (201, "ceo")
    assert (await tenant.client_with(made.json()["key"]).post(path(tenant), json=BODY)).status_code == 201
    listed = (await admin.get(keys)).json()
    assert {one["name"]: one["office"] for one in listed} == {"test": None, "chief": "ceo"}
    assert (await tenant.client_with(text).post(keys, json={**body, "office": "cfo"})).status_code == 422
