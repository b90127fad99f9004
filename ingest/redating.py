"""Stored traffic data dated anew, a local day at a time, when the windows of its workspace change.

All records of one local day of the policy are due together, so one update serves a day. What is due already stays due:
no change of a window brings it back. Safe to run twice: what a version has dated, it does not touch again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.policy import Policy
from domain.records import Category
from storage.mongo import Document
from storage.resources import Resources

Find = Callable[..., Awaitable[list[Document]]]
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TrafficClock:
    """One of the two clocks of a collection: `within` is the part of a document whose clock it is."""

    category: Category
    within: str
    moment: str
    """The field that says when a record's call began."""


def _clocks(moment: str) -> dict[str, TrafficClock]:
    return {
        "rows": TrafficClock(Category.TRAFFIC_DATA, "", moment),
        "identifiers": TrafficClock(Category.TRAFFIC_IDENTIFIERS, "identifiers.", moment),
    }


class TrafficDates:
    """Dates the traffic data of one workspace anew, under a version of its policy."""

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy) -> None:
        self._cdrs = resources.database.scoped("cdrs", workspace_id)
        self._pages = resources.database.scoped("call_logs", workspace_id)
        self._policy = policy

    async def next_cdrs(self, clock: str, after: str | None, *, now: datetime) -> str | None:
        """Date the CDRs of the next local day behind `after` anew; return that day, None when there is none left."""
        told = _clocks("setup_time")[clock]
        day = await self._next_day(self._cdrs.find, told, after)
        if day is None:
            return None
        for found, change in self._changes(told, day, now):
            await self._cdrs.update_all(found, change, hint=_by("setup_time"))
        return day.isoformat()

    async def next_pages(self, clock: str, after: str | None, *, now: datetime) -> str | None:
        """Date the pages of call logs of the next local day anew; return that day, None when there is none left."""
        told = _clocks("last_at")[clock]
        day = await self._next_day(self._pages.find, told, after)
        if day is None:
            return None
        for found, change in self._changes(told, day, now):
            await self._pages.update_all(found, change, hint=_by("last_at"))
        return day.isoformat()

    def _zone(self, clock: TrafficClock) -> ZoneInfo:
        return ZoneInfo(self._policy.categories[clock.category].retention.zone)

    async def _next_day(self, find: Find, clock: TrafficClock, after: str | None) -> date | None:
        zone = self._zone(clock)
        since = datetime(1, 1, 2, tzinfo=UTC) if after is None else _midnight(date.fromisoformat(after) + _DAY, zone)
        first = await find(
            {clock.moment: {"$gte": since}}, sort=((clock.moment, 1), ("_id", 1)), limit=1, fields=(clock.moment,)
        )
        if not first:
            return None
        began: datetime = first[0][clock.moment]
        return began.astimezone(zone).date()

    def _changes(self, clock: TrafficClock, day: date, now: datetime) -> list[tuple[Document, Document]]:
        """Return what is found and what is changed. Compare-and-set by others on `revision` must see the change."""
        zone = self._zone(clock)
        began, over = _midnight(day, zone), _midnight(day + _DAY, zone)
        tags = self._policy.tags(clock.category, workspace_id="", anchor=began)
        of_day: Document = {clock.moment: {"$gte": began, "$lt": over}}
        behind = {f"{clock.within}policy_version": {"$lt": tags.policy_version}}
        alive = {f"{clock.within}retain_until": {"$gt": now}}
        dated = {
            f"{clock.within}retain_until": tags.retain_until.astimezone(UTC),
            f"{clock.within}policy_version": tags.policy_version,
        }
        return [({**of_day, **behind, **alive}, {"$set": dated, "$inc": {"revision": 1}})]


def _by(moment: str) -> tuple[tuple[str, int], ...]:
    """Return the index by the calls' start: a day's records lie beside each other in it, and no clock moves them."""
    return (("workspace_id", 1), (moment, -1), ("_id", -1))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
