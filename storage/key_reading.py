"""What is known of keys without opening any: which there are, and which are destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.mongo import Database


class KeyReader:
    """Reads the list of keys."""

    def __init__(self, database: Database) -> None:
        self._found = database.whole("keys")

    async def live_months(self, workspace_id: str) -> list[str]:
        """Return the months (`2026-11`) of which the workspace has a key that is not destroyed, oldest first."""
        live = {"workspace_id": workspace_id, "kind": "month", "wrapped": {"$exists": True}}
        return sorted(key["_id"].rpartition("/")[2] for key in await self._found.find(live, fields=("_id",)))

    async def workspaces_with_months(self) -> frozenset[str]:
        """Return the ids of workspaces that have a month's key."""
        live = {"kind": "month", "wrapped": {"$exists": True}}
        return frozenset(key["workspace_id"] for key in await self._found.find(live, fields=("workspace_id",)))

    async def is_destroyed(self, workspace_id: str, key_id: str, *, tx: Any = None) -> bool:
        """Say whether the key can no longer be had."""
        found = await self._found.find_one({"_id": key_id, "workspace_id": workspace_id}, tx=tx)
        return found is None or found.get("wrapped") is None

    async def destroyed_among(self, key_ids: Sequence[str]) -> frozenset[str]:
        """Return those of the keys of which only the fact is left that they were destroyed."""
        gone = {"_id": {"$in": list(key_ids)}, "wrapped": {"$exists": False}, "destroyed_at": {"$exists": True}}
        return frozenset(key["_id"] for key in await self._found.find(gone, fields=("_id",)))
