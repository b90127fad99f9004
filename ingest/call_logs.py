"""Call logs: traffic data with two clocks in one record (promises RK6, RK7).

The identifiers (numbers) are sealed under the key of their workspace and month and found through keyed hashes; they
leave on their own clock, and the rest of the log stays on its longer one. Logs come with a recording (`prepare`), or
from a phone in batches (`land`, made ready by `ingest.log_intake`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.errors import Conflict
from domain.ids import new_id
from domain.policy import Policy
from domain.records import Category
from ingest.formats.parties import NOBODY
from ingest.formats.record import PartyNumber
from ingest.log_documents import differences, supersedes
from ingest.log_layout import DeviceLog
from ingest.log_outcomes import LogOutcome
from ingest.log_pages import (
    BEFORE,
    BYTES,
    NUMBER,
    changed_at,
    emptied,
    less,
    page_of,
    place_of,
    places_of,
    pointed_at,
    unfolded,
)
from ingest.log_places import Lately
from ingest.log_reading import CallLogReader
from ingest.numbers import shown
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer
from storage.mongo import Document
from storage.resources import Resources

_TRIES: Final = 20
_BY_HOME: Final = (("home", 1), ("number", 1))
_LATELY: Final = Lately()


@dataclass(frozen=True, slots=True)
class CallLogEntry:
    """One entry of a phone's or a phone system's log, that comes with its recording."""

    setup_time: datetime
    answer_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    direction: str = "unknown"
    disposition: str | None = None
    caller: PartyNumber = NOBODY
    callee: PartyNumber = NOBODY


class CallLogStore(CallLogReader):
    """The one writer of `call_logs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        super().__init__(resources, workspace_id)
        self._pages = resources.database.scoped("call_logs", workspace_id)

    async def prepare(self, call_id: str, entry: CallLogEntry, policy: Policy, *, now: datetime) -> Document:
        """Return the document to insert for a call; makes the month's key when it is the month's first."""
        log_id = new_id("log")
        anchor = entry.setup_time
        sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, [anchor], now=now)
        numbers = {"caller": shown(entry.caller), "callee": shown(entry.callee)}
        subjects = (entry.caller.subject, entry.callee.subject)
        return {
            "_id": log_id,
            "call_id": call_id,
            **sealer.tags(Category.TRAFFIC_DATA, anchor).to_document(),
            "source": "call",
            "setup_time": anchor,
            "answer_time": entry.answer_time,
            "end_time": entry.end_time,
            "duration_s": entry.duration_s,
            "direction": entry.direction,
            "disposition": entry.disposition,
            **sealer.identifiers(f"call_logs/{log_id}/identifiers", anchor, numbers, subjects),
            "created_at": now,
        }

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a prepared document."""
        await self._pages.insert(page_of(document), tx=tx)

    async def land(self, log: DeviceLog, *, now: datetime) -> dict[bytes, LogOutcome]:
        """Store what the log lays out; return what became of each entry, by the bytes of its id.

        Whoever stores the next page of a home has looked at all that are there, unless it is the first: pages are
        numbered, and MongoDB refuses a number that is taken. So an entry lands once, whoever delivers it at the same
        time, and of its versions the greater stays (`ingest.log_documents`). Killed anywhere, the batch is sent again.
        """
        outcomes = dict.fromkeys(log.expired, LogOutcome.EXPIRED)
        numbers: dict[bytes, int] = {}
        look = not log.can_go_first() or _LATELY.knows_any(log.homes)
        _LATELY.note(log.homes)
        for _ in range(_TRIES):
            if look:
                settled, numbers = await self._settle(log, now=now)
                outcomes |= settled
                log.settle(settled.keys())
            pages, look = log.pages(numbers), True
            if not pages:
                break
            taken = await self._pages.insert_many(pages)
            created = [raw for at, page in enumerate(pages) if at not in taken for raw in page["ids"]]
            outcomes |= dict.fromkeys(created, LogOutcome.CREATED)
            log.settle(frozenset(created))
            if log.is_settled:
                break
        if log.is_settled:
            return outcomes
        raise Conflict("the entries are being written by others; send the batch again")

    async def _settle(self, log: DeviceLog, *, now: datetime) -> tuple[dict[bytes, LogOutcome], dict[bytes, int]]:
        """Make the stored ones of these entries the greater of their two versions; return what became of those.

        What is not told of is not stored. The second mapping is the number of each home's next page.
        """
        there = await self._pages.find({"home": {"$in": log.homes, **BYTES}}, sort=_BY_HOME)
        before = log.stored_before
        if before:
            there += await self._pages.find({"by_id": {"$eq": BEFORE, **NUMBER}, "ids": {"$in": before}})
        outcomes: dict[bytes, LogOutcome] = {}
        seen = log.documents({raw for page in there for raw in page["ids"]}) if there else {}
        for page in there:
            outcomes |= await self._merge(page, seen, now=now)
        # Looked at after the pages: a tombstone is placed before its entry goes, perhaps since they were read.
        went = len(outcomes) < len(seen) or any("thinned" in page for page in there)
        if went or log.rows_were_erased:
            outcomes |= dict.fromkeys(await self._erased(log, outcomes), LogOutcome.ERASED)
        return outcomes, {page["home"]: page["number"] + 1 for page in there if "home" in page}

    async def _erased(self, log: DeviceLog, known: Collection[bytes]) -> list[bytes]:
        """Return those of the entries that were erased, by their names of now and of earlier versions."""
        names = {row.raw: {row.log_id, row.former_id} for row in log.rows if row.raw not in known}
        stones = TombstoneStore(self._resources, self._workspace_id)
        gone = await stones.erased_rows(set[str]().union(*names.values()))
        return [raw for raw, both in names.items() if not gone.isdisjoint(both)]

    async def _merge(
        self, page: Document, fresh: Mapping[bytes, Document], *, now: datetime
    ) -> dict[bytes, LogOutcome]:
        found: Document | None = page
        for _ in range(_TRIES):
            if found is None:  # it went between our look and our write
                return {}
            outcomes: dict[bytes, LogOutcome] = {}
            change: Document = {}
            for at, stored in zip(known := places_of(found, fresh), unfolded(found, known), strict=True):
                raw = found["ids"][at]
                greater = supersedes(fresh[raw], stored)
                outcomes[raw] = LogOutcome.UPDATED if greater else LogOutcome.DUPLICATE
                if greater:
                    change |= changed_at(found, at, differences(stored, fresh[raw], now=now))
            if not change or await self._write(found, {"$set": change}):
                return outcomes
            found = await self._pages.find_one({"_id": page["_id"]})
        raise Conflict("the entries are being written by others; send the batch again")

    async def _write(self, page: Document, change: Mapping[str, Document], *, tx: Any = None) -> bool:
        """Change a page if nobody changed it since it was read."""
        as_it_is = {"_id": page["_id"], "revision": page["revision"]}
        return await self._pages.update(as_it_is, {**change, "$inc": {"revision": 1}}, tx=tx) == 1

    async def relink(self, log_id: str, before: str | None, after: str | None, *, tx: Any) -> bool:
        """Point a log at another call (None is no call); False when it is gone or does not point at `before`."""
        page = await self.page_with(log_id, tx=tx)
        at = None if page is None else place_of(page, log_id)
        if page is None or at is None or page["entries"][at].get("call_id") != before:
            return False
        return await self._write(page, pointed_at(page, at, after), tx=tx)

    async def erase(self, log_id: str, *, now: datetime) -> bool:
        """Erase a log for good; say whether it was there. Its tombstone comes first."""
        stones = TombstoneStore(self._resources, self._workspace_id)
        for _ in range(_TRIES):
            page = await self.page_with(log_id)
            if page is None:
                return False
            await stones.place_rows([log_id], now=now)
            fields = less(page, [log_id])
            if fields["ids"]:
                gone = await self._write(page, {"$set": {**fields, "thinned": True}})
            elif "home" in page:
                gone = await self._write(page, emptied(page))
            else:
                gone = await self._pages.delete({"_id": page["_id"], "revision": page["revision"]}) == 1
            if gone:
                return True
        raise Conflict("the entry is being written by others; try again")
