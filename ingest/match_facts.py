"""What the stores know of recordings and logs that may belong together; numbers are opened here and go no further."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.calls import UNSERVED_FOR_GOOD
from domain.errors import Gone, NotFound
from ingest.formats.record import Disposition
from ingest.log_reading import CallLogReader
from ingest.match_document import FIXED_WORDS
from ingest.matching import CLOCKS_APART, WINDOW, LogFacts, RecordingFacts, candidate, digits_of
from ingest.recordings import RecordingStore
from storage.catalog import INSTANT, TEXT
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import unseal

MOST_LOGS: Final = 1000
MOST_RECORDINGS: Final = 200
_CDR_FIELDS: Final = (
    "call_id",
    "setup_time",
    "answer_time",
    "duration_s",
    "talk_s",
    "disposition",
    "identifiers",
    "retain_until",
)
_CALL_FIELDS: Final = ("match", "duration_s", "state", "setup_time", "retain_until")
_UNANSWERED: Final = frozenset(
    {
        Disposition.MISSED,
        Disposition.NO_ANSWER,
        Disposition.BUSY,
        Disposition.CANCELLED,
        Disposition.REJECTED,
        Disposition.BLOCKED,
        Disposition.FAILED,
    }
)
_LIVE: Final = {"$nin": [state.value for state in UNSERVED_FOR_GOOD]}


class TooMany(Exception):
    """More logs or recordings lie in the window than are looked at: nothing may be taken for the only one."""


class Neighbourhood:
    """Reads what lies around one recording of a workspace, at one instant; made for one decision."""

    def __init__(self, resources: Resources, workspace_id: str, *, now: datetime) -> None:
        self._calls = resources.database.scoped("calls", workspace_id)
        self._logs = CallLogReader(resources, workspace_id)
        self._cdrs = resources.database.scoped("cdrs", workspace_id)
        self._recordings = RecordingStore(resources, workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id
        self._now = now
        self._month_keys: dict[str, bytes | None] = {}

    async def log(self, log_id: str) -> Document | None:
        """Return a call log or CDR that may still be seen, None when there is none."""
        if log_id.startswith("cdr_"):
            where = {"_id": log_id, "retain_until": {"$gt": self._now}}
            return await self._cdrs.find_one(where, fields=_CDR_FIELDS)
        return await self._logs.find(log_id, now=self._now)

    async def owner(self, log: Document) -> Document | None:
        """Return the call that a log is linked to, None when it is linked to none or that call is gone."""
        if log.get("call_id") is None:
            return None
        return await self._calls.find_one({"_id": log["call_id"], "state": _LIVE}, fields=_CALL_FIELDS)

    async def claimants(self, log_id: str, call_id: str) -> list[RecordingFacts]:
        """Return the other recordings that name this log or were given it for good."""
        named = {"$eq": log_id, **TEXT}
        stating = await self._calls.find({"match.stated": named, "state": _LIVE}, fields=("_id",), limit=2)
        given = {"match.log_id": named, "match.how": {"$in": FIXED_WORDS}, "state": _LIVE}
        having = await self._calls.find(given, fields=("_id",), limit=2)
        return [RecordingFacts(one["_id"], log_id=log_id) for one in (*stating, *having) if one["_id"] != call_id]

    async def recording(self, call: Document) -> RecordingFacts:
        """Return what is known of a call's recording."""
        match = call["match"]
        return RecordingFacts(
            call["_id"],
            began=match["began"],
            number=await self._number(call["_id"]),
            duration_s=call.get("duration_s"),
            device=match["device"],
        )

    async def _number(self, call_id: str) -> str | None:
        try:
            recording = await self._recordings.of_call(call_id)
            numbers = (await self._recordings.hints(recording))["numbers"]
        except (NotFound, Gone):
            return None
        return digits_of(numbers[0]) if numbers else None

    async def fitting(self, mine: RecordingFacts) -> list[LogFacts]:
        """Return the logs that fit a recording and are not somebody else's for good. Raises TooMany."""
        if mine.began is None:
            return []
        where: Document = {
            "setup_time": {"$gte": mine.began - WINDOW, "$lte": mine.began + CLOCKS_APART},
            "retain_until": {"$gt": self._now},
        }
        if mine.device is not None:
            where["identifiers.device"] = {"$in": [mine.device, None]}
        span, device = (mine.began - WINDOW, mine.began + CLOCKS_APART), mine.device
        logs = await self._logs.around(*span, device=device, limit=MOST_LOGS, now=self._now)
        cdrs = await self._cdrs.find(where, fields=_CDR_FIELDS, limit=MOST_LOGS + 1)
        if logs is None or len(logs) + len(cdrs) > MOST_LOGS:
            raise TooMany
        found = [*logs, *cdrs]
        fitting = [(log, facts) for log in found if candidate(mine, facts := await self.facts(log))]
        taken = await self._taken([log for log, _ in fitting], mine.call_id)
        return [facts for log, facts in fitting if log["_id"] not in taken]

    async def _taken(self, logs: Collection[Document], call_id: str) -> frozenset[str]:
        """Return the logs that are another recording's for good: by id, by a person, or because it was erased since."""
        ids, owners = [log["_id"] for log in logs], {log["call_id"] for log in logs if log.get("call_id")}
        inferred = await self._calls.find(
            {"_id": {"$in": sorted(owners)}, "match.how": {"$nin": [*FIXED_WORDS, None]}, "state": _LIVE},
            fields=("_id",),
        )
        free = {one["_id"] for one in inferred} | {call_id, None}
        named = await self._calls.find(
            {"match.stated": {"$in": ids, **TEXT}, "_id": {"$ne": call_id}, "state": _LIVE}, fields=("match.stated",)
        )
        return frozenset(one["match"]["stated"] for one in named) | {
            log["_id"] for log in logs if log.get("call_id") not in free
        }

    async def rivals(self, call_id: str, logs: Collection[LogFacts]) -> list[RecordingFacts]:
        """Return the other recordings that began around these logs and are not matched for good. Raises TooMany."""
        earliest, latest = min(log.setup_time for log in logs), max(log.setup_time for log in logs)
        where = {
            "match.began": {"$gte": earliest - CLOCKS_APART, "$lte": latest + WINDOW, **INSTANT},
            "match.stated": None,
            "match.how": {"$nin": FIXED_WORDS},
            "_id": {"$ne": call_id},
            "state": _LIVE,
        }
        found = await self._calls.find(where, fields=_CALL_FIELDS, limit=MOST_RECORDINGS + 1)
        if len(found) > MOST_RECORDINGS:
            raise TooMany
        return [await self.recording(one) for one in found]

    async def facts(self, log: Document) -> LogFacts:
        """Return what is known of a log."""
        talked = log.get("talk_s")
        return LogFacts(
            log["_id"],
            setup_time=log["setup_time"],
            numbers=frozenset(digits for number in await self._numbers(log) if (digits := digits_of(number))),
            answer_time=log.get("answer_time"),
            duration_s=log.get("duration_s") if talked is None else talked,
            device=(log.get("identifiers") or {}).get("device"),
            unanswered=log.get("disposition") in _UNANSWERED,
        )

    async def _numbers(self, log: Document) -> list[str]:
        identifiers = log.get("identifiers")
        if not identifiers or identifiers["retain_until"] <= self._now:
            return []
        key = await self._month_key(identifiers["month"])
        if key is None:
            return []
        collection = "cdrs" if log["_id"].startswith("cdr_") else "call_logs"
        held = unseal(key, bytes(identifiers["sealed"]), place=f"{collection}/{log['_id']}/identifiers")
        return list(_numbers_in(msgspec.json.decode(held)))

    async def _month_key(self, month: str) -> bytes | None:
        if month not in self._month_keys:
            try:
                self._month_keys[month] = await self._keyring.month_key(self._workspace_id, month, now=self._now)
            except Gone:
                self._month_keys[month] = None
        return self._month_keys[month]


def _numbers_in(held: dict[str, Any]) -> Iterator[str]:
    """Yield the numbers among a log's identifiers: `number` and `e164` of a phone's, both sides of any other."""
    for name in ("e164", "number", "caller", "callee"):
        if isinstance(held.get(name), str):
            yield held[name]
    for row in held.get("rows", ()):
        for side in ("caller", "callee"):
            party = row.get(side) or {}
            yield from (text for text in (party.get("e164"), party.get("raw")) if text)
