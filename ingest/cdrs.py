"""CDRs: one document per call, whatever number of rows, files and deliveries it came in (promises RK2, RK6, RK8).

The same call gets the same id, a keyed hash of its source and group; a row that came before is told by its mark. Rows
that come later are joined with the sealed ones and written by compare-and-set, so that files that are read twice, in
reverse, split in two or at the same time leave the same documents. Once a call's identifiers are gone its rows are gone
with them: a late leg then adds its totals and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.errors import Gone, Unavailable
from domain.policy import Policy
from ingest.cdr_batch import CdrBatch, Landed, Overfull, content
from ingest.cdr_document import CLEAR_FIELDS, Told, began, content_of, last_of_days, unheard_of, with_late_rows
from ingest.formats.record import Row
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer, month_of, open_identifiers
from storage.mongo import Document
from storage.resources import Resources

__all__ = ["CdrStore", "Landed"]

_TRIES: Final = 30
_AT_ONCE: Final = 8


class CdrStore:
    """The one writer of `cdrs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str, *, thread: Executor | None = None) -> None:
        """Bind to a workspace; documents are built in `thread`, by default in any of the loop's own."""
        self._thread = thread
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
        days = last_of_days(began(group, now) for group in groups)
        sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, days, now=now)
        loop = asyncio.get_running_loop()
        batch = await loop.run_in_executor(self._thread, CdrBatch, source, groups, sealer)
        gone = await self._stones.erased_rows(list(batch.rows)) if sealer.rows_were_erased else frozenset()
        batch.note(landed, "erased", sorted(gone))
        fresh = [cdr_id for cdr_id in batch.rows if cdr_id not in gone]
        ids, documents = await loop.run_in_executor(self._thread, batch.documents, fresh, landed)
        taken = await self._cdrs.insert_encoded(documents)
        await self._note_inserted([cdr_id for at, cdr_id in enumerate(ids) if at not in taken], batch, landed)
        there = [ids[at] for at in sorted(taken)]
        for start in range(0, len(there), _AT_ONCE):
            merging = (self._merge(cdr_id, batch, policy, landed) for cdr_id in there[start : start + _AT_ONCE])
            await asyncio.gather(*merging)
        return landed

    async def _note_inserted(self, ids: list[str], batch: CdrBatch, landed: Landed) -> None:
        """Count new calls; one that was erased between our look at the tombstones and the insert goes again."""
        erased = await self._stones.erased_rows(ids) if ids else frozenset()
        if erased:
            await self._cdrs.delete({"_id": {"$in": sorted(erased)}})
        batch.note(landed, "erased", sorted(erased))
        batch.note(landed, "created", [cdr_id for cdr_id in ids if cdr_id not in erased])

    async def _merge(self, cdr_id: str, batch: CdrBatch, policy: Policy, landed: Landed) -> None:
        """Bring rows to a call that is there. Raises Unavailable when others were faster every time."""
        told, given = batch.told[cdr_id], len(batch.rows[cdr_id])
        for _ in range(_TRIES):
            stored = await self._cdrs.find_one({"_id": cdr_id})
            if stored is None:
                made = batch.document(cdr_id)
                if made is None:
                    batch.note(landed, "expired", [cdr_id])
                    return
                if not await self._cdrs.insert_encoded([made]):
                    await self._note_inserted([cdr_id], batch, landed)
                    return
                continue
            known = set(stored["rows"])
            fresh = {mark: one for mark, one in told.items() if mark not in known}
            if not fresh:
                landed.note("duplicates", [cdr_id], new=0, seen=given)
                return
            try:
                changed = await self._joined(stored, fresh, batch.sealer, policy)
            except Overfull:
                landed.refused.extend(one.row for one in fresh.values())
                landed.note("duplicates", [cdr_id], new=0, seen=given - len(fresh))
                return
            if await self._replace(stored, changed, known | fresh.keys(), now=batch.sealer.now):
                landed.note("merged", [cdr_id], new=len(fresh), seen=given - len(fresh))
                return
        raise Unavailable("the call was changed by others every time", cdr_id=cdr_id)

    async def _joined(
        self, stored: Document, fresh: Mapping[bytes, Told], sealer: TrafficSealer, policy: Policy
    ) -> Document:
        now = sealer.now
        try:
            held = await open_identifiers(self._resources, self._workspace_id, "cdrs", stored, now=now)
        except Gone:
            late = unheard_of(fresh, stored["rows"])
            anchor = min(stored["setup_time"], began(late, stored["setup_time"]))
            return {**sealer.stamp(anchor).traffic, **with_late_rows(stored, late), "setup_time": anchor}
        told = [Told(row, content_of(row)) for row in msgspec.convert(held["rows"], list[Row])] + list(fresh.values())
        anchor = began((one.row for one in told), stored["created_at"])
        if not sealer.knows(month_of(anchor)):
            sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, [anchor], now=now)
        return await asyncio.to_thread(content, stored["_id"], told, sealer, received_at=stored["created_at"])

    async def _replace(self, stored: Document, changed: Document, marks_now: set[bytes], *, now: datetime) -> bool:
        """Write a joined call if nobody was faster.

        Identifiers that are to leave are left to the sweep, which asks whether a hold keeps them.
        """
        left_out = [name for name in CLEAR_FIELDS if name in stored and name not in changed]
        change: Document = {"$set": {**changed, "rows": sorted(marks_now)}, "$inc": {"revision": 1}}
        if left_out:
            change["$unset"] = dict.fromkeys(left_out, "")
        if "identifiers" in stored and "identifiers" not in changed:  # their time is over: hidden, and the sweep's
            change["$min"] = {"identifiers.retain_until": now}
        return await self._cdrs.update({"_id": stored["_id"], "revision": stored["revision"]}, change) == 1

    async def relink(self, cdr_id: str, before: str | None, after: str | None, *, tx: Any) -> bool:
        """Point a CDR at another call (None is no call); False when it is gone or does not point at `before`."""
        return await self._cdrs.update({"_id": cdr_id, "call_id": before}, {"$set": {"call_id": after}}, tx=tx) == 1

    async def erase(self, cdr_id: str, *, now: datetime) -> bool:
        """Erase a call's traffic data for good; say whether it was there. Its tombstone comes first."""
        if await self._cdrs.count({"_id": cdr_id}) == 0:
            return False
        await self._stones.place_rows([cdr_id], now=now)
        return await self._cdrs.delete({"_id": cdr_id}) == 1
