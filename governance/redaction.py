"""A workspace's redaction policy: every version that it ever had, and the one in force.

A version is never changed: a call names the one under which it was redacted, and stays as it is when another follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.errors import Conflict, Duplicate, NotFound
from domain.ids import new_id
from domain.redaction_policy import RedactionPolicy, policy_from_document
from governance.redaction_profiles import policy_of, profile_policy
from storage.mongo import Document
from storage.resources import Resources


class RedactionPolicies:
    """The one writer of `redaction_policies`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._policies = resources.database.scoped("redaction_policies", workspace_id)
        self._workspace_id = workspace_id

    async def in_force(self) -> RedactionPolicy:
        """Return the newest version; a workspace that never set one works under the default profile (version 0)."""
        newest = await self._policies.find({}, sort=(("version", -1),), limit=1)
        return _policy(newest[0]) if newest else profile_policy()

    async def version(self, version: int) -> RedactionPolicy:
        """Return a version, 0 being the default profile. Raises NotFound."""
        if version == 0:
            return profile_policy()
        found = await self._policies.find_one({"version": version})
        if found is None:
            raise NotFound("the workspace never had such a redaction policy", workspace_id=self._workspace_id)
        return _policy(found)

    async def put(self, body: Mapping[str, Any], *, now: datetime) -> RedactionPolicy:
        """Add a version and return it; what is said again as it is adds none. Raises Invalid, or Conflict.

        What a profile says is copied: another release's profile does not change it.
        """
        current = await self.in_force()
        wanted = policy_of(body, version=current.version + 1)
        if current.version and wanted.to_document() == current.to_document():
            return current
        document = {"_id": new_id("rpol"), "version": wanted.version, "body": wanted.to_document(), "created_at": now}
        try:
            await self._policies.insert(document)
        except Duplicate:
            raise Conflict("somebody else set the redaction policy just now; look at it and set it again") from None
        return wanted


def _policy(document: Document) -> RedactionPolicy:
    body: dict[str, Any] = document["body"]
    return policy_from_document(body, profile=body["profile"], version=int(document["version"]))
