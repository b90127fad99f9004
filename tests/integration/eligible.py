"""Calls that may be trained on, and what keeps them out: workspaces, parties and choices as clients make them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from conftest import MakeTenant, Tenant

from corpus.eligibility import Eligibility, EligibilityReader
from corpus.policy import CorpusPolicy
from domain.records import Purpose
from domain.scopes import Scope
from governance.workspaces import DEFAULT_INSTRUCTION, WorkspaceStore
from redaction.port import FinderStamp
from redaction.store import RedactionStore

ANNA, BEN, CARA = "+14155550132", "+442079460018", "+919876543210"
STAMP = FinderStamp("double", "none", str(CorpusPolicy().minimum_redaction))
POLICY = CorpusPolicy()


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Trainable:
    """A workspace whose calls may be trained on, with a phone, a privacy officer, and an administrator."""

    tenant: Tenant
    phone: httpx.AsyncClient
    officer: httpx.AsyncClient
    admin: httpx.AsyncClient
    calls: list[str] = field(default_factory=list)

    async def call(self, *people: str | None, ready: bool = True, **changes: Any) -> str:
        """Register a call of these people; ready: redacted by rules that are new enough."""
        log = {"setup_time": utc_now().isoformat(), "direction": "inbound", "duration_s": 60.0}
        sides = dict(zip(("caller", "callee"), people, strict=True)) if people else {}
        body = {"recording": {"media_type": "audio/wav", "size": 10}, "call_log": log | sides, **changes}
        if not people:
            body.pop("call_log")
        answer = await self.phone.post("/v1/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 201, answer.text
        call_id: str = answer.json()["call"]["id"]
        if ready:
            await self.make_ready(call_id)
        return call_id

    async def make_ready(self, call_id: str, stamp: FinderStamp = STAMP) -> None:
        """Write what the stages would have written, as far as the corpus looks at it."""
        calls = self.tenant.resources.database.scoped("calls", self.tenant.workspace_id)
        await calls.update({"_id": call_id}, {"$set": {"state": "ready", "ready_versions": [1]}})
        call = await calls.find_one({"_id": call_id})
        assert call is not None
        await RedactionStore(self.tenant.resources, self.tenant.workspace_id).save_spans(call, (), stamp, now=utc_now())

    async def choose(self, number: str, state: str = "granted", **changes: Any) -> httpx.Response:
        """Note what somebody says of training."""
        choice = {"purpose": "train_ai_system", "state": state, "act": "clicked", "text_version": "train-1", **changes}
        body = {"person": {"number": number}, "choices": [choice]}
        answer = await self.officer.post("/v1/people/consents", json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer

    async def judged(
        self, *call_ids: str, at: datetime | None = None, now: datetime | None = None
    ) -> list[Eligibility]:
        """Judge these calls in their order."""
        database, workspace_id = self.tenant.resources.database, self.tenant.workspace_id
        found = {one["_id"]: one for one in await database.scoped("calls", workspace_id).find({})}
        moment = utc_now()
        reader = await EligibilityReader.open(
            self.tenant.resources, workspace_id, at=at or moment, policy=POLICY, now=now or moment
        )
        return await reader.judge([found[one] for one in call_ids])

    async def why(self, call_id: str) -> str:
        """Return the one reason."""
        return (await self.judged(call_id))[0].reason.value

    async def set_training(self, **changes: Any) -> httpx.Response:
        """Set the workspace's settings, training on unless said otherwise."""
        workspace_id = self.tenant.workspace_id
        workspaces = self.tenant.resources.database.whole("workspaces")
        await workspaces.update({"_id": workspace_id}, {"$unset": {"redating": ""}})  # as if all followed by now
        version = (await WorkspaceStore(self.tenant.resources).get(workspace_id)).policy.version
        body = {"training": True, "reason": "agreed with the customer", "based_on": version, **changes}
        return await self.admin.put(f"/v1/workspaces/{workspace_id}/retention", json=body)


async def trainable(make_tenant: MakeTenant, **changes: Any) -> Trainable:
    """Make a workspace whose instruction, profile and setting name training."""
    instruction = (*DEFAULT_INSTRUCTION, Purpose.TRAIN_AI_SYSTEM)
    tenant: Tenant = await make_tenant(**{"profile": "ruu", "instruction": instruction, **changes})
    made = Trainable(
        tenant,
        await tenant.client(Scope.CALLS_WRITE, Scope.CALLS_READ),
        await tenant.client(Scope.PRIVACY_MANAGE),
        await tenant.client(Scope.WORKSPACE_ADMIN),
    )
    answer = await made.set_training()
    assert answer.status_code == 200, answer.text
    return made
