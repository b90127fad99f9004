"""Calls as they are read: within their workspace, and never once they are erased or due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from domain.calls import CallIdentity, CallState, is_same_call
from domain.errors import Gone, NotFound
from domain.ids import is_id
from storage.catalog import TEXT
from storage.mongo import Document
from storage.resources import Resources

LIVE: Final = [state.value for state in CallState if state not in {CallState.ERASING, CallState.ERASED}]


class CallReader:
    """Reads `calls`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._found = resources.database.scoped("calls", workspace_id)
        self._workspace_id = workspace_id

    async def get(self, call_id: str, *, now: datetime, tx: Any = None) -> Document:
        """Return a call. Raises NotFound, also for another workspace's; Gone when it is erased or due."""
        document = await self._found.find_one({"_id": call_id}, tx=tx) if is_id("call", call_id) else None
        if document is None:
            raise NotFound("no such call", call_id=call_id if is_id("call", call_id) else None)
        if document["state"] not in LIVE or document["retain_until"] <= now:
            raise Gone("the call's retention is over or it is being erased", call_id=call_id)
        return document

    async def by_origin(self, source: str, origin_id: str) -> Document | None:
        """Return the call that this source registered under this id."""
        return await self._found.find_one({"source": source, "origin_id": {"$eq": origin_id, **TEXT}})

    async def same_call(self, call_id: str, identity: CallIdentity, *, tx: Any = None) -> Document | None:
        """Return another call that is this one delivered before, None when this is the first."""
        return await self._same(call_id, identity, {"state": {"$in": LIVE}}, tx)

    async def same_going_call(
        self, call_id: str, identity: CallIdentity, *, causes: Collection[str], tx: Any = None
    ) -> Document | None:
        """Return another call that is this one and is being erased for one of these causes."""
        going = {"state": CallState.ERASING.value, "erase_cause": {"$in": sorted(causes)}}
        return await self._same(call_id, identity, going, tx)

    async def _same(self, call_id: str, identity: CallIdentity, among: Document, tx: Any) -> Document | None:
        found = {"content_hash": {"$eq": identity.content_hash, **TEXT}, "_id": {"$ne": call_id}, **among}
        for other in await self._found.find(found, limit=50, tx=tx):
            if is_same_call(identity, CallIdentity(other["content_hash"], other["origin_id"], other["setup_time"])):
                return other
        return None

    async def raw(self, call_id: str, *, tx: Any = None) -> Document | None:
        """Return a call whatever its state: for workers and erasure, never for a reader."""
        return await self._found.find_one({"_id": call_id}, tx=tx)
