"""The ML team sees counts and reasons, and nothing of anybody's call."""

from __future__ import annotations

import uuid

from conftest import Tenant

from domain.scopes import Scope


async def test_candidates_are_counted_by_the_reason_that_keeps_them_out(tenant: Tenant) -> None:
    phone, team = await tenant.client(Scope.CALLS_WRITE), await tenant.client(Scope.CORPUS_READ)
    assert (await team.get("/v1/corpus/candidates")).json() == {}
    body = {"recording": {"media_type": "audio/wav", "size": 10}}
    ids = [
        (await phone.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})).json()["call"]["id"]
        for _ in range(2)
    ]
    assert (await team.get("/v1/corpus/candidates")).json() == {"not_ready": 2}
    calls = tenant.resources.database.scoped("calls", tenant.workspace_id)
    await calls.update_all({}, {"$set": {"state": "ready"}})
    assert (await team.get("/v1/corpus/candidates")).json() == {"purpose_not_granted": 2}
    officer = await tenant.client(Scope.PRIVACY_MANAGE)
    await officer.post("/v1/holds", json={"matter": "2026-1", "call_id": ids[0]})
    assert (await team.get("/v1/corpus/candidates")).json() == {"held": 1, "purpose_not_granted": 1}
    await calls.update_all({}, {"$set": {"purposes": ["train_ai_system"]}})
    assert (await team.get("/v1/corpus/candidates")).json() == {"held": 1, "not_instructed": 1}
    await calls.update_all({}, {"$set": {"role": "controller"}})
    assert (await team.get("/v1/corpus/candidates")).json() == {"held": 1, "workspace_opted_out": 1}
