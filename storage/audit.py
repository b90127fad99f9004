"""The audit chain: each workspace's events in order, each holding the hash of the one before, so that a gap shows."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from domain.errors import Duplicate, Unavailable
from domain.ids import new_id
from storage.mongo import Database, Document

PLATFORM = "platform"
"""The chain of events that belong to no workspace."""
_TRIES = 20


class AuditLog:
    """Appends events and checks the chain. Events carry ids and constant words, never personal data of a call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._appending: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def append(
        self,
        workspace_id: str | None,
        event: str,
        *,
        actor: str,
        now: datetime,
        call_id: str | None = None,
        detail: dict[str, str | int] | None = None,
        event_id: str | None = None,
    ) -> None:
        """Append one event such as `call:transcript:read_clear`. Returns only once it is stored.

        Within a process events of a chain queue up; against other processes the unique sequence decides. An event with
        an `event_id` of the caller's is stored once, however often it is appended.

        Raises:
            Unavailable: other processes were faster every time; nothing is stored.
        """
        chain = workspace_id or PLATFORM
        async with self._appending[chain]:
            name = event_id or new_id("evt")
            await self._append(chain, event, name, actor=actor, now=now, call_id=call_id, detail=detail)

    async def _append(
        self,
        chain: str,
        event: str,
        event_id: str,
        *,
        actor: str,
        now: datetime,
        call_id: str | None,
        detail: dict[str, str | int] | None,
    ) -> None:
        events = self._database.scoped("audit_events", chain)
        for _ in range(_TRIES):
            last = await events.find({}, sort=(("sequence", -1),), limit=1)
            body: Document = {
                "sequence": last[0]["sequence"] + 1 if last else 1,
                "previous_hash": last[0]["hash"] if last else "",
                "event": event,
                "actor": actor,
                "at": now.replace(microsecond=now.microsecond // 1000 * 1000),
                "call_id": call_id,
                "detail": detail or {},
            }
            try:
                await events.insert({"_id": event_id, **body, "hash": _hash(chain, body)})
            except Duplicate:
                if await events.find_one({"_id": event_id}, fields=("_id",)) is not None:
                    return
                continue
            return
        raise Unavailable("the audit chain was too busy to append to", chain=chain)

    async def events(self, workspace_id: str | None, *, call_id: str | None = None, limit: int = 100) -> list[Document]:
        """Return a chain's events, newest first."""
        found: Document = {} if call_id is None else {"call_id": call_id}
        return await self._database.scoped("audit_events", workspace_id or PLATFORM).find(
            found, sort=(("sequence", -1),), limit=limit
        )

    async def broken_at(self, workspace_id: str | None) -> int | None:
        """Return the sequence number at which the chain does not hold, None when all of it does."""
        chain = workspace_id or PLATFORM
        previous, expected = "", 1
        for document in await self._database.scoped("audit_events", chain).find({}, sort=(("sequence", 1),)):
            body = {name: document[name] for name in _HASHED}
            fits = document["sequence"] == expected and document["previous_hash"] == previous
            if not fits or document["hash"] != _hash(chain, body):
                return expected
            previous, expected = document["hash"], expected + 1
        return None


_HASHED = ("sequence", "previous_hash", "event", "actor", "at", "call_id", "detail")


def _hash(chain: str, body: dict[str, Any]) -> str:
    told = {name: body[name] for name in _HASHED} | {
        "at": body["at"].isoformat(timespec="milliseconds"),
        "chain": chain,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
