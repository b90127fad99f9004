"""The register of what people ask: entered, verified, decided, answered; and what there is of the person.

Entries and events are added, never changed. Of the person only keyed hashes are kept; they outlive the records, since
the register proves what was answered and when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.errors import Conflict, Invalid, NotFound
from domain.ids import new_id
from domain.people_requests import (
    Event,
    NotedEvent,
    PersonRequest,
    RequestKind,
    in_california,
    next_event,
    request_from,
)
from domain.policy_settings import PolicySettings
from domain.request_deadlines import late
from governance.workspaces import WorkspaceStore
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources

_TRIES = 8
_NEWEST = (("received_at", -1), ("_id", -1))
MOST_FOUND = 1000
"""How many records of each kind are named one by one."""
_TEXT = {"$type": "string"}


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request as somebody enters it; see `domain.people_requests.PersonRequest`."""

    kind: RequestKind
    people: tuple[str, ...]
    received_at: datetime
    place: str | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What there is of a person: ids by collection; `more` names the collections of which not all are told."""

    found: Mapping[str, Sequence[str]]
    more: Collection[str] = ()


class PeopleRequests:
    """The one writer of `requests`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._requests = resources.database.scoped("requests", workspace_id)
        self._workspace_id = workspace_id

    async def open(self, new: NewRequest, *, by: str, now: datetime) -> PersonRequest:
        """Enter a request. Raises Invalid for one that has not come yet, or a question only Californians may ask."""
        if new.received_at > now:
            raise Invalid("enter a request when it has come", field="received_at")
        marketing = new.kind is RequestKind.DIRECT_MARKETING_DISCLOSURES
        if marketing and not in_california(new.place):
            raise Invalid("this question is California's (place US-CA); elsewhere ask for access", field="kind")
        zone = (await WorkspaceStore(self._resources).get(self._workspace_id)).policy.zone
        repeated = marketing and await self._asked_this_year(new, zone)
        document: Document = {
            "_id": new_id("req"),
            "kind": new.kind.value,
            "people": list(new.people),
            "received_at": new.received_at,
            "place": new.place,
            "zone": zone,
            "opened_by": by,
            "opened_at": now,
            "repeated": repeated,
            "answered": False,
            "events": [],
        }
        await self._requests.insert(document)
        return request_from(document)

    async def _asked_this_year(self, new: NewRequest, zone: str) -> bool:
        there = ZoneInfo(zone)
        year = new.received_at.astimezone(there).year
        began = datetime.combine(date(year, 1, 1), datetime.min.time(), there).astimezone(UTC)
        same: Document = {"kind": new.kind.value, "people": {"$in": list(new.people)}}
        until = began + timedelta(days=366)
        earlier = await self._requests.find({**same, "received_at": {"$gte": began, "$lt": until}})
        return any(request_from(one).received.year == year for one in earlier)

    async def get(self, request_id: str) -> PersonRequest:
        """Return a request. Raises NotFound."""
        document = await self._requests.find_one({"_id": request_id})
        if document is None:
            raise NotFound("no such request", request_id=request_id)
        return request_from(document)

    async def note(self, request_id: str, new: NotedEvent) -> PersonRequest:
        """Add an event. Raises NotFound; Conflict, Invalid as `domain.people_requests.next_event`."""
        for _ in range(_TRIES):
            found = await self.get(request_id)
            event = next_event(found, new)
            unchanged: Document = {"_id": request_id, "events": {"$size": len(found.events)}}
            reason = event.reason.value if event.reason else None
            stored = {**asdict(event), "event": event.event.value, "reason": reason}
            change: Document = {"$push": {"events": stored}}
            if event.event is Event.ANSWERED:
                change["$set"] = {"answered": True}
            if await self._requests.update(unchanged, change):
                return await self.get(request_id)
        raise Conflict("others are noting events of this request; try again", request_id=request_id)

    async def page(self, *, after: tuple[datetime, str] | None, open_only: bool, limit: int) -> list[Document]:
        """Return requests as they are stored, newest first, from behind a place on."""
        wanted: Document = {"answered": False} if open_only else {}
        if after is not None:
            at, last = after
            wanted["$or"] = [{"received_at": {"$lt": at}}, {"received_at": at, "_id": {"$lt": last}}]
        return await self._requests.find(wanted, sort=_NEWEST, limit=limit)

    async def settings(self) -> PolicySettings:
        """Return the days that the workspace's profile promises."""
        return (await WorkspaceStore(self._resources).get(self._workspace_id)).policy.settings

    async def late(self, *, now: datetime) -> int:
        """Return how many requests are past our own last day."""
        settings = await self.settings()
        return sum(late(request_from(one), settings, now) for one in await self._requests.find({"answered": False}))

    async def holdings(self, request: PersonRequest) -> Holdings:
        """Find what there is of the person: calls, call log entries' pages and CDRs, by keyed hash."""
        tokens, database = list(request.people), self._resources.database
        calls = {
            one["_id"]
            for one in await database.scoped("calls", self._workspace_id).find(
                {"people": {"$in": tokens, **_TEXT}}, fields=("_id",), limit=MOST_FOUND + 1
            )
        }
        more: set[str] = set()
        try:
            calls |= await linked_calls(database, self._workspace_id, tokens)
        except TooManyLinked:
            more.add("calls")
        cdrs = await database.scoped("cdrs", self._workspace_id).find(
            {"identifiers.month": _TEXT, "identifiers.index": {"$in": tokens}}, fields=("_id",), limit=MOST_FOUND + 1
        )
        found = {"calls": sorted(calls), "cdrs": sorted(one["_id"] for one in cdrs)}
        more.update(name for name, ids in found.items() if len(ids) > MOST_FOUND)
        return Holdings({name: ids[:MOST_FOUND] for name, ids in found.items()}, frozenset(more))


async def requests_late(resources: Resources, *, now: datetime) -> int:
    """Return how many requests are late now, over all workspaces: a gauge."""
    workspaces = await resources.database.whole("requests").workspaces({"answered": False})
    return sum([await PeopleRequests(resources, one).late(now=now) for one in workspaces])
