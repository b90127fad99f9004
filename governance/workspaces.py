"""Workspaces (tenants), the policy each runs under, and the instruction of the customer behind it."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import new_id
from domain.jobs import DEFAULT_MODEL
from domain.listening import SpeechSettings
from domain.records import Purpose
from domain.settled_policy import SettledPolicy
from governance.profiles import DEFAULT_PROFILE, build_policy, load_profile
from governance.workspace_reading import (
    Ending,
    Outdated,
    Redating,
    SettingsVersion,
    Workspace,
    WorkspaceEnded,
    dates_traffic_anew,
    fresh_redating,
    settled,
    stored_version,
    version_of_policy,
    workspace_of,
)
from storage.mongo import Document
from storage.resources import Resources

__all__ = ["NewWorkspace", "Workspace", "WorkspaceEnded", "WorkspaceStore"]

_POLICIES: dict[tuple[str, int], tuple[SettledPolicy, SettingsVersion]] = {}
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
        policy, version = await self._policy(workspace_id, int(document["policy_version"]))
        return workspace_of(document, policy, version)

    async def version(self, workspace_id: str, version: int) -> SettingsVersion:
        """Return what a version of the policy set, by whom and why. Raises NotFound."""
        return (await self._policy(workspace_id, version))[1]

    async def versions(self, workspace_id: str) -> list[SettingsVersion]:
        """Return every version, oldest first."""
        found = await self._resources.database.scoped("policies", workspace_id).find({}, sort=(("version", 1),))
        return [version_of_policy(document) for document in found]

    async def put_settings(self, workspace_id: str, wanted: SettingsVersion, *, tx: Any = None) -> None:
        """Make these settings the version in force, for new records at once; `wanted.version` follows the one that is.

        Stored records follow by re-dating, which begins anew. Raises Outdated when another version came first.
        """
        basis = wanted.settings.to_document()["training_basis"]
        fields = {"training_opted_in": wanted.settings.training, "training_basis": basis}
        await self._follow(workspace_id, wanted, fields, tx)

    async def end(self, workspace_id: str, ending: Ending, *, tx: Any = None) -> None:
        """Note that the account ended: a version of its own, which stored records follow. Raises Outdated, Conflict."""
        await self._turn(workspace_id, ending, ended=False, by=ending.by, why=ending.why, now=ending.ended_at, tx=tx)

    async def reopen(self, workspace_id: str, *, by: str, why: str, now: datetime, tx: Any = None) -> None:
        """Take the end of an account back: a version of its own again. Raises Outdated, Conflict."""
        await self._turn(workspace_id, None, ended=True, by=by, why=why, now=now, tx=tx)

    async def _turn(
        self, workspace_id: str, ending: Ending | None, *, ended: bool, by: str, why: str, now: datetime, tx: Any
    ) -> None:
        found = await self._workspaces.find_one({"_id": workspace_id}, tx=tx)
        if found is None or (found.get("ending") is not None) != ended:
            raise Conflict("the account has not ended" if ended else "the account has ended already")
        before = await self.version(workspace_id, int(found["policy_version"]))
        wanted = replace(before, version=before.version + 1, set_by=by, set_at=now, why=why, approved_by=None)
        await self._follow(workspace_id, wanted, {"ending": None if ending is None else asdict(ending)}, tx)

    async def _follow(self, workspace_id: str, wanted: SettingsVersion, fields: Document, tx: Any) -> None:
        policies = self._resources.database.scoped("policies", workspace_id)
        followed = {"_id": workspace_id, "policy_version": wanted.version - 1}
        there = await self._workspaces.find_one(followed, tx=tx)
        before = await policies.find_one({"version": wanted.version - 1}, tx=tx)
        if there is None or before is None:
            raise Outdated("the settings were changed meanwhile", workspace_id=workspace_id)
        traffic = "ending" in fields or dates_traffic_anew(version_of_policy(before), wanted)
        redating = fresh_redating(wanted.version, wanted.set_at, traffic=traffic, before=there.get("redating"))
        change = {**fields, "policy_version": wanted.version, "redating": redating}
        if await self._workspaces.update(followed, {"$set": change}, tx=tx) != 1:
            raise Outdated("the settings were changed meanwhile", workspace_id=workspace_id)
        body = {**before["body"], "version": wanted.version}
        policy = {"_id": new_id("pol"), "version": wanted.version, "body": body, **stored_version(wanted)}
        await policies.insert(policy, tx=tx)

    async def to_redate(self) -> list[str]:
        """Return the workspaces of which not every stored record follows the version in force."""
        waiting = {"redating": {"$type": "object"}, "redating.settled_at": None}
        return [one["_id"] for one in await self._workspaces.find(waiting, fields=("_id",))]

    async def note_redating(self, workspace_id: str, before: Redating, after: Redating) -> bool:
        """Note how far re-dating has got; False when another one, or a newer version, changed it meanwhile."""
        as_it_was = {"_id": workspace_id, "redating": asdict(before)}
        return await self._workspaces.update(as_it_was, {"$set": {"redating": asdict(after)}}) == 1

    async def set_speech(self, workspace_id: str, speech: SpeechSettings) -> Workspace:
        """Replace how the workspace's calls are heard from now on. Raises NotFound, or Invalid naming the field."""
        known = {DEFAULT_MODEL, *self._resources.settings.speech_models}
        if speech.model is not None and speech.model not in known:
            raise Invalid("no speech model of this name is configured", field="model", known=", ".join(sorted(known)))
        stored = {"speech": speech.checked().to_document()}
        if await self._workspaces.update({"_id": workspace_id}, {"$set": stored}) != 1:
            raise NotFound("no such workspace", workspace_id=workspace_id)
        return await self.get(workspace_id)

    async def _policy(self, workspace_id: str, version: int) -> tuple[SettledPolicy, SettingsVersion]:
        """Return a version of a workspace's policy; a version is never changed, so that it is read once a process."""
        known = _POLICIES.get((workspace_id, version))
        if known is not None:
            return known
        found = await self._resources.database.scoped("policies", workspace_id).find_one({"version": version})
        if found is None:
            raise NotFound("the workspace's policy has no such version", workspace_id=workspace_id)
        if len(_POLICIES) >= _MOST_POLICIES:
            _POLICIES.clear()
        told = version_of_policy(found)
        policy = SettledPolicy.of(build_policy(found["body"]), settled(told, None))
        return _POLICIES.setdefault((workspace_id, version), (policy, told))


def _policy_body(new: NewWorkspace, workspace_id: str, *, region: str) -> dict[str, Any]:
    body = copy.deepcopy(load_profile(new.profile))
    body["id"] = f"{body['id']}/{workspace_id}"
    body["version"] = 1
    body["region"] = region
    body.pop("revised", None)
    if new.consent_required is not None:
        body["consent_required"] = new.consent_required
    if new.content_retention is not None:
        retention = {"add": new.content_retention, "source": "customer instruction"}
        body["categories"]["communications_content"]["retention"] = retention
    body["instruction"] = {"version": 1, "purposes": [purpose.value for purpose in new.instruction]}
    if not new.instruction:
        raise Invalid("an instruction names at least one purpose", field="instruction")
    return body
