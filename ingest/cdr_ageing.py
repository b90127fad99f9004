"""CDRs grow old: the identifiers leave at the first clock, the record at the second (promises RK6, RK7, RK8).

What must never happen here: a total that changes because the numbers left; an identifier left behind in a field or an
index. Everything that identifies somebody lies in one part of the document, `identifiers`, and both indexes that hold
something of it are on fields of that part: it goes in one write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from domain.holds import LegalHold
from ingest.cdr_spans import BY_IDENTIFIERS, DueSpans
from ingest.clocks import Chunk, Clock, within
from storage.catalog import INSTANT
from storage.hold_filters import held_of, spared, unless
from storage.mongo import Document
from storage.resources import Resources

_BY_CLOCK: Final = (("workspace_id", 1), ("retain_until", 1))
_BY_START: Final = (("workspace_id", 1), ("setup_time", -1), ("_id", -1))


class CdrAgeing:
    """The clocks of the CDRs of one workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._cdrs = resources.database.scoped("cdrs", workspace_id)

    def clocks(self) -> Sequence[Clock]:
        """Return the two clocks: that of the identifiers, and that of the record."""
        spans = DueSpans(self._cdrs.reading())
        return (
            Clock(
                what="cdrs.identifiers",
                collection="cdrs",
                records=self._cdrs.reading(),
                due=due_identifiers,
                field="identifiers.retain_until",
                order=BY_IDENTIFIERS,
                erase=self.strip,
                spans=spans.walk,
                pace=spans.pace,
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
        return await self._cdrs.update_all(found, change, hint=by_start, validated=False)

    async def delete(self, chunk: Chunk) -> int:
        """Delete those of these calls whose own retention is over and that are not held."""
        due = {"$and": [within(chunk.bounds), due_records(chunk.now), chunk.fence]}
        return await self._cdrs.delete(unless(due, spared(chunk.holds, "cdrs")))

    async def keeps(self, month: str, holds: Sequence[LegalHold], *, now: datetime, tx: Any = None) -> bool:
        """Say whether identifiers that are not due, or that a hold keeps, lie sealed under this month's key."""
        under: Document = {"identifiers.month": month}
        young = {**under, "identifiers.retain_until": {"$gt": now, **INSTANT}}
        if await self._cdrs.find(young, sort=BY_IDENTIFIERS, limit=1, fields=("_id",), tx=tx):
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
