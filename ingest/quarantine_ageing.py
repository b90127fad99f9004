"""Quarantine, inbox and imports grow old: what was refused, what waits, and the counts of files that came in.

What must never happen here: a file deleted that a hold keeps. A file in quarantine is an object and its document; the
document says first, in a chunk that knows the holds, that the file goes. Only then does the object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from domain.holds import LegalHold
from ingest.clocks import Chunk, Clock, within
from ingest.quarantine import file_key
from storage.hold_filters import held_of, spared, unless
from storage.mongo import Document
from storage.resources import Resources

_BY_CLOCK: Final = (("workspace_id", 1), ("retain_until", 1))
_FILE: Final = {"object_id": {"$exists": True}}
_ROW: Final = {"object_id": {"$exists": False}}
_AT_ONCE: Final = 100


class QuarantineAgeing:
    """The clocks of what is set aside in one workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._held = resources.database.scoped("quarantine", workspace_id)
        self._objects = resources.objects

    def clocks(self) -> Sequence[Clock]:
        """Return the clocks of rows and of files."""
        return (
            Clock(
                what="quarantine.rows",
                collection="quarantine",
                records=self._held.reading(),
                due=due_rows,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.delete,
            ),
            Clock(
                what="quarantine.files",
                collection="quarantine",
                records=self._held.reading(),
                due=due_files,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.give_up,
                chunk=_AT_ONCE,
            ),
        )

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these rows that are due and not held."""
        found = unless(_of(chunk, due_rows), spared(chunk.holds, "quarantine"))
        return await self._held.delete(found)

    async def give_up(self, chunk: Chunk) -> int:
        """Decide that those of these files go that are due and not held; `clear` deletes them."""
        found = unless(_of(chunk, due_files), spared(chunk.holds, "quarantine"))
        return await self._held.update_all(found, {"$set": {"going_at": chunk.now}})

    async def clear(self) -> int:
        """Delete the files that were given up: object, then document; return how many. Safe to run twice."""
        gone = 0
        while files := await self._held.find({"going_at": {"$exists": True}, **_FILE}, limit=_AT_ONCE):
            for document in files:
                await self._objects.delete_prefix(file_key(document))
                gone += await self._held.delete({"_id": document["_id"]})
        return gone

    async def keeps(self, month: str, holds: Sequence[LegalHold], *, now: datetime, tx: Any = None) -> bool:
        """Say whether anything that is not due, or that a hold keeps, lies sealed under this month's key."""
        young = {"month": month, "retain_until": {"$gt": now}}
        if await self._held.find_one(young, fields=("_id",), tx=tx) is not None:
            return True
        kept = spared(holds, "quarantine")
        if not kept:
            return False
        held = held_of({"month": month, "retain_until": {"$lte": now}}, kept)
        return await self._held.find_one(held, fields=("_id",), tx=tx) is not None


class InboxAgeing:
    """The clock of dropped files that wait under their sealed name."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._waiting = resources.database.scoped("inbox", workspace_id)

    def clocks(self) -> Sequence[Clock]:
        """Return its one clock."""
        return (
            Clock(
                what="inbox",
                collection="inbox",
                records=self._waiting.reading(),
                due=_due,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.delete,
            ),
        )

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these names that have waited too long and are not held."""
        return await self._waiting.delete(unless(_of(chunk, _due), spared(chunk.holds, "inbox")))


class ImportAgeing:
    """The clock of the list of files that came in."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._imports = resources.database.scoped("imports", workspace_id)

    def clocks(self) -> Sequence[Clock]:
        """Return its one clock."""
        return (
            Clock(
                what="imports",
                collection="imports",
                records=self._imports.reading(),
                due=_due,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.delete,
            ),
        )

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these imports that are due and not held."""
        found = unless(_of(chunk, _due), spared(chunk.holds, "imports"))
        return await self._imports.delete(found)


def due_rows(now: datetime) -> Document:
    """Return the filter of refused rows that are due."""
    return {**_due(now), **_ROW}


def due_files(now: datetime) -> Document:
    """Return the filter of files that are due and not given up yet."""
    return {**_due(now), **_FILE, "going_at": {"$exists": False}}


def _of(chunk: Chunk, due: Callable[[datetime], Document]) -> Document:
    return {"$and": [within(chunk.bounds), due(chunk.now), chunk.fence]}


def _due(now: datetime) -> Document:
    return {"retain_until": {"$lte": now}}


async def workspaces_due(resources: Resources, *, now: datetime) -> set[str]:
    """Return the ids of the workspaces in which something set aside, waiting or listed is due."""
    return {
        *await resources.database.whole("quarantine").workspaces(_due(now)),
        *await resources.database.whole("inbox").workspaces(_due(now)),
        *await resources.database.whole("imports").workspaces(_due(now)),
    }
