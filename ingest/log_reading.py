"""Reading call logs: one, those of a call, a device or a party, the newest, and those of a span of time.

Pages overlap: two phones call at the same time, and a phone sends its week at once. A page is shorter than `SPAN`,
so that only pages which end within it after an instant can hold an entry of that instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from domain.errors import Gone, NotFound
from domain.ids import bytes_of_id, is_id
from ingest.log_documents import SOURCE, device_token, numbers_of
from ingest.log_names import home_of
from ingest.log_pages import ALONE, BEFORE, BYTES, NUMBER, SPAN, entry_of, unfolded
from ingest.traffic import open_identifiers
from storage.catalog import INSTANT, TEXT
from storage.mongo import Document
from storage.resources import Resources

_BY_ID: Final = {"$in": [ALONE, BEFORE], **NUMBER}
_AT_ONCE: Final = 50
"""Pages read at a time."""
_LAST_FIRST: Final = (("last_at", -1), ("_id", -1))


@dataclass(frozen=True, slots=True)
class DeviceCursor:
    """What is stored of a device: how many entries, from when to when, and how many of each day in UTC."""

    entries: int
    oldest_at: datetime | None
    newest_at: datetime | None
    days: Mapping[date, int]


class CallLogReader:
    """The stored call logs of one workspace, each entry as a document of its own."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._logs = resources.database.scoped("call_logs", workspace_id)
        self._resources = resources
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def page_with(self, log_id: str, *, tx: Any = None) -> Document | None:
        """Return the page on which an entry stands, None when there is none, or when this is no id."""
        if not is_id("log", log_id):
            return None
        raw, indexer = bytes_of_id(log_id), await self._keyring.blind_indexer(self._workspace_id)
        found = await self._logs.find_one({"home": {"$eq": home_of(indexer, log_id), **BYTES}, "ids": raw}, tx=tx)
        return found or await self._logs.find_one({"by_id": _BY_ID, "ids": raw}, tx=tx)

    async def there_of(self, ids: Sequence[str]) -> list[str]:
        """Return those of the ids of which there is an entry."""
        indexer = await self._keyring.blind_indexer(self._workspace_id)
        sought = {bytes_of_id(log_id): log_id for log_id in ids if is_id("log", log_id)}
        homes = sorted({home_of(indexer, log_id) for log_id in sought.values()})
        wanted = {"ids": {"$in": list(sought)}}
        by_home = await self._logs.find({"home": {"$in": homes, **BYTES}, **wanted}, fields=("ids",))
        by_id = await self._logs.find({"by_id": _BY_ID, **wanted}, fields=("ids",))
        return sorted({sought[raw] for page in (*by_home, *by_id) for raw in page["ids"] if raw in sought})

    async def has_older(self) -> bool:
        """Say whether there are pages of phones that an earlier version stored."""
        return await self._logs.find_one({"by_id": {"$eq": BEFORE, **NUMBER}}, fields=("_id",)) is not None

    async def older(self, marks: Sequence[bytes]) -> frozenset[bytes]:
        """Return those of the entries, named as earlier versions did, that one of those stored."""
        found = await self._logs.find(
            {"by_id": {"$eq": BEFORE, **NUMBER}, "ids": {"$in": list(marks)}}, fields=("ids",)
        )
        return frozenset(marks) & {raw for page in found for raw in page["ids"]}

    async def of_call(self, call_id: str) -> Document | None:
        """Return a call's log as stored, None when it has none."""
        page = await self._logs.find_one({"calls": {"$eq": call_id, **TEXT}})
        return next((one for one in unfolded(page) if one["call_id"] == call_id), None) if page else None

    async def find(self, log_id: str, *, now: datetime) -> Document | None:
        """Return a log that may still be seen, None when there is none."""
        page = await self.page_with(log_id)
        return entry_of(page, log_id) if page is not None and page["retain_until"] > now else None

    async def get(self, log_id: str, *, now: datetime) -> Document:
        """Return a log. Raises NotFound, also for another workspace's; Gone when its retention is over."""
        page = await self.page_with(log_id)
        found = None if page is None else entry_of(page, log_id)
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
        if number is None:
            return await self._newest({"retain_until": {"$gt": now}}, limit=limit, after=after)
        token = await self._keyring.blind_index(self._workspace_id, number)
        where = {"retain_until": {"$gt": now}, **_with(token, now)}
        return await self._newest(where, limit=limit, after=after, wanted=partial(_has, token))

    async def around(
        self, earliest: datetime, latest: datetime, *, device: str | None, limit: int, now: datetime
    ) -> list[Document] | None:
        """Return the logs that began in this span, both ends in it, and may still be seen; None when more than `limit`.

        Args:
            earliest: the first instant.
            latest: the last.
            device: keyed hash of a device; only its logs, and those of no known device. None asks for all.
            limit: more are not read.
            now: when.
        """
        where: Document = {"retain_until": {"$gt": now}}
        if device is not None:
            where["identifiers.device"] = {"$in": [device, None]}
        where |= {"first_at": {"$lte": latest}, "last_at": {"$gte": earliest, "$lt": latest + SPAN}}
        found: list[Document] = []
        async for pages in self._last_first(where):
            entries = (entry for page in pages for entry in unfolded(page))
            found.extend(entry for entry in entries if earliest <= entry["setup_time"] <= latest)
            if len(found) > limit:
                return None
        return found

    async def device_cursor(self, device_id: str, *, since: datetime, now: datetime) -> DeviceCursor:
        """Return what is stored of a device, as far as it may still be known which device it was."""
        token = device_token(await self._keyring.blind_indexer(self._workspace_id), device_id)
        known = {"source": SOURCE, "identifiers.device": token, "identifiers.retain_until": {"$gt": now}}
        day = {"$dateToString": {"date": "$entries.setup_time", "format": "%Y-%m-%d"}}
        span = {"oldest": {"$min": "$first_at"}, "newest": {"$max": "$last_at"}}
        recent = {"$gte": since}
        whole, days = await asyncio.gather(
            self._logs.grouped(known, {"_id": None, "entries": {"$sum": {"$size": "$entries"}}, **span}),
            self._logs.grouped(
                {**known, "last_at": recent},
                {"_id": day, "entries": {"$sum": 1}},
                each="entries",
                within={"entries.setup_time": recent},
            ),
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

        def wanted(document: Document) -> bool:
            return document["call_id"] is not None and _has(token, document)

        found = await self._newest({**_with(token, now), "calls": TEXT}, limit=limit, wanted=wanted)
        return [document["call_id"] for document in found]

    async def _newest(
        self,
        where: Document,
        *,
        limit: int,
        after: tuple[datetime, str] | None = None,
        wanted: Callable[[Document], bool] | None = None,
    ) -> list[Document]:
        """Return entries of the pages that match, newest call first: those `wanted`, and after `after`."""
        if after is not None:
            where = {**where, "first_at": {"$lte": after[0]}, "last_at": {"$lt": after[0] + SPAN}}
        found: list[Document] = []
        async for pages in self._last_first(where):
            entries = (entry for page in pages for entry in unfolded(page))
            found.extend(
                entry
                for entry in entries
                if (after is None or _place(entry) < after) and (wanted is None or wanted(entry))
            )
            found.sort(key=_place, reverse=True)
            del found[limit:]
            if len(found) == limit and found[-1]["setup_time"] > pages[-1]["last_at"]:
                break  # whatever follows began earlier
        return found

    async def _last_first(self, where: Document) -> AsyncIterator[list[Document]]:
        """Yield the pages that match, some at a time, those first whose last entry is the newest; no emptied ones."""
        behind: Document = {"last_at": INSTANT}
        while pages := await self._logs.find({"$and": [where, behind]}, sort=_LAST_FIRST, limit=_AT_ONCE):
            yield pages
            if len(pages) < _AT_ONCE:
                return
            last, page_id = pages[-1]["last_at"], pages[-1]["_id"]
            behind = {"$or": [{"last_at": {"$lt": last}}, {"last_at": last, "_id": {"$lt": page_id}}]}


def _place(entry: Document) -> tuple[datetime, str]:
    return entry["setup_time"], entry["_id"]


def _with(token: str, now: datetime) -> Document:
    """Return the filter of pages in which somebody takes part of whom it may still be known."""
    return {"identifiers.index": bytes.fromhex(token), "identifiers.retain_until": {"$gt": now}}


def _has(token: str, document: Document) -> bool:
    return token in document.get("identifiers", {}).get("index", ())
