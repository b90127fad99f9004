"""CDRs: one document per call, whatever number of rows, files and deliveries it came in (promises RK2, RK6, RK8).

The same call gets the same id, a keyed hash of its source and group; a row that came before is told by its mark. Rows
that come later are joined with the sealed ones and written by compare-and-set, so that files that are read twice, in
reverse, split in two or at the same time leave the same documents. Once a call's identifiers are gone its rows are gone
with them: a late leg then adds its totals and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from domain.errors import CallwardError, Gone, Unavailable
from domain.policy import Policy
from domain.records import Category
from ingest.cdr_document import CLEAR_FIELDS, began, clear_part, marks, subjects, unheard_of, with_late_rows
from ingest.formats.joining import content_of, join, winners
from ingest.formats.record import Row
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer, month_of, open_identifiers
from storage.mongo import Document
from storage.resources import Resources

_TRIES: Final = 30
_AT_ONCE: Final = 8
ROWS_PER_CALL: Final = 5_000
BYTES_PER_CALL: Final = 8 * 1024 * 1024
"""What the rows of one call may take together: MongoDB takes 16 MiB in one document."""


class Overfull(CallwardError):
    """One call has more rows than a call can have; something in the file is no id of a call."""

    code = "overfull"


@dataclass(slots=True)
class Landed:
    """What became of groups of rows: ids of calls by outcome, and how many rows each outcome took.

    `rows` counts `landed`, `duplicates`, `expired` and `erased`; with the `refused` they are all that were given.
    """

    created: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    refused: list[Row] = field(default_factory=list)
    """Rows of a call that has more of them than `ROWS_PER_CALL` or `BYTES_PER_CALL`."""

    def note(self, outcome: str, cdr_id: str, *, new: int, seen: int = 0) -> None:
        """Count a call, its new rows and those that had been seen before."""
        getattr(self, outcome).append(cdr_id)
        self.rows["landed" if outcome in {"created", "merged"} else outcome] += new
        self.rows["duplicates"] += seen


class _Batch:
    """The documents of one batch; built outside the event loop."""

    def __init__(self, source: str, groups: Iterable[Sequence[Row]], sealer: TrafficSealer) -> None:
        self.sealer = sealer
        self.rows: dict[str, list[Row]] = {}
        for group in groups:
            cdr_id = sealer.indexer.derived_id("cdr", f"{source}\0{group[0].group}")
            self.rows.setdefault(cdr_id, []).extend(group)
        self.told = {cdr_id: marks(rows, sealer.indexer) for cdr_id, rows in self.rows.items()}
        self._source = source

    def note(self, landed: Landed, outcome: str, cdr_id: str) -> None:
        """Count a call of which all rows had the same outcome; the same row twice is a duplicate of itself."""
        rows, told = len(self.rows[cdr_id]), len(self.told[cdr_id])
        landed.note(outcome, cdr_id, new=told, seen=rows - told)

    def documents(self, ids: Iterable[str], landed: Landed) -> list[Document]:
        """Return the documents of calls that are new; what is not to be stored is counted instead."""
        made = []
        for cdr_id in ids:
            try:
                document = self.document(cdr_id)
            except Overfull:
                landed.refused.extend(self.rows[cdr_id])
                continue
            if document["retain_until"] > self.sealer.now:
                made.append(document)
            else:
                self.note(landed, "expired", cdr_id)
        return made

    def document(self, cdr_id: str) -> Document:
        """Return the document that a call's rows make by themselves."""
        told = self.told[cdr_id]
        return {
            "_id": cdr_id,
            **content(cdr_id, list(told.values()), self.sealer, received_at=self.sealer.now),
            "source": self._source,
            "format": self.rows[cdr_id][0].source,
            "rows": sorted(told),
            "revision": 1,
            "created_at": self.sealer.now,
        }


def content(cdr_id: str, rows: Sequence[Row], sealer: TrafficSealer, *, received_at: datetime) -> Document:
    """Return the part of a document that is a function of the set of its rows. Raises Overfull."""
    anchor = began(rows, received_at)
    kept = rows if len(rows) == 1 else winners(rows)
    held = [content_of(row) for row in kept]
    if len(rows) > ROWS_PER_CALL or sum(map(len, held)) > BYTES_PER_CALL:
        raise Overfull("one call has more rows than a call can have")
    sealed = {"rows": [msgspec.Raw(one) for one in held]}
    return {
        **sealer.tags(Category.TRAFFIC, anchor).to_document(),
        **clear_part(join(rows)),
        "setup_time": anchor,
        **sealer.identifiers(f"cdrs/{cdr_id}/identifiers", anchor, sealed, subjects(kept)),
    }


