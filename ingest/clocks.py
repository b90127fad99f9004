"""What leaves when its time is over: one clock for each kind of record, or part of one, that a sweep looks after."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.holds import LegalHold
from ingest.pace import Pace
from storage.hold_filters import held_of, spared, unless
from storage.mongo import Document
from storage.walks import Reading

Bounds = Document
"""Which records a chunk is about, as it can be stored: `{ids}`, or by clock and start `{due_at, month, begin, end}`."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is erased in one go: of these records those that are due at `now`, that no hold keeps, while `fence` holds.

    Attributes:
        bounds: which.
        holds: all that are in force in the workspace.
        now: the instant of the sweep.
        fence: a filter that every write repeats.
    """

    bounds: Bounds
    holds: Sequence[LegalHold]
    now: datetime
    fence: Document


def within(bounds: Bounds) -> Document:
    """Return the filter of the records of a chunk."""
    if "ids" in bounds:
        return {"_id": {"$in": bounds["ids"]}}
    span = {"$gte": bounds["begin"], "$lte": bounds["end"]}
    found = {"setup_time": span, "identifiers.month": bounds["month"]}
    if "due_at" in bounds:  # an earlier version's bounds had none
        found["identifiers.retain_until"] = bounds["due_at"]
    return found


@dataclass(frozen=True, slots=True)
class DueCount:
    """What a sweep would do at one clock: how many documents are due, and how many of them a hold keeps."""

    what: str
    due: int
    held: int

    @property
    def goes(self) -> int:
        """How many would go."""
        return self.due - self.held


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of the records of a workspace.

    Attributes:
        what: the place that it clears, such as `cdrs.identifiers`: for receipts and previews.
        collection: the name under which holds know the records.
        records: where they lie, to be read; they are changed by `erase` alone.
        due: the filter of what is due at an instant.
        field: the instant from which it is due.
        order: how to walk through what is due: by an index.
        erase: takes what is due; returns how many documents it changed or deleted.
        chunk: how many at a time.
        parted: whether a document may be held in part, so that one that a hold finds is looked at all the same.
        wholly_held: of a `parted` clock, counts of the documents that a hold finds those of which nothing would go.
        spans: a quicker way through what is due, before the walk by ids: of what is wanted and of what is due (held or
            not), the bounds of chunks in which something is wanted, each with how much in it is due.
        pace: of `spans`, to be told how long each chunk took.
    """

    what: str
    collection: str
    records: Reading
    due: Callable[[datetime], Document]
    field: str
    order: tuple[tuple[str, int], ...]
    erase: Callable[[Chunk], Awaitable[int]]
    chunk: int = 500
    parted: bool = False
    wholly_held: Callable[[Document, Sequence[LegalHold]], Awaitable[int]] | None = None
    spans: Callable[[Document, Document], AsyncGenerator[tuple[Bounds, int]]] | None = None
    pace: Pace | None = None

    def wanted(self, holds: Sequence[LegalHold], *, now: datetime) -> Document | None:
        """Return the filter of what a sweep looks at; None when everything is held."""
        kept = spared(holds, self.collection)
        if {} in kept:
            return None
        return self.due(now) if self.parted else unless(self.due(now), kept)

    def ways(self, found: Document, *, now: datetime) -> Sequence[AsyncGenerator[tuple[Bounds, int]]]:
        """Return ways through what is wanted, to be gone one after the other: the bounds of chunks, and their sizes.

        The last one finds whatever the quicker one before it did not.
        """
        return [*(() if self.spans is None else (self.spans(found, self.due(now)),)), self._by_ids(found)]

    async def _by_ids(self, found: Document) -> AsyncGenerator[tuple[Bounds, int]]:
        async for ids in self.records.ids(found, sort=self.order, size=self.chunk):
            yield {"ids": ids}, len(ids)

    async def left(self, bounds: Bounds, *, now: datetime) -> int:
        """Count what is still due of a chunk."""
        found = {"$and": [within(bounds), self.due(now)]}
        return await (
            self.records.count_by(found, index=self.order) if "due_at" in bounds else self.records.count(found)
        )

    async def count(self, holds: Sequence[LegalHold], *, now: datetime) -> DueCount:
        """Count what is due and what of it stays: by the filters that the sweep uses."""
        kept, due = spared(holds, self.collection), await self.records.count(self.due(now))
        if not due or not kept:
            return DueCount(self.what, due, 0)
        if {} in kept:
            return DueCount(self.what, due, due)
        found = held_of(self.due(now), kept)
        held = await (self.records.count(found) if self.wholly_held is None else self.wholly_held(found, holds))
        return DueCount(self.what, due, held)

    async def longest_due(self, holds: Sequence[LegalHold], *, now: datetime) -> datetime | None:
        """Return since when something is due that no hold keeps, None when nothing is.

        A document that is held in part counts as held.
        """
        kept = spared(holds, self.collection)
        if {} in kept:
            return None
        found = await self.records.find(unless(self.due(now), kept), sort=self.order, limit=1, fields=(self.field,))
        if not found:
            return None
        value: Any = found[0]
        for name in self.field.split("."):
            value = value[name]
        since: datetime = value
        return since
