"""Call logs: traffic data with two clocks in one record (promises RK6, RK7).

The identifiers (numbers) are sealed under the key of their workspace and month and found through keyed hashes; they
leave on their own clock, and the rest of the log stays on its longer one. Logs come with a recording (`prepare`), or
from a phone in batches (`land`, made ready by `ingest.log_intake`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from domain.errors import Conflict, Gone, NotFound
from domain.ids import is_id, new_id
from domain.policy import Policy
from domain.records import Category
from ingest.formats.parties import NOBODY
from ingest.formats.record import PartyNumber
from ingest.log_documents import RANKED, SOURCE, as_it_is, device_token, differences, numbers_of, supersedes
from ingest.log_outcomes import LogOutcome
from ingest.numbers import shown
from ingest.tombstones import TombstoneStore
from ingest.traffic import TrafficSealer, days_of, open_identifiers
from storage.catalog import TEXT
from storage.mongo import Document
from storage.resources import Resources

_NEWEST_FIRST: Final = (("setup_time", -1), ("_id", -1))
_TRIES: Final = 20
_AT_ONCE: Final = 16


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


@dataclass(frozen=True, slots=True)
class DeviceCursor:
    """What is stored of a device: how many entries, from when to when, and how many of each day in UTC."""

    entries: int
    oldest_at: datetime | None
    newest_at: datetime | None
    days: Mapping[date, int]


async def workspaces_with_due_logs(resources: Resources, *, now: datetime) -> list[str]:
    """Return the ids of workspaces in which a log, or the identifiers of one, are due; some of them when it is many."""
    due = {"$or": [{"identifiers.retain_until": {"$lte": now}}, {"retain_until": {"$lte": now}}]}
    found = await resources.database.whole("call_logs").find(due, fields=("workspace_id",), limit=1000)
    return sorted({document["workspace_id"] for document in found})


class CallLogStore:
    """The one writer of `call_logs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._logs = resources.database.scoped("call_logs", workspace_id)
        self._resources = resources
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

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
        await self._logs.insert(document, tx=tx)

    async def land(self, documents: Sequence[Document], *, now: datetime) -> dict[str, LogOutcome]:
        """Store the entries of a batch, each with an id of its own: new ones in one write; return what became of each.

        Of an entry that is there already the greater version stays (`ingest.log_documents`), whoever comes first.
        """
        taken = await self._logs.insert_many(documents)
        outcomes = dict.fromkeys((document["_id"] for document in documents), LogOutcome.CREATED)
        late = [documents[at] for at in sorted(taken)]
        stored = await self._versions([document["_id"] for document in late]) if late else {}
        for start in range(0, len(late), _AT_ONCE):
            some = late[start : start + _AT_ONCE]
            found = await asyncio.gather(*(self._settle(one, stored.get(one["_id"]), now) for one in some))
            outcomes.update(zip((one["_id"] for one in some), found, strict=True))
        return outcomes

    async def _versions(self, ids: Sequence[str]) -> Mapping[str, Document]:
        found = await self._logs.find({"_id": {"$in": list(ids)}}, fields=RANKED)
        return {document["_id"]: document for document in found}

    async def _settle(self, document: Document, stored: Document | None, now: datetime) -> LogOutcome:
        """Make a stored entry the greater of its two versions, by compare-and-set."""
        log_id = document["_id"]
        for _ in range(_TRIES):
            if stored is None:  # it went between our write and our look
                return LogOutcome.ERASED
            if not supersedes(document, stored):
                return LogOutcome.DUPLICATE
            change = differences(stored, document, now=now)
            if await self._logs.update(as_it_is(stored), {"$set": change}):
                return LogOutcome.UPDATED
            stored = (await self._versions([log_id])).get(log_id)
        raise Conflict("the entry is being written by others; send the batch again")

    async def of_call(self, call_id: str) -> Document | None:
        """Return a call's log as stored, None when it has none."""
        return await self._logs.find_one({"call_id": {"$eq": call_id, **TEXT}})

    async def get(self, log_id: str, *, now: datetime) -> Document:
        """Return a log. Raises NotFound, also for another workspace's; Gone when its retention is over."""
        found = await self._logs.find_one({"_id": log_id}) if is_id("log", log_id) else None
        if found is None:
            raise NotFound("no such call log")
        if found["retain_until"] <= now:
            raise Gone("the log's retention is over")
        return found

    async def page(
        self, *, now: datetime, limit: int, after: tuple[datetime, str] | None = None, number: str | None = None
    ) -> list[Document]:
        """Return logs that may still be seen, newest call first; `after` is (setup_time, id) of the last one seen.

        Args:
            now: when.
            limit: at most so many.
            after: where the page begins.
            number: only those in which this party takes part (`PartyNumber.subject`).
        """
        parts: list[Document] = [{"retain_until": {"$gt": now}}]
        if after is not None:
            moment, log_id = after
            parts.append({"$or": [{"setup_time": {"$lt": moment}}, {"setup_time": moment, "_id": {"$lt": log_id}}]})
        if number is not None:
            token = await self._keyring.blind_index(self._workspace_id, number)
            parts.append({"identifiers.index": token, "identifiers.retain_until": {"$gt": now}})
        return await self._logs.find({"$and": parts}, sort=_NEWEST_FIRST, limit=limit)

    async def device_cursor(self, device_id: str, *, since: datetime, now: datetime) -> DeviceCursor:
        """Return what is stored of a device, as far as it may still be known which device it was."""
        token = device_token(await self._keyring.blind_indexer(self._workspace_id), device_id)
        known = {"source": SOURCE, "identifiers.device": token, "identifiers.retain_until": {"$gt": now}}
        day = {"$dateToString": {"date": "$setup_time", "format": "%Y-%m-%d"}}
        span = {"oldest": {"$min": "$setup_time"}, "newest": {"$max": "$setup_time"}}
        whole, days = await asyncio.gather(
            self._logs.grouped(known, {"_id": None, "entries": {"$sum": 1}, **span}),
            self._logs.grouped({**known, "setup_time": {"$gte": since}}, {"_id": day, "entries": {"$sum": 1}}),
        )
        per_day = {date.fromisoformat(one["_id"]): int(one["entries"]) for one in days}
        if not whole:
            return DeviceCursor(0, None, None, per_day)
        return DeviceCursor(int(whole[0]["entries"]), whole[0]["oldest"], whole[0]["newest"], per_day)

    async def numbers(self, document: Document, *, now: datetime) -> dict[str, Any]:
        """Return the clear numbers of a log. Raises Gone when their retention is over or their key destroyed."""
        held = await open_identifiers(self._resources, self._workspace_id, "call_logs", document, now=now)
        return numbers_of(document, held)

    async def calls_with_number(self, number: str, *, now: datetime, limit: int) -> list[str]:
        """Return the ids of calls in which a number takes part, newest first."""
        token = await self._keyring.blind_index(self._workspace_id, number)
        found = await self._logs.find(
            {
                "identifiers.index": token,
                "identifiers.retain_until": {"$gt": now},
                "call_id": {"$type": "string"},
            },
            sort=_NEWEST_FIRST,
            limit=limit,
            fields=("call_id",),
        )
        return [document["call_id"] for document in found]

    async def relink(self, log_id: str, before: str | None, after: str | None, *, tx: Any) -> bool:
        """Point a log at another call (None is no call); False when it is gone or does not point at `before`."""
        return await self._logs.update({"_id": log_id, "call_id": before}, {"$set": {"call_id": after}}, tx=tx) == 1

    async def holds_identifiers(self, month: str, *, now: datetime) -> bool:
        """Say whether identifiers that are not due lie sealed under this month's key."""
        kept = {"identifiers.month": month, "identifiers.retain_until": {"$gt": now}}
        for day in days_of(month):
            if await self._logs.find_one({"setup_time": day, **kept}, fields=("_id",)) is not None:
                return True
        return False

    async def drop_due_identifiers(self, *, now: datetime) -> int:
        """Take the identifiers out of logs whose clock for them is over; totals stay (promise RK8)."""
        return await self._logs.update_all({"identifiers.retain_until": {"$lte": now}}, {"$unset": {"identifiers": ""}})

    async def erase(self, log_id: str, *, now: datetime) -> bool:
        """Erase a log for good; say whether it was there. Its tombstone comes first."""
        if await self._logs.find_one({"_id": log_id}, fields=("_id",)) is None:
            return False
        await TombstoneStore(self._resources, self._workspace_id).place_rows([log_id], now=now)
        return await self._logs.delete({"_id": log_id}) == 1

    async def delete_due(self, *, now: datetime) -> int:
        """Delete logs whose own retention is over."""
        return await self._logs.delete({"retain_until": {"$lte": now}})
