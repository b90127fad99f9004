"""The lanes of a sweep: what is erased in chunks without a transaction, and is nevertheless decided with all holds.

What must never happen here: a record erased that a hold keeps which was placed before. A chunk of thousands of records
in one transaction made everything else wait, so a chunk says first that it has begun, reads the holds after that, and
erases; who places a hold stores it first, and waits then until the chunks that had begun are over. So of two that meet
either the chunk knows the hold, or the hold was placed after what the chunk took. A chunk that stands still for too
long erases nothing any more: its filter holds only for `BEGIN_S` by the clock of MongoDB itself, and what it has begun
MongoDB ends after `RUN_S`; that long at most a hold waits for a process that died. Of a chunk that got no answer nobody
knows whether it goes on: its lane is left as it is, as if the process had died.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.errors import Duplicate
from storage.limits import within_s
from storage.mongo import Document
from storage.resources import Resources

LANES: Final = 2
"""How many chunks of one workspace are under way at once."""
BEGIN_S: Final = 3.0
RUN_S: Final = 12.0
"""How long a chunk may take from then on; MongoDB ends what is over it. They are made to take two seconds at most
(`ingest.pace`); on two cores with a load of 18, and a cache a fortieth of the records, some took longer than seven.
"""
_OVER_MS: Final = int((BEGIN_S + RUN_S) * 1000)
_POLL_S: Final = 0.005
_OVER: Final[Document] = {"$expr": {"$lt": ["$began_at", {"$subtract": ["$$NOW", _OVER_MS]}]}}
_RUNNING: Final[Document] = {"$expr": {"$gte": ["$began_at", {"$subtract": ["$$NOW", _OVER_MS]}]}}


@dataclass(frozen=True, slots=True)
class Turn:
    """A chunk under way; `fence` belongs into the filter of each of its writes, and all of them into `limit`."""

    lane: str
    token: str
    fence: Document

    def limit(self) -> AbstractContextManager[Any]:
        """Return the limit within which MongoDB ends whatever the chunk writes."""
        return within_s(RUN_S)


class SweepLanes:
    """The lanes of one workspace, in `purge_jobs`."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._jobs = resources.database.scoped("purge_jobs", workspace_id)
        self._lanes = [f"{workspace_id}/{number}" for number in range(LANES)]

    async def open(self) -> None:
        """Make the lanes, if they are not there."""
        there = {lane["_id"] for lane in await self._jobs.find({"kind": "lane"}, fields=("_id",))}
        for lane in sorted(set(self._lanes) - there):
            with contextlib.suppress(Duplicate):
                await self._jobs.insert({"_id": lane, "kind": "lane"})

    async def begin(self, number: int, what: str, bounds: Mapping[str, Any], expected: int) -> Turn | None:
        """Say that a chunk begins, before the holds are read for it; None when another process is at work here.

        Args:
            number: the lane.
            what: the place that it clears.
            bounds: which records, so that a run that was killed can be counted afterwards.
            expected: how many of them there are.
        """
        token = secrets.token_hex(8)
        free = {"_id": self._lanes[number], "token": None}
        change = {
            "$set": {"token": token, "intent": {"what": what, "bounds": dict(bounds), "expected": expected}},
            "$currentDate": {"began_at": True},
        }
        lane = await self._jobs.find_and_update(free, change)
        if lane is None:
            return None
        until: datetime = lane["began_at"] + timedelta(seconds=BEGIN_S)
        return Turn(lane["_id"], token, {"$expr": {"$lt": ["$$NOW", until]}})

    async def end(self, turn: Turn, what: str, done: int) -> None:
        """Say that a chunk is over, and what it did; nothing when it had been given up meanwhile, and counted."""
        change: Document = {"$unset": {"token": "", "intent": ""}}
        if done:
            change["$inc"] = {f"counts.{what.replace('.', '_')}": done}
        await self._jobs.update({"_id": turn.lane, "token": turn.token}, change)

    async def left(self) -> list[tuple[Turn, Document]]:
        """Return the chunks whose process died, each with its intent: to be counted and ended."""
        dead = await self._jobs.find({"kind": "lane", "token": {"$type": "string"}, **_OVER})
        return [(Turn(lane["_id"], lane["token"], {}), lane["intent"]) for lane in dead]

    async def settled(self) -> None:
        """Wait until the chunks that are under way now are over: for who has just placed a hold."""
        lanes = await self._jobs.find({"kind": "lane", "token": {"$type": "string"}}, fields=("token",))
        tokens = {"$in": [lane["token"] for lane in lanes]}
        for _ in range(int((BEGIN_S + RUN_S) / _POLL_S)):
            if not lanes or not await self._jobs.count({"kind": "lane", "token": tokens, **_RUNNING}, limit=1):
                return
            await asyncio.sleep(_POLL_S)
