"""How a sweep goes through the CDRs whose identifiers are due: by spans of calls that began one after the other.

Calls of one time lie beside each other; taken so they cost MongoDB a fraction of what they cost by their ids, which are
hashes. Where a span ends and how many calls are in it is read in the index of the clock alone; of the calls themselves
one a span is opened, the first that no hold keeps.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from ingest.clocks import Bounds, within
from ingest.pace import Pace
from storage.mongo import Document
from storage.walks import Reading

SPAN: Final = 4_000
"""How many calls a span has at most, and a few more where several began at the instant that ends it."""
_DUE_AT, _MONTH, _START = "identifiers.retain_until", "identifiers.month", "setup_time"
BY_IDENTIFIERS: Final = (("workspace_id", 1), (_DUE_AT, 1), (_MONTH, 1), (_START, 1))


class DueSpans:
    """The spans of one workspace. Each is of one instant at which all in it are due, and of one month: none overlap."""

    def __init__(self, cdrs: Reading) -> None:
        self._cdrs = cdrs
        self.pace = Pace(SPAN)

    async def walk(self, found: Document, due: Document) -> AsyncGenerator[tuple[Bounds, int]]:
        """Yield the spans that have something of what is `found`, and how many calls in each are `due`.

        Calls of one instant are never parted. What is taken out of a span that was yielded changes none that follows.

        Args:
            found: the filter of what is due and not held.
            due: the filter of what is due, held or not.
        """
        first = await self._first(found)
        while first is not None:
            bounds = await self._bounds(first, due)
            yield bounds, await self._cdrs.count_by(_both(due, within(bounds)), index=BY_IDENTIFIERS)
            first = await self._first_after(bounds, found)

    async def _first(self, found: Document) -> Document | None:
        return await self._cdrs.key_at(found, (_DUE_AT, _MONTH, _START), index=BY_IDENTIFIERS)

    async def _first_after(self, bounds: Bounds, found: Document) -> Document | None:
        """Return the first call behind a span: of its month, of the next month due at that instant, due later."""
        here = {_DUE_AT: bounds["due_at"], _MONTH: bounds["month"], _START: {"$gt": bounds["end"]}}
        beside = {_DUE_AT: bounds["due_at"], _MONTH: {"$gt": bounds["month"]}}
        for behind in (here, beside, {_DUE_AT: {"$gt": bounds["due_at"]}}):
            first = await self._first(_both(found, behind))
            if first is not None:
                return first
        return None

    async def _bounds(self, first: Document, due: Document) -> Bounds:
        begin, part = first[_START], first["identifiers"]
        bounds = {"due_at": part["retain_until"], "month": part["month"], "begin": begin}
        here = {_DUE_AT: bounds["due_at"], _MONTH: bounds["month"], _START: {"$gte": begin}}
        rest = _both(due, here)
        ending = await self._cdrs.key_at(rest, (_START,), index=BY_IDENTIFIERS, skip=self.pace.size - 1)
        if ending is None:
            ending = await self._cdrs.key_at(rest, (_START,), index=BY_IDENTIFIERS, last=True)
        return {**bounds, "end": begin if ending is None else ending[_START]}


def _both(found: Document, more: Document) -> Document:
    return {"$and": [found, more]}
