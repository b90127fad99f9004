"""Records to hold, brought in as clients bring them, and holds placed as an officer places them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cdr_rows import leg, policy_of

from domain.scopes import Scope
from ingest.call_logs import CallLogStore
from ingest.cdrs import CdrStore

if TYPE_CHECKING:
    import httpx
    from conftest import Tenant

NOW = datetime.now(UTC).replace(microsecond=0)
ANNA = "+14155550132"
EVERY = (Scope.CALLS_WRITE, Scope.CALLS_READ, Scope.PRIVACY_MANAGE)
QUERY = {"kind": "cdr", "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00+05:30"}


async def new_call(client: httpx.AsyncClient, number: str | None = None) -> str:
    body: dict[str, Any] = {"recording": {"media_type": "audio/wav", "size": 10}}
    if number is not None:
        body["call_log"] = {"setup_time": (NOW - timedelta(hours=1)).isoformat(), "caller": number}
    answer = await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["call"]["id"])


async def new_cdr(tenant: Tenant, *, at: datetime = NOW - timedelta(hours=1)) -> str:
    cdrs = CdrStore(tenant.resources, tenant.workspace_id)
    await cdrs.land("pbx", [[leg(int(at.timestamp()), at=at)]], await policy_of(tenant), now=at)
    found = await tenant.resources.database.scoped("cdrs", tenant.workspace_id).find({"setup_time": at})
    return str(found[0]["_id"])


async def log_of(tenant: Tenant, call_id: str) -> str:
    log = await CallLogStore(tenant.resources, tenant.workspace_id).of_call(call_id)
    assert log is not None
    return str(log["_id"])


async def place(client: httpx.AsyncClient, **scope: Any) -> dict[str, Any]:
    answer = await client.post("/v1/holds", json={"matter": "2026-114", **scope})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def events(tenant: Tenant, name: str) -> list[dict[str, Any]]:
    return [one for one in await tenant.resources.audit.events(tenant.workspace_id, limit=0) if one["event"] == name]
