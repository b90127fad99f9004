"""The audit chain: each workspace's events in order, each holding the hash of the one before (`domain.chains`)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from domain.chains import AUDIT_FIELDS, Head, Verdict, Walk, linked
from domain.errors import Duplicate, Unavailable
from domain.ids import new_id
from storage.mongo import Database, Document

PLATFORM: Final = "platform"
"""The chain of events that belong to no workspace."""
_TRIES: Final = 20
_AT_ONCE: Final = 1000


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
        detail: Mapping[str, str | int] | None = None,
        event_id: str | None = None,
    ) -> None:
        """Append one event such as `call:transcript:read_clear`. Returns only once it is stored.

        Within a process events of a chain queue up; against other processes the unique sequence decides. An event with
        an `event_id` of the caller's is stored once, however often it is appended.

        Raises:
            Unavailable: other processes were faster every time; nothing is stored.
        """
        chain = workspace_id or PLATFORM
        body: Document = {
            "event": event,
            "actor": actor,
            "at": now.replace(microsecond=now.microsecond // 1000 * 1000),
            "call_id": call_id,
            "detail": dict(detail or {}),
        }
        async with self._appending[chain]:
            await self._append(chain, event_id or new_id("evt"), body)

    async def _append(self, chain: str, event_id: str, body: Document) -> None:
        events = self._database.scoped("audit_events", chain)
        for _ in range(_TRIES):
            last = await self._last(chain)
            try:
                await events.insert({"_id": event_id, **linked(chain, last, body, AUDIT_FIELDS)})
            except Duplicate:
                if await events.find_one({"_id": event_id}, fields=("_id",)) is not None:
                    return
                continue
            return
        raise Unavailable("the audit chain was too busy to append to", chain=chain)

    async def _last(self, chain: str) -> Document | None:
        found = await self._database.scoped("audit_events", chain).find({}, sort=(("sequence", -1),), limit=1)
        return found[0] if found else None

    async def events(self, workspace_id: str | None, *, call_id: str | None = None, limit: int = 100) -> list[Document]:
        """Return a chain's events, newest first."""
        found: Document = {} if call_id is None else {"call_id": call_id}
        return await self._database.scoped("audit_events", workspace_id or PLATFORM).find(
            found, sort=(("sequence", -1),), limit=limit
        )

    async def head(self, workspace_id: str | None, *, now: datetime) -> Head:
        """Return the chain's newest entry, for somebody to keep elsewhere."""
        chain = workspace_id or PLATFORM
        last = await self._last(chain)
        return Head(chain, last["sequence"], last["hash"], now) if last is not None else Head(chain, 0, "", now)

    async def export(self, workspace_id: str | None, *, after: int = 0) -> AsyncIterator[Document]:
        """Yield a chain's events in order, some read at a time; `after` is the sequence number to begin behind."""
        events = self._database.scoped("audit_events", workspace_id or PLATFORM)
        while page := await events.find({"sequence": {"$gt": after}}, sort=(("sequence", 1),), limit=_AT_ONCE):
            for document in page:
                yield document
            after = page[-1]["sequence"]

    async def verify(self, workspace_id: str | None, *, kept: Head | None = None) -> Verdict:
        """Check the whole chain, in flat memory; beside a kept head also that its tail was not cut.

        What follows the first flaw is not looked at.
        """
        walk = Walk(workspace_id or PLATFORM, AUDIT_FIELDS, kept=kept)
        async for document in self.export(workspace_id):
            if not walk.take(document):
                break
        return walk.end()

    async def newest_hold(self, workspace_id: str | None, *, limit: int) -> bool:
        """Say whether the newest events fit together: a look that costs the same however long the chain is."""
        chain = workspace_id or PLATFORM
        newest = await self.events(workspace_id, limit=limit + 1)
        if not newest:
            return True
        before = newest.pop() if len(newest) > limit else None
        walk = Walk(chain, AUDIT_FIELDS, begin=before)
        return all(walk.take(document) for document in reversed(newest))

    async def broken_at(self, workspace_id: str | None) -> int | None:
        """Return the sequence number at which the chain does not hold, None when all of it does."""
        return (await self.verify(workspace_id)).at
