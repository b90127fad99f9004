"""The audit chain: each workspace's events in order, each holding the hash of the one before (`domain.chains`).

Events grow old like other usage data. What goes is always the chain's beginning, and an anchor stays in its place:
number and hash of the last event that went.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from domain.chains import AUDIT_FIELDS, Head, Verdict, Walk, linked
from domain.errors import Duplicate, Unavailable
from domain.ids import new_id
from storage.mongo import Database, Document, Session

PLATFORM: Final = "platform"
"""The chain of events that belong to no workspace."""
_TRIES: Final = 20
_AT_ONCE: Final = 1000
_GONE_AT_ONCE: Final = 10_000


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
        return found[0] if found else await self.anchor(chain)

    async def anchor(self, chain: str) -> Document | None:
        """Return what stands for the events that have gone (`sequence`, `hash`, `line`), None while none has."""
        return await self._database.scoped("audit_anchors", chain).find_one({"_id": chain})

    async def set_anchor(self, chain: str, last: Document, line: str, *, now: datetime, tx: Session = None) -> None:
        """Decide that a chain's events up to this one are gone; `drop` deletes them.

        Args:
            chain: the workspace.
            last: the newest event that goes.
            line: a signed line that says which one that was.
            now: when.
            tx: the transaction in progress.
        """
        stays = {"sequence": last["sequence"], "hash": last["hash"], "line": line, "at": now}
        await self._database.scoped("audit_anchors", chain).update({"_id": chain}, {"$set": stays}, upsert=True, tx=tx)

    async def drop(self, chain: str) -> int:
        """Delete the events that the anchor stands for; return how many went. Safe to run twice."""
        anchor, gone = await self.anchor(chain), 0
        events = self._database.scoped("audit_events", chain)
        while anchor is not None:
            first = await events.find({}, sort=(("sequence", 1),), limit=1, fields=("sequence",))
            if not first or first[0]["sequence"] > anchor["sequence"]:
                break
            until = min(anchor["sequence"], first[0]["sequence"] + _GONE_AT_ONCE - 1)
            gone += await events.delete({"sequence": {"$lte": until}})
        return gone

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
        """Yield a chain's events in order, some read at a time; `after` is the sequence number to begin behind.

        What the anchor stands for is passed over: a deletion may have been cut short.
        """
        anchor = await self.anchor(workspace_id or PLATFORM)
        after = max(after, anchor["sequence"] if anchor else 0)
        events = self._database.scoped("audit_events", workspace_id or PLATFORM)
        while page := await events.find({"sequence": {"$gt": after}}, sort=(("sequence", 1),), limit=_AT_ONCE):
            for document in page:
                yield document
            after = page[-1]["sequence"]

    async def verify(self, workspace_id: str | None, *, kept: Head | None = None) -> Verdict:
        """Check all of the chain that is there, in flat memory; beside a kept head also that its tail was not cut.

        What follows the first flaw is not looked at. Whether the anchor is ours is checked by `AuditHeads`.
        """
        walk = Walk(
            workspace_id or PLATFORM, AUDIT_FIELDS, kept=kept, begin=await self.anchor(workspace_id or PLATFORM)
        )
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
        before = newest.pop() if len(newest) > limit else await self.anchor(chain)
        newest = [one for one in newest if before is None or one["sequence"] > before["sequence"]]
        walk = Walk(chain, AUDIT_FIELDS, begin=before)
        return all(walk.take(document) for document in reversed(newest))

    async def broken_at(self, workspace_id: str | None) -> int | None:
        """Return the sequence number at which the chain does not hold, None when all of it does."""
        return (await self.verify(workspace_id)).at
