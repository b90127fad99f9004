"""Call logs: traffic data with two clocks in one record (promises RK6, RK7).

The identifiers (numbers) are sealed under the key of their workspace and month and found through keyed hashes; they
leave on their own clock, and the rest of the log stays on its longer one. Logs come with a recording (`prepare`), or
from a phone in batches (`land`, made ready by `ingest.log_intake`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.errors import Conflict
from domain.ids import bytes_of_id, is_id, new_id
from domain.policy import Policy
from domain.records import Category
from ingest.formats.parties import NOBODY
from ingest.formats.record import PartyNumber
from ingest.log_documents import differences, supersedes
from ingest.log_outcomes import LogOutcome
from ingest.log_pages import BYTES, changed_at, less, page_of, place_of, pointed_at, unfolded, without
from ingest.log_reading import CallLogReader
from ingest.numbers import shown
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer, days_of
from storage.mongo import Document
from storage.resources import Resources

_TRIES: Final = 20


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


async def workspaces_with_due_logs(resources: Resources, *, now: datetime) -> list[str]:
    """Return the ids of workspaces in which a log, or the identifiers of one, are due; some of them when it is many."""
    due = {"$or": [{"identifiers.retain_until": {"$lte": now}}, {"retain_until": {"$lte": now}}]}
    found = await resources.database.whole("call_logs").find(due, fields=("workspace_id",), limit=1000)
    return sorted({document["workspace_id"] for document in found})


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
            **sealer.tags(Category.TRAFFIC, anchor).to_document(),
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

    async def land(self, pages: Sequence[Document], *, now: datetime) -> dict[bytes, LogOutcome]:
        """Store the pages of a batch in one write; return what became of each entry, by the bytes of its id.

        MongoDB refuses a page of which an entry is there already. Of such an entry the greater version stays
        (`ingest.log_documents`), whoever comes first; the others of its page are stored without it.
        """
        outcomes: dict[bytes, LogOutcome] = {}
        for _ in range(_TRIES):
            taken = await self._pages.insert_many(pages)
            late = [page for at, page in enumerate(pages) if at in taken]
            created = (page for at, page in enumerate(pages) if at not in taken)
            outcomes |= {raw: LogOutcome.CREATED for page in created for raw in page["ids"]}
            if not late:
                return outcomes
            settled = await self._settle({one["_id"]: one for page in late for one in unfolded(page)}, now=now)
            outcomes |= {bytes_of_id(log_id): outcome for log_id, outcome in settled.items()}
            pages = [rest for page in late if (rest := without(page, settled)) is not None]
            if not pages:
                return outcomes
        raise Conflict("the entries are being written by others; send the batch again")

    async def _settle(self, fresh: Mapping[str, Document], *, now: datetime) -> dict[str, LogOutcome]:
        """Make the stored ones of these entries the greater of their two versions; return what became of those.

        What is not told of is not stored. Pages are changed by compare-and-set on their revision.
        """
        outcomes: dict[str, LogOutcome] = {}
        for page in await self._pages.find({"ids": {"$in": [bytes_of_id(log_id) for log_id in fresh], **BYTES}}):
            outcomes |= await self._merge(page, fresh, now=now)
        missing = fresh.keys() - outcomes.keys()
        # Looked at after the pages: a tombstone is placed before its entry goes, perhaps since we tried to insert it.
        erased = await TombstoneStore(self._resources, self._workspace_id).erased_rows(missing)
        return outcomes | dict.fromkeys(erased, LogOutcome.ERASED)

    async def _merge(self, page: Document, fresh: Mapping[str, Document], *, now: datetime) -> dict[str, LogOutcome]:
        found: Document | None = page
        for _ in range(_TRIES):
            if found is None:  # it went between our look and our write
                return {}
            outcomes: dict[str, LogOutcome] = {}
            change: Document = {}
            for at, stored in enumerate(unfolded(found)):
                document = fresh.get(stored["_id"])
                if document is None:
                    continue
                greater = supersedes(document, stored)
                outcomes[stored["_id"]] = LogOutcome.UPDATED if greater else LogOutcome.DUPLICATE
                if greater:
                    change |= changed_at(found, at, differences(stored, document, now=now))
            if not change or await self._write(found, {"$set": change}):
                return outcomes
            found = await self._pages.find_one({"_id": page["_id"]})
        raise Conflict("the entries are being written by others; send the batch again")

    async def _write(self, page: Document, change: Mapping[str, Document], *, tx: Any = None) -> bool:
        """Change a page if nobody changed it since it was read."""
        as_it_is = {"_id": page["_id"], "revision": page["revision"]}
        return await self._pages.update(as_it_is, {**change, "$inc": {"revision": 1}}, tx=tx) == 1

    async def there_of(self, ids: Sequence[str]) -> list[str]:
        """Return those of the ids of which there is an entry."""
        sought = {bytes_of_id(log_id): log_id for log_id in ids if is_id("log", log_id)}
        found = await self._pages.find({"ids": {"$in": list(sought), **BYTES}}, fields=("ids",))
        return sorted(sought[raw] for page in found for raw in page["ids"] if raw in sought)

    async def relink(self, log_id: str, before: str | None, after: str | None, *, tx: Any) -> bool:
        """Point a log at another call (None is no call); False when it is gone or does not point at `before`."""
        page = await self.page_with(log_id, tx=tx)
        at = None if page is None else place_of(page, log_id)
        if page is None or at is None or page["entries"][at].get("call_id") != before:
            return False
        return await self._write(page, pointed_at(page, at, after), tx=tx)

    async def holds_identifiers(self, month: str, *, now: datetime) -> bool:
        """Say whether identifiers that are not due lie sealed under this month's key."""
        kept = {"identifiers.month": month, "identifiers.retain_until": {"$gt": now}}
        for day in days_of(month):
            if await self._pages.find_one({"last_at": day, **kept}, fields=("_id",)) is not None:
                return True
        return False

    async def drop_due_identifiers(self, *, now: datetime) -> int:
        """Take the identifiers out of pages whose clock for them is over; totals stay (promise RK8)."""
        gone = {"$unset": {"identifiers": ""}, "$inc": {"revision": 1}}
        return await self._pages.update_all({"identifiers.retain_until": {"$lte": now}}, gone)

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
                gone = await self._write(page, {"$set": fields})
            else:
                gone = await self._pages.delete({"_id": page["_id"], "revision": page["revision"]}) == 1
            if gone:
                return True
        raise Conflict("the entry is being written by others; try again")

    async def delete_due(self, *, now: datetime) -> int:
        """Delete pages whose own retention is over."""
        return await self._pages.delete({"retain_until": {"$lte": now}})
