"""Call logs: traffic data with two clocks in one record (promises RK6, RK7).

The identifiers (numbers) are sealed under the key of their workspace and month and found through keyed hashes; they
leave on their own clock, and the rest of the log stays on its longer one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.errors import Gone
from domain.ids import new_id
from domain.policy import Policy
from domain.records import Category
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class CallLogEntry:
    """One entry of a phone's or a phone system's log. Numbers are E.164 where they are numbers, None when withheld."""

    setup_time: datetime
    answer_time: datetime | None = None
    end_time: datetime | None = None
    duration_s: float | None = None
    direction: str = "unknown"
    disposition: str | None = None
    caller: str | None = None
    callee: str | None = None


async def workspaces_with_due_logs(resources: Resources, *, now: datetime) -> list[str]:
    """Return the ids of workspaces in which a log, or the identifiers of one, are due; some of them when it is many."""
    due = {"$or": [{"identifiers.retain_until": {"$lte": now}}, {"retain_until": {"$lte": now}}]}
    found = await resources.database.whole("call_logs").find(due, fields=("workspace_id",), limit=1000)
    return sorted({document["workspace_id"] for document in found})


class CallLogStore:
    """The one writer of `call_logs`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._logs = resources.database.scoped("call_logs", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def prepare(self, call_id: str, entry: CallLogEntry, policy: Policy, *, now: datetime) -> Document:
        """Return the document to insert; makes the month's key when it is the month's first."""
        log_id = new_id("log")
        anchor = entry.setup_time
        month = anchor.astimezone(UTC).strftime("%Y-%m")
        return {
            "_id": log_id,
            "call_id": call_id,
            **policy.tags(Category.TRAFFIC, workspace_id=self._workspace_id, anchor=anchor).to_document(),
            "setup_time": anchor,
            "answer_time": entry.answer_time,
            "end_time": entry.end_time,
            "duration_s": entry.duration_s,
            "direction": entry.direction,
            "disposition": entry.disposition,
            **await self._identifiers(log_id, month, entry, policy, now=now),
            "created_at": now,
        }

    async def _identifiers(
        self, log_id: str, month: str, entry: CallLogEntry, policy: Policy, *, now: datetime
    ) -> Document:
        """Return the sealed identifiers; nothing when their clock is over already: a late log keeps its totals only."""
        tags = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id=self._workspace_id, anchor=entry.setup_time)
        if tags.retain_until <= now:
            return {}
        key = await self._keyring.month_key(self._workspace_id, month, now=now)
        numbers = {"caller": entry.caller, "callee": entry.callee}
        index = [
            await self._keyring.blind_index(self._workspace_id, number)
            for number in dict.fromkeys(numbers.values())
            if number
        ]
        sealed = seal(key, json.dumps(numbers).encode(), place=f"call_logs/{log_id}/identifiers")
        return {"identifiers": {**tags.to_document(), "month": month, "sealed": sealed, "index": index}}

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a prepared document."""
        await self._logs.insert(document, tx=tx)

    async def of_call(self, call_id: str) -> Document | None:
        """Return a call's log as stored, None when it has none."""
        return await self._logs.find_one({"call_id": call_id})

    async def numbers(self, document: Document, *, now: datetime) -> dict[str, str | None]:
        """Return the clear numbers of a log. Raises Gone when their retention is over or their key destroyed."""
        identifiers = document.get("identifiers")
        if not identifiers or identifiers["retain_until"] <= now:
            raise Gone("the numbers' retention is over", call_id=document["call_id"])
        key = await self._keyring.month_key(self._workspace_id, identifiers["month"], now=now)
        place = f"call_logs/{document['_id']}/identifiers"
        numbers: dict[str, str | None] = json.loads(unseal(key, bytes(identifiers["sealed"]), place=place))
        return numbers

    async def calls_with_number(self, number: str, *, now: datetime, limit: int) -> list[str]:
        """Return the ids of calls in which a number takes part, newest first."""
        token = await self._keyring.blind_index(self._workspace_id, number)
        found = await self._logs.find(
            {"identifiers.index": token, "identifiers.retain_until": {"$gt": now}},
            sort=(("setup_time", -1), ("_id", -1)),
            limit=limit,
            fields=("call_id",),
        )
        return [document["call_id"] for document in found]

    async def months_over(self, *, now: datetime) -> list[str]:
        """Return the months of which every identifier that is left is due.

        Their keys go before the identifiers do: a sweep that is cut short in between finds them again.
        """
        due, kept = {"identifiers.retain_until": {"$lte": now}}, {"identifiers.retain_until": {"$gt": now}}
        this_month = now.astimezone(UTC).strftime("%Y-%m")
        months = {log["identifiers"]["month"] for log in await self._logs.find(due, fields=("identifiers.month",))}
        over = sorted(month for month in months if month < this_month)
        return [month for month in over if not await self._logs.count({"identifiers.month": month, **kept})]

    async def drop_due_identifiers(self, *, now: datetime) -> int:
        """Take the identifiers out of logs whose clock for them is over; totals stay (promise RK8)."""
        return await self._logs.update_all({"identifiers.retain_until": {"$lte": now}}, {"$unset": {"identifiers": ""}})

    async def delete_due(self, *, now: datetime) -> int:
        """Delete logs whose own retention is over."""
        return await self._logs.delete({"retain_until": {"$lte": now}})
