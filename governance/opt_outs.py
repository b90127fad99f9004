"""People who opted out of training, known by keyed hash only (promise RU10).

What must never happen here: a call of somebody who opted out counted as one that may be trained on. The hashes are kept
until the choice is withdrawn: they must outlive the person's records, or the next call would be taken.
"""

from __future__ import annotations

from datetime import datetime

from storage.resources import Resources


class OptOutStore:
    """The one writer of `training_opt_outs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._opt_outs = resources.database.scoped("training_opt_outs", workspace_id)
        self._workspace_id = workspace_id

    async def _names(self, subject: str) -> tuple[str, str]:
        indexer = await self._resources.keyring.blind_indexer(self._workspace_id)
        return indexer.derived_id("opt", subject), indexer.token(subject)

    async def opt_out(self, subject: str, *, by: str, now: datetime) -> bool:
        """Note that somebody opts out; False when they had. `subject` is a number or address as it is searched for."""
        name, token = await self._names(subject)
        found = await self._opt_outs.find_one({"_id": name})
        if found is not None and found["withdrawn_at"] is None:
            return False
        fields = {"person": token, "since": now, "noted_by": by, "withdrawn_at": None, "withdrawn_by": None}
        first = {"$set": fields, "$setOnInsert": {"workspace_id": self._workspace_id}}
        await self._opt_outs.update({"_id": name}, first, upsert=True)
        return True

    async def withdraw(self, subject: str, *, by: str, now: datetime) -> bool:
        """Note that somebody takes the opt-out back; False when there was none."""
        name, _ = await self._names(subject)
        standing = {"_id": name, "withdrawn_at": None}
        change = {"$set": {"withdrawn_at": now, "withdrawn_by": by}}
        return await self._opt_outs.update(standing, change) == 1

    async def people(self) -> int:
        """Return how many people opted out."""
        return await self._opt_outs.count({"withdrawn_at": None})
