"""Pages of call logs grow old: identifiers at the first clock, pages at the second (promises RK6, RK7, RK8).

What must never happen here: an entry erased that a hold keeps, for its page or the others on it; or kept for theirs. A
page of which no entry is held goes like any record; of one with some the held entries keep what is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from domain.holds import LegalHold
from ingest.clocks import Chunk, Clock, within
from ingest.log_pages import blanked, less
from storage.catalog import INSTANT
from storage.hold_filters import facts_on, held_of, spared, unless
from storage.mongo import Document
from storage.resources import Resources

_BY_IDENTIFIERS: Final = (("workspace_id", 1), ("identifiers.retain_until", 1))
_BY_CLOCK: Final = (("workspace_id", 1), ("retain_until", 1))
_CHUNK: Final = 100
"""A page holds up to a thousand entries."""


class LogAgeing:
    """The clocks of the call logs of one workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._pages = resources.database.scoped("call_logs", workspace_id)

    def clocks(self) -> Sequence[Clock]:
        """Return the two clocks: that of the identifiers, and that of the page."""
        return (
            Clock(
                what="call_logs.identifiers",
                collection="call_logs",
                records=self._pages.reading(),
                due=due_identifiers,
                field="identifiers.retain_until",
                order=_BY_IDENTIFIERS,
                erase=self.strip,
                chunk=_CHUNK,
                parted=True,
                wholly_held=self._identifiers_held,
            ),
            Clock(
                what="call_logs",
                collection="call_logs",
                records=self._pages.reading(),
                due=due_pages,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.delete,
                chunk=_CHUNK,
                parted=True,
                wholly_held=self._pages_held,
            ),
        )

    async def _identifiers_held(self, found: Document, holds: Sequence[LegalHold]) -> int:
        told = await self._places_held(found, holds)
        return sum(1 for page, places in told if not blanked(page, places))

    async def _pages_held(self, found: Document, holds: Sequence[LegalHold]) -> int:
        told = await self._places_held(found, holds)
        return sum(1 for page, places in told if len(places) == len(page["ids"]))

    async def strip(self, chunk: Chunk) -> int:
        """Take the identifiers out of those of these pages that are due; entries that are held keep theirs."""
        found = {"$and": [within(chunk.bounds), due_identifiers(chunk.now), chunk.fence]}
        kept, gone = spared(chunk.holds, "call_logs"), {"$unset": {"identifiers": ""}}
        stripped = await self._pages.update_all(unless(found, kept), {**gone, "$inc": {"revision": 1}})
        for page, places in await self._partly_held(found, kept, chunk.holds):
            if fields := blanked(page, places):
                stripped += await self._write(page, {"$set": fields} if places else gone, chunk.fence)
        return stripped

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these pages whose own retention is over, but for entries that are held."""
        found = {"$and": [within(chunk.bounds), due_pages(chunk.now), chunk.fence]}
        kept = spared(chunk.holds, "call_logs")
        deleted = await self._pages.delete(unless(found, kept))
        for page, places in await self._partly_held(found, kept, chunk.holds):
            gone = [one.record_id for at, one in enumerate(facts_on(page)) if at not in places]
            if gone and places:
                thinned = {"thinned": True} if "home" in page else {}
                deleted += await self._write(page, {"$set": {**less(page, gone), **thinned}}, chunk.fence)
            elif gone:
                as_it_is = {"_id": page["_id"], "revision": page["revision"]}
                deleted += await self._pages.delete({**as_it_is, **chunk.fence})
        return deleted

    async def _partly_held(
        self, found: Document, kept: Sequence[Document], holds: Sequence[LegalHold]
    ) -> list[tuple[Document, frozenset[int]]]:
        """Return the pages that the filters of the holds find, each with the places of the entries that are held."""
        if not kept or {} in kept:  # nothing is held, or all of it
            return []
        return await self._places_held(held_of(found, kept), holds)

    async def _places_held(self, found: Document, holds: Sequence[LegalHold]) -> list[tuple[Document, frozenset[int]]]:
        told = []
        for page in await self._pages.find(found):
            held = (at for at, one in enumerate(facts_on(page)) if any(hold.covers(one) for hold in holds))
            told.append((page, frozenset(held)))
        return told

    async def _write(self, page: Document, change: Document, fence: Document) -> int:
        as_it_is = {"_id": page["_id"], "revision": page["revision"]}
        return await self._pages.update({**as_it_is, **fence}, {**change, "$inc": {"revision": 1}})

    async def keeps(self, month: str, holds: Sequence[LegalHold], *, now: datetime, tx: Any = None) -> bool:
        """Say whether identifiers that are not due, or that a hold keeps, lie sealed under this month's key."""
        under: Document = {"identifiers.month": month}
        young = {**under, "identifiers.retain_until": {"$gt": now, **INSTANT}}
        if await self._pages.find_one(young, fields=("_id",), tx=tx) is not None:
            return True
        kept = spared(holds, "call_logs")
        if not kept:
            return False
        held = held_of({**under, **due_identifiers(now)}, kept)
        return await self._pages.find_one(held, fields=("_id",), tx=tx) is not None


def due_identifiers(now: datetime) -> Document:
    """Return the filter of pages whose identifiers are due."""
    return {"identifiers.retain_until": {"$lte": now, **INSTANT}}


def due_pages(now: datetime) -> Document:
    """Return the filter of pages that are due themselves."""
    return {"retain_until": {"$lte": now}}


async def workspaces_due(resources: Resources, *, now: datetime) -> set[str]:
    """Return the ids of the workspaces in which a page, or the identifiers of one, are due."""
    pages = resources.database.whole("call_logs")
    return {*await pages.workspaces(due_identifiers(now)), *await pages.workspaces(due_pages(now))}
