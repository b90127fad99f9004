"""A workspace can run under each profile that ships, and its records are born with what the profile says."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from conftest import MakeTenant, Tenant

from domain.scopes import Scope
from governance.profiles import profile_names

LOG = {"setup_time": "2026-11-20T11:32:00+05:30", "direction": "inbound", "caller": "+14155550132"}
NO_END = datetime(9999, 12, 31, tzinfo=UTC)


async def register(tenant: Tenant) -> Any:
    client = await tenant.client(Scope.CALLS_WRITE)
    body = {"recording": {"media_type": "audio/wav", "size": 10}, "call_log": LOG}
    return await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})


async def kept(tenant: Tenant, collection: str) -> list[Any]:
    return await tenant.resources.database.scoped(collection, tenant.workspace_id).find({})


@pytest.mark.parametrize("name", sorted(set(profile_names()) - {"rumo"}))
async def test_a_call_is_born_under_each_profile(make_tenant: MakeTenant, name: str) -> None:
    tenant = await make_tenant(profile=name)
    assert (await register(tenant)).status_code == 201
    (call,), (page,) = await kept(tenant, "calls"), await kept(tenant, "call_logs")
    days = {"strict": "2026-12-20T18:30", "ruu": "2027-02-18T18:30"}
    expected = datetime.fromisoformat(f"{days[name]}+00:00") if name in days else NO_END
    assert call["retain_until"] == expected
    assert (call["role"], call["legal_basis"]) == ("processor", "customer_instruction")
    assert page["role"] == ("processor" if name == "ruu" else "controller")
    assert page["legal_basis"] == {"ruu": "customer_instruction", "strict": "contract"}.get(
        name, "legitimate_interest"
    ), "a company is the customer unless the workspace says otherwise (RK4)"


async def test_a_window_of_its_own_ends_what_a_profile_leaves_open(make_tenant: MakeTenant) -> None:
    tenant = await make_tenant(profile="rukuse", content_retention="P30D")
    await register(tenant)
    (call,) = await kept(tenant, "calls")
    assert call["retain_until"] == datetime(2026, 12, 20, 18, 30, tzinfo=UTC)


async def test_under_rumo_no_content_is_kept(make_tenant: MakeTenant) -> None:
    tenant = await make_tenant(profile="rumo")
    answer = await register(tenant)
    calls = await kept(tenant, "calls")
    assert answer.status_code != 201 or calls[0]["retain_until"] <= datetime.now(UTC)
    assert await kept(tenant, "transcripts") == []
