"""Tombstones: what was erased is not taken in again. A keyed hash of the call's identity, nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.ids import new_id
from storage.resources import Resources


class TombstoneStore:
    """The one writer of `tombstones`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._stones = resources.database.scoped("tombstones", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def _mark(self, identity: str) -> str:
        return await self._keyring.blind_index(self._workspace_id, f"tombstone:{identity}")

    async def place(self, identities: list[str], *, now: datetime, tx: Any = None) -> None:
        """Remember that these identities (`origin:…`, `content:…`) were erased."""
        for identity in identities:
            mark = await self._mark(identity)
            change = {"$setOnInsert": {"_id": new_id("tomb"), "erased_at": now}}
            await self._stones.update({"mark": mark}, change, upsert=True, tx=tx)

    async def is_erased(self, identity: str) -> bool:
        """Say whether something with this identity was erased."""
        return await self._stones.find_one({"mark": await self._mark(identity)}) is not None
