"""Call logs: traffic data with two clocks in one record (promises RK6, RK7).

The identifiers (numbers) are sealed under the key of their workspace and month and found through keyed hashes; they
leave on their own clock, and the rest of the log stays on its longer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.ids import new_id
from domain.policy import Policy
from domain.records import Category
from ingest.traffic import TrafficSealer, open_identifiers
from storage.mongo import Document
from storage.resources import Resources


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
        self._resources = resources
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def prepare(self, call_id: str, entry: CallLogEntry, policy: Policy, *, now: datetime) -> Document:
        """Return the document to insert for a call; makes the month's key when it is the month's first."""
        log_id = new_id("log")
        anchor = entry.setup_time
        sealer = await TrafficSealer.open(self._resources, self._workspace_id, policy, [anchor], now=now)
        numbers = {"caller": entry.caller, "callee": entry.callee}
        return {
            "_id": log_id,
            "call_id": call_id,
            **sealer.tags(Category.TRAFFIC, anchor).to_document(),
            "setup_time": anchor,
            "answer_time": entry.answer_time,
            "end_time": entry.end_time,
            "duration_s": entry.duration_s,
            "direction": entry.direction,
            "disposition": entry.disposition,
            **sealer.identifiers(f"call_logs/{log_id}/identifiers", anchor, numbers, numbers.values()),
            "created_at": now,
        }

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a prepared document."""
        await self._logs.insert(document, tx=tx)

    async def of_call(self, call_id: str) -> Document | None:
        """Return a call's log as stored, None when it has none."""
        return await self._logs.find_one({"call_id": call_id})

    async def numbers(self, document: Document, *, now: datetime) -> dict[str, Any]:
        """Return the clear numbers of a log. Raises Gone when their retention is over or their key destroyed."""
        return await open_identifiers(self._resources, self._workspace_id, "call_logs", document, now=now)

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