class CdrStore:
    """The one writer of `cdrs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._cdrs = resources.database.scoped("cdrs", workspace_id)
        self._stones = TombstoneStore(resources, workspace_id)
        self._resources = resources
        self._workspace_id = workspace_id

    async def land(self, source: str, groups: Sequence[Sequence[Row]], policy: Policy, *, now: datetime) -> Landed:
        """Store the calls of these groups of rows, each once; safe to run twice and at the same time.

        Args:
            source: the configured source's name; the same call from another source is another call.
            groups: rows that share `group`, of one format.
            policy: of the workspace.
            now: this instant.
        """
        landed = Landed()
        moments = {began(group, now) for group in groups}
        sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, moments, now=now)
        batch = await asyncio.to_thread(_Batch, source, groups, sealer)
        gone = await self._stones.erased_rows(list(batch.rows))
        for cdr_id in gone:
            batch.note(landed, "erased", cdr_id)
        fresh = [cdr_id for cdr_id in batch.rows if cdr_id not in gone]
        documents = await asyncio.to_thread(batch.documents, fresh, landed)
        taken = await self._cdrs.insert_many(documents)
        inserted = [document["_id"] for at, document in enumerate(documents) if at not in taken]
        await self._note_inserted(inserted, batch, landed)
        there = [documents[at]["_id"] for at in sorted(taken)]
        for start in range(0, len(there), _AT_ONCE):
            merging = (self._merge(cdr_id, batch, policy, landed) for cdr_id in there[start : start + _AT_ONCE])
            await asyncio.gather(*merging)
        return landed

    async def _note_inserted(self, ids: list[str], batch: _Batch, landed: Landed) -> None:
        """Count new calls; one that was erased between our look at the tombstones and the insert goes again."""
        erased = await self._stones.erased_rows(ids) if ids else frozenset()
        if erased:
            await self._cdrs.delete({"_id": {"$in": sorted(erased)}})
        for cdr_id in ids:
            batch.note(landed, "erased" if cdr_id in erased else "created", cdr_id)

    async def _merge(self, cdr_id: str, batch: _Batch, policy: Policy, landed: Landed) -> None:
        """Bring rows to a call that is there. Raises Unavailable when others were faster every time."""
        told, given = batch.told[cdr_id], len(batch.rows[cdr_id])
        for _ in range(_TRIES):
            stored = await self._cdrs.find_one({"_id": cdr_id})
            if stored is None:
                if not await self._cdrs.insert_many([batch.document(cdr_id)]):
                    await self._note_inserted([cdr_id], batch, landed)
                    return
                continue
            known = set(stored["rows"])
            fresh = {mark: row for mark, row in told.items() if mark not in known}
            if not fresh:
                landed.note("duplicates", cdr_id, new=0, seen=given)
                return
            try:
                changed = await self._joined(stored, fresh, batch.sealer, policy)
            except Overfull:
                landed.refused.extend(fresh.values())
                landed.note("duplicates", cdr_id, new=0, seen=given - len(fresh))
                return
            if await self._replace(stored, changed, known | fresh.keys()):
                landed.note("merged", cdr_id, new=len(fresh), seen=given - len(fresh))
                return
        raise Unavailable("the call was changed by others every time", cdr_id=cdr_id)

    async def _joined(
        self, stored: Document, fresh: Mapping[bytes, Row], sealer: TrafficSealer, policy: Policy
    ) -> Document:
        now = sealer.now
        try:
            held = await open_identifiers(self._resources, self._workspace_id, "cdrs", stored, now=now)
        except Gone:
            late = unheard_of(fresh, stored["rows"])
            anchor = min(stored["setup_time"], began(late, stored["setup_time"]))
            tags = sealer.tags(Category.TRAFFIC, anchor).to_document()
            return {**tags, **with_late_rows(stored, late), "setup_time": anchor}
        rows = [*msgspec.convert(held["rows"], list[Row]), *fresh.values()]
        anchor = began(rows, stored["created_at"])
        if not sealer.knows(month_of(anchor)):
            sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, [anchor], now=now)
        return await asyncio.to_thread(content, stored["_id"], rows, sealer, received_at=stored["created_at"])

    async def _replace(self, stored: Document, changed: Document, marks_now: set[bytes]) -> bool:
        """Write a joined call if nobody was faster."""
        left_out = [name for name in (*CLEAR_FIELDS, "identifiers") if name in stored and name not in changed]
        change: Document = {"$set": {**changed, "rows": sorted(marks_now)}, "$inc": {"revision": 1}}
        if left_out:
            change["$unset"] = dict.fromkeys(left_out, "")
        return await self._cdrs.update({"_id": stored["_id"], "revision": stored["revision"]}, change) == 1

    async def erase(self, cdr_id: str, *, now: datetime) -> bool:
        """Erase a call's traffic data for good; say whether it was there. Its tombstone comes first."""
        if await self._cdrs.count({"_id": cdr_id}) == 0:
            return False
        await self._stones.place_rows([cdr_id], now=now)
        return await self._cdrs.delete({"_id": cdr_id}) == 1

    async def drop_due_identifiers(self, *, now: datetime) -> int:
        """Take the identifiers out of calls whose clock for them is over; totals stay (promise RK8)."""
        due = {"identifiers.retain_until": {"$lte": now}}
        return await self._cdrs.update_all(due, {"$unset": {"identifiers": ""}, "$inc": {"revision": 1}})

    async def delete_due(self, *, now: datetime) -> int:
        """Delete calls whose own retention is over."""
        return await self._cdrs.delete({"retain_until": {"$lte": now}})

    async def holds_identifiers(self, month: str, *, now: datetime) -> bool:
        """Say whether identifiers that are not due lie sealed under this month's key."""
        kept = {"identifiers.month": month, "identifiers.retain_until": {"$gt": now}}
        return await self._cdrs.find_one(kept, fields=("_id",)) is not None


async def workspaces_with_due_cdrs(resources: Resources, *, now: datetime) -> list[str]:
    """Return the ids of workspaces in which a CDR, or the identifiers of one, are due; some of them when it is many."""
    due = {"$or": [{"identifiers.retain_until": {"$lte": now}}, {"retain_until": {"$lte": now}}]}
    found = await resources.database.whole("cdrs").find(due, fields=("workspace_id",), limit=1000)
    return sorted({document["workspace_id"] for document in found})
