"""Workspaces (tenants), the policy each runs under, and the instruction of the customer behind it."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.errors import Invalid, NotFound
from domain.ids import new_id
from domain.jobs import DEFAULT_MODEL
from domain.listening import SpeechSettings
from domain.policy import Policy
from domain.records import Purpose
from governance.profiles import DEFAULT_PROFILE, build_policy, load_profile
from storage.mongo import Document
from storage.resources import Resources

_POLICIES: dict[tuple[str, int], Policy] = {}
_MOST_POLICIES = 10_000
DEFAULT_INSTRUCTION = (Purpose.TRANSCRIPTION, Purpose.REDACTION, Purpose.SERVE_CUSTOMER)


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """What an administrator says of a new workspace."""

    name: str
    profile: str = DEFAULT_PROFILE
    content_retention: str | None = None
    """ISO 8601 duration of the customer's own window for content, None for the profile's."""
    consent_required: bool | None = None
    instruction: Collection[Purpose] = DEFAULT_INSTRUCTION


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as the rules need it."""

    workspace_id: str
    name: str
    policy: Policy
    instructed_purposes: frozenset[Purpose]
    instruction_version: int
    training_opted_in: bool
    created_at: datetime
    speech: SpeechSettings


class WorkspaceStore:
    """The one writer of `workspaces` and `policies`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._workspaces = resources.database.whole("workspaces")

    async def create(self, new: NewWorkspace, *, now: datetime) -> Workspace:
        """Create a workspace with version 1 of its policy and a key of its own. Raises Invalid."""
        workspace_id = new_id("ws")
        body = _policy_body(new, workspace_id, region=self._resources.settings.s3_region)
        build_policy(body)
        document = {
            "_id": workspace_id,
            "name": new.name,
            "policy_version": 1,
            "instruction": {"version": 1, "purposes": [purpose.value for purpose in new.instruction], "given_at": now},
            "training_opted_in": False,
            "created_at": now,
        }
        policy = {"_id": new_id("pol"), "workspace_id": workspace_id, "version": 1, "body": body, "created_at": now}

        async def write(tx: Any) -> None:
            await self._workspaces.insert(document, tx=tx)
            await self._resources.database.scoped("policies", workspace_id).insert(policy, tx=tx)
            await self._resources.keyring.create_workspace_key(workspace_id, now=now, tx=tx)

        await self._resources.database.transaction(write)
        return await self.get(workspace_id)

    async def get(self, workspace_id: str) -> Workspace:
        """Return a workspace with its policy in force. Raises NotFound."""
        document = await self._workspaces.find_one({"_id": workspace_id})
        if document is None:
            raise NotFound("no such workspace", workspace_id=workspace_id)
        return _workspace(document, await self._policy(workspace_id, int(document["policy_version"])))

    async def set_speech(self, workspace_id: str, speech: SpeechSettings) -> Workspace:
        """Replace how the workspace's calls are heard from now on. Raises NotFound, or Invalid naming the field."""
        known = {DEFAULT_MODEL, *self._resources.settings.speech_models}
        if speech.model is not None and speech.model not in known:
            raise Invalid("no speech model of this name is configured", field="model", known=", ".join(sorted(known)))
        stored = {"speech": speech.checked().to_document()}
        if await self._workspaces.update({"_id": workspace_id}, {"$set": stored}) != 1:
            raise NotFound("no such workspace", workspace_id=workspace_id)
        return await self.get(workspace_id)

    async def _policy(self, workspace_id: str, version: int) -> Policy:
        """Return a version of a workspace's policy; a version is never changed, so that it is read once a process."""
        known = _POLICIES.get((workspace_id, version))
        if known is not None:
            return known
        found = await self._resources.database.scoped("policies", workspace_id).find_one({"version": version})
        if found is None:
            raise NotFound("the workspace has no policy", workspace_id=workspace_id)
        if len(_POLICIES) >= _MOST_POLICIES:
            _POLICIES.clear()
        return _POLICIES.setdefault((workspace_id, version), build_policy(found["body"]))


def _policy_body(new: NewWorkspace, workspace_id: str, *, region: str) -> dict[str, Any]:
    body = copy.deepcopy(load_profile(new.profile))
    body["id"] = f"{body['id']}/{workspace_id}"
    body["version"] = 1
    body["region"] = region
    body.pop("revised", None)
    if new.consent_required is not None:
        body["consent_required"] = new.consent_required
    if new.content_retention is not None:
        body["categories"]["content"]["retention"] = {"add": new.content_retention, "source": "customer instruction"}
    if not new.instruction:
        raise Invalid("an instruction names at least one purpose", field="instruction")
    return body


def _workspace(document: Document, policy: Policy) -> Workspace:
    return Workspace(
        workspace_id=document["_id"],
        name=document["name"],
        policy=policy,
        instructed_purposes=frozenset(Purpose(purpose) for purpose in document["instruction"]["purposes"]),
        instruction_version=int(document["instruction"]["version"]),
        training_opted_in=bool(document["training_opted_in"]),
        created_at=document["created_at"],
        speech=SpeechSettings.from_document(document.get("speech")),
    )
