"""Legal holds as they are stored: placed per matter, on one call or on a workspace, and released."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.errors import Gone, NotFound
from domain.holds import LegalHold
from domain.ids import new_id
from storage.resources import Resources


class HoldStore:
    """The one writer of `legal_holds`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._holds = resources.database.scoped("legal_holds", workspace_id)
        self._workspace_id = workspace_id

    async def place(self, *, matter: str, call_id: str | None, now: datetime) -> LegalHold:
        """Place a hold on one call, or on the whole workspace. Raises Gone when the call's key is destroyed already."""
        document = {
            "_id": new_id("hold"),
            "workspace_id": self._workspace_id,
            "matter": matter,
            "call_id": call_id,
            "placed_at": now,
            "released_at": None,
        }

        async def write(tx: Any) -> None:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            if call_id and await self._resources.keyring.is_destroyed(self._workspace_id, call_id, tx=tx):
                raise Gone("the call is erased already; there is nothing left to hold", call_id=call_id)
            await self._holds.insert(document, tx=tx)

        await self._resources.database.transaction(write)
        return LegalHold.from_document(document)

    async def release(self, hold_id: str, *, now: datetime) -> LegalHold:
        """Release a hold; releasing it twice keeps the first time. Raises NotFound."""
        await self._holds.update({"_id": hold_id, "released_at": None}, {"$set": {"released_at": now}})
        document = await self._holds.find_one({"_id": hold_id})
        if document is None:
            raise NotFound("no such hold", hold_id=hold_id)
        return LegalHold.from_document(document)

    async def in_force(self, *, tx: Any = None) -> list[LegalHold]:
        """Return the workspace's holds that are not released."""
        found = await self._holds.find({"released_at": None}, tx=tx)
        return [LegalHold.from_document(document) for document in found]

    async def is_held(self, call_id: str, *, tx: Any = None) -> bool:
        """Say whether any hold covers the call now."""
        return any(hold.covers(self._workspace_id, call_id) for hold in await self.in_force(tx=tx))
