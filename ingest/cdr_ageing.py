"""CDRs grow old: the identifiers leave at the first clock, the record at the second (promises RK6, RK7, RK8).

What must never happen here: a total that changes because the numbers left; an identifier left behind in a field or an
index. Everything that identifies somebody lies in one part of the document, `identifiers`, and both indexes that hold
something of it are on fields of that part: it goes in one write.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any, Final

from domain.holds import LegalHold
from ingest.clocks import Bounds, Chunk, Clock, within
from ingest.months import month_span
from storage.catalog import INSTANT
from storage.hold_filters import held_of, spared, unless
from storage.mongo import Document
from storage.resources import Resources

_BY_IDENTIFIERS: Final = (("workspace_id", 1), ("identifiers.retain_until", 1), ("identifiers.month", 1))
_BY_CLOCK: Final = (("workspace_id", 1), ("retain_until", 1))
_BY_START: Final = (("workspace_id", 1), ("setup_time", -1), ("_id", -1))
_BY_START_RISING: Final = (("workspace_id", -1), ("setup_time", 1), ("_id", 1))
"""The same index read backwards: the calls that began first come first."""
_SPAN: Final = 4_000


class CdrAgeing:
    """The clocks of the CDRs of one workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._cdrs = resources.database.scoped("cdrs", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    def clocks(self) -> Sequence[Clock]:
        """Return the two clocks: that of the identifiers, and that of the record."""
        return (
            Clock(
                what="cdrs.identifiers",
                collection="cdrs",
                records=self._cdrs.reading(),
                due=due_identifiers,
                field="identifiers.retain_until",
                order=_BY_IDENTIFIERS,
                erase=self.strip,
                spans=self._spans,
            ),
            Clock(
                what="cdrs",
                collection="cdrs",
                records=self._cdrs.reading(),
                due=due_records,
                field="retain_until",
                order=_BY_CLOCK,
                erase=self.delete,
            ),
        )

    async def strip(self, chunk: Chunk) -> int:
        """Take the identifiers out of those of these calls that are due and not held."""
        found = unless(
            {"$and": [within(chunk.bounds), due_identifiers(chunk.now), chunk.fence]}, spared(chunk.holds, "cdrs")
        )
        change = {"$unset": {"identifiers": ""}, "$inc": {"revision": 1}}
        by_start = None if "ids" in chunk.bounds else _BY_START
        return await self._cdrs.update_all(found, change, hint=by_start)

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these calls whose own retention is over and that are not held."""
        due = {"$and": [within(chunk.bounds), due_records(chunk.now), chunk.fence]}
        return await self._cdrs.delete(unless(due, spared(chunk.holds, "cdrs")))

    async def _spans(self, found: Document) -> AsyncGenerator[tuple[Bounds, int]]:
        """Yield spans of time that hold what matches, month by month: calls of one time lie beside each other.

        Taken so, they cost MongoDB a fraction of what they cost by their ids, which are hashes.
        """
        for month in await self._keyring.all_months(self._workspace_id):
            first, last = month_span(month)
            due = {"$and": [found, {"identifiers.month": month, "setup_time": {"$gte": first, "$lt": last}}]}
            of_month = {"$and": [found, {"identifiers.month": month}]}
            if not await self._cdrs.find(of_month, sort=_BY_IDENTIFIERS, limit=1, fields=("_id",)):
                continue
            async for bounds, size in self._spans_of(due):
                yield {**bounds, "month": month}, size

    async def _spans_of(self, due: Document) -> AsyncGenerator[tuple[Bounds, int]]:
        """Yield the spans of one month; calls of one instant are never parted, so that none is in two spans."""
        begin = end = None
        size = 0
        async for starts in self._cdrs.values(due, "setup_time", sort=_BY_START_RISING, size=_SPAN):
            for start in starts:
                if size >= _SPAN and start != end:
                    yield {"begin": begin, "end": end}, size
                    begin, size = None, 0
                begin, end, size = begin or start, start, size + 1
        if size:
            yield {"begin": begin, "end": end}, size

    async def keeps(self, month: str, holds: Sequence[LegalHold], *, now: datetime, tx: Any = None) -> bool:
        """Say whether identifiers that are not due, or that a hold keeps, lie sealed under this month's key."""
        under: Document = {"identifiers.month": month}
        young = {**under, "identifiers.retain_until": {"$gt": now, **INSTANT}}
        if await self._cdrs.find(young, sort=_BY_IDENTIFIERS, limit=1, fields=("_id",), tx=tx):
            return True
        kept = spared(holds, "cdrs")
        if not kept:
            return False
        held = held_of({**under, **due_identifiers(now)}, kept)
        return await self._cdrs.find_one(held, fields=("_id",), tx=tx) is not None


def due_identifiers(now: datetime) -> Document:
    """Return the filter of calls whose identifiers are due."""
    return {"identifiers.retain_until": {"$lte": now, **INSTANT}}


def due_records(now: datetime) -> Document:
    """Return the filter of calls that are due themselves."""
    return {"retain_until": {"$lte": now}}


async def workspaces_due(resources: Resources, *, now: datetime) -> set[str]:
    """Return the ids of the workspaces in which a CDR, or the identifiers of one, are due."""
    cdrs = resources.database.whole("cdrs")
    return {*await cdrs.workspaces(due_identifiers(now)), *await cdrs.workspaces(due_records(now))}
