"""Records and policies from before the categories had their names: renamed in place, and nothing else changes."""

from __future__ import annotations

import uuid
from typing import Any

from conftest import Tenant, now

from domain.records import Category, Purpose, Role
from domain.scopes import Scope
from governance import workspaces
from governance.workspaces import WorkspaceStore
from storage.categories_4 import RENAMED
from storage.migrations import migrate

_OLD = {new: old for old, new in RENAMED.items()}
_OLD_CATEGORIES = {
    "content": {
        "role": "processor",
        "legal_basis": "customer_instruction",
        "purposes": ["transcription", "redaction", "serve_customer"],
        "retention": {"add": "P45D", "source": "customer instruction"},
    },
    "traffic_identifiers": {
        "role": "controller",
        "legal_basis": "contract",
        "purposes": ["traffic_management"],
        "retention": {"add": "P12M", "align": "month_end", "source": "promise RK6"},
    },
    "traffic": {
        "role": "controller",
        "legal_basis": "contract",
        "purposes": ["traffic_management"],
        "retention": {"add": "P10Y", "align": "year_end", "source": "promise RK7"},
    },
    "usage": {
        "role": "controller",
        "legal_basis": "contract",
        "purposes": ["security"],
        "retention": {"add": "P3Y", "source": "promise RK9"},
    },
}


async def make_old(tenant: Tenant) -> dict[str, Any]:
    """Give a workspace the policy and the tags of a version that knew four categories; return its call as it was."""
    database = tenant.resources.database
    client = await tenant.client(Scope.CALLS_WRITE)
    log = {"setup_time": "2026-11-20T11:32:00+05:30", "direction": "inbound", "caller": "+14155550132"}
    body = {"recording": {"media_type": "audio/wav", "size": 10}, "call_log": log}
    made = await client.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert made.status_code == 201, made.text
    mine = {"workspace_id": tenant.workspace_id}
    for name in ("calls", "recordings", "call_logs"):
        for new, old in _OLD.items():
            await database._raw(name).update_many(mine | {"category": new}, {"$set": {"category": old}})
    body = {"id": "strict/x", "version": 1, "region": "ap-south-1", "zone": "Asia/Kolkata", "consent_required": False}
    await database._raw("policies").update_one(mine, {"$set": {"body": body | {"categories": _OLD_CATEGORIES}}})
    await database._raw("schema_migrations").delete_one({"_id": 4})
    workspaces._POLICIES.clear()
    found: dict[str, Any] = await database._raw("calls").find_one(mine)
    return found


async def test_tags_and_policies_of_before_get_the_names_of_today_and_keep_all_else(tenant: Tenant) -> None:
    before = await make_old(tenant)
    assert before["category"] == "content"
    database = tenant.resources.database
    assert 4 in await migrate(database, now=now())
    assert await migrate(database, now=now()) == [], "a second time there is nothing to do"
    mine = {"workspace_id": tenant.workspace_id}
    assert await database._raw("calls").find_one(mine) == before | {"category": "communications_content"}
    assert {page["category"] async for page in database._raw("call_logs").find(mine)} == {"traffic_data"}
    policy = (await WorkspaceStore(tenant.resources).get(tenant.workspace_id)).policy
    assert set(policy.categories) == set(Category)
    content = policy.categories[Category.COMMUNICATIONS_CONTENT]
    assert content.retention.add is not None
    assert content.retention.add.to_text() == "P45D", "what the workspace had said stays"
    assert policy.instruction is not None
    assert policy.instruction.purposes == (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER)
    assert policy.categories[Category.PROSPECT].role is Role.CONTROLLER
    assert [ceiling.add.to_text() for ceiling in policy.ceilings] == ["P12M", "P1M"]


async def test_a_record_of_before_can_still_be_changed_until_the_migration_ran(tenant: Tenant) -> None:
    before = await make_old(tenant)
    scoped = tenant.resources.database.scoped("calls", tenant.workspace_id)
    assert await scoped.update({"_id": before["_id"]}, {"$set": {"updated_at": now()}}) == 1
    await migrate(tenant.resources.database, now=now())
