"""What would go if the windows were others: counted from the stored records, by kind and age, with what holds keep.

The same rule dates here and when the change is made (`SettledPolicy`, `redated`), and the same filters say what is held
as when the sweep erases; so the preview of a change equals what the sweep then does, but for records that come, or
holds that are placed and released, in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.call_parts import PARTS, RECORDING, anchor_of, parts_of, redated
from domain.calls import UNSERVED_FOR_GOOD
from domain.records import Category
from domain.settled_policy import CallClocks, SettledPolicy
from governance.holds import HoldStore
from storage.catalog import INSTANT
from storage.hold_filters import facts_on, held_of
from storage.mongo import Document
from storage.resources import Resources

KINDS: Final = ("calls", "recordings", "transcripts", "cdrs.identifiers", "cdrs", "call_logs.identifiers", "call_logs")
_PART_KINDS: Final = dict(zip(PARTS, ("recordings", "transcripts"), strict=True))
_GOING: Final = [state.value for state in UNSERVED_FOR_GOOD]
_PAGE: Final = 500
_DAY: Final = timedelta(days=1)
_CALL_FIELDS: Final = (
    *("workspace_id", "state", "retain_until", "artifacts", "anchor_at", "setup_time", "created_at"),
    *("match.gave_setup_time",),
)


@dataclass(slots=True)
class Going:
    """What would go of one kind.

    Attributes:
        due: how many would go, those among them that are due whatever is set.
        sooner: how many of these would not go by then as things stand.
        held: how many would be due and are kept by a hold; not among `due`.
        by_month: `due` by the month (`2026-11`, in the policy's zone) in which the call began.
    """

    due: int = 0
    sooner: int = 0
    held: int = 0
    by_month: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, *, month: str, sooner: bool, held: int) -> None:
        """Count records of one month, `held` of them kept by a hold."""
        self.held += held
        self.due += number - held
        self.sooner += number - held if sooner else 0
        if number > held:
            self.by_month[month] += number - held


@dataclass(frozen=True, slots=True)
class Look:
    """One clock of one collection of traffic data."""

    collection: str
    moment: str
    category: Category
    clock: str
    instant: datetime


class Reads(NamedTuple):
    """How one collection is read."""

    find: Callable[..., Awaitable[list[Document]]]
    grouped: Callable[..., Awaitable[list[Document]]]


class Preview:
    """Counts what is due by an instant under a policy, in one workspace; nothing is changed."""

    def __init__(self, resources: Resources, workspace_id: str, policy: SettledPolicy, *, now: datetime) -> None:
        self._calls_there = resources.database.scoped("calls", workspace_id)
        cdrs = resources.database.scoped("cdrs", workspace_id)
        pages = resources.database.scoped("call_logs", workspace_id)
        self._reads = {"cdrs": Reads(cdrs.find, cdrs.grouped), "call_logs": Reads(pages.find, pages.grouped)}
        self._holds = HoldStore(resources, workspace_id)
        self._policy = policy
        self._now = now
        self._known: dict[date, CallClocks] = {}

    async def by(self, instant: datetime) -> dict[str, Going]:
        """Return what would be gone by this instant, not before now, of each kind."""
        found = {kind: Going() for kind in KINDS}
        await self._calls(found, max(instant, self._now))
        for collection, moment in (("cdrs", "setup_time"), ("call_logs", "last_at")):
            for kind, category, within in (
                (f"{collection}.identifiers", Category.TRAFFIC_IDENTIFIERS, "identifiers."),
                (collection, Category.TRAFFIC_DATA, ""),
            ):
                look = Look(collection, moment, category, f"{within}retain_until", max(instant, self._now))
                await self._traffic(found[kind], look)
        return found

    def _clocks(self, anchor: datetime) -> CallClocks:
        if any(window.exact for window in self._policy.kept.windows.values()):
            return self._policy.call_clocks(anchor)
        day = anchor.astimezone(
            ZoneInfo(self._policy.categories[Category.COMMUNICATIONS_CONTENT].retention.zone)
        ).date()
        if day not in self._known:
            self._known[day] = self._policy.call_clocks(anchor)
        return self._known[day]

    async def _calls(self, found: Mapping[str, Going], instant: datetime) -> None:
        spared = await self._holds.spared("calls")
        last = ""
        while page := await self._calls_there.find(
            {"_id": {"$gt": last}, "state": {"$nin": _GOING}}, limit=_PAGE, fields=_CALL_FIELDS
        ):
            last = page[-1]["_id"]
            ids = {"_id": {"$in": [call["_id"] for call in page]}}
            held = await self._calls_there.find(held_of(ids, spared), fields=("_id",)) if spared else []
            kept = {call["_id"] for call in held}
            for call in page:
                self._one_call(found, call, instant, held=int(call["_id"] in kept))

    def _one_call(self, found: Mapping[str, Going], call: Document, instant: datetime, *, held: int) -> None:
        dated = redated(call, self._clocks(anchor_of(call)), now=self._now)
        month = anchor_of(call).astimezone(ZoneInfo(self._policy.zone)).strftime("%Y-%m")
        if dated["retain_until"] <= instant:
            found["calls"].add(1, month=month, sooner=call["retain_until"] > instant, held=held)
            return
        for part, clock in dated["artifacts"].items():
            waits = part == RECORDING and clock["once_processed"] and call["state"] != "ready"
            if clock["erased_at"] is None and clock["until"] <= instant and not waits:
                sooner = parts_of(call)[part]["until"] > instant
                found[_PART_KINDS[part]].add(1, month=month, sooner=sooner, held=held)

    async def _traffic(self, going: Going, look: Look) -> None:
        records = self._reads[look.collection]
        spared = await self._holds.spared(look.collection)
        over = {look.clock: {"$lte": self._now}}
        last_day = await self._last_due_day(records, look)
        parts: list[tuple[Document, bool]] = [(over, False)]
        if last_day is not None:
            end = {look.moment: {"$lt": self._midnight(look, last_day + _DAY)}}
            parts.append(({**end, look.clock: {"$gt": self._now, "$lte": look.instant}}, False))
            parts.append(({**end, look.clock: {"$gt": max(self._now, look.instant)}}, True))
        for matching, sooner in parts:
            counted = await self._by_month(records, look, matching)
            held = await self._held_by_month(records, look, matching, spared) if spared else Counter[str]()
            for month, number in counted.items():
                going.add(number, month=month, sooner=sooner, held=held[month])

    async def _by_month(self, records: Reads, look: Look, matching: Document) -> Counter[str]:
        zone = self._policy.categories[look.category].retention.zone
        month = {"$dateToString": {"date": f"${look.moment}", "format": "%Y-%m", "timezone": zone}}
        each: Any = {"$size": "$ids"} if look.collection == "call_logs" else 1
        found = await records.grouped(matching, {"_id": month, "number": {"$sum": each}})
        return Counter({one["_id"]: int(one["number"]) for one in found if one["_id"]})

    async def _held_by_month(
        self, records: Reads, look: Look, matching: Document, spared: Sequence[Document]
    ) -> Counter[str]:
        if look.collection != "call_logs":
            return await self._by_month(records, look, held_of(matching, spared))
        zone, holds = ZoneInfo(self._policy.categories[look.category].retention.zone), await self._holds.in_force()
        counted: Counter[str] = Counter()
        for page in await records.find(held_of(matching, spared)):
            held = sum(any(hold.covers(facts) for hold in holds) for facts in facts_on(page))
            counted[page[look.moment].astimezone(zone).strftime("%Y-%m")] += held
        return counted

    def _midnight(self, look: Look, day: date) -> datetime:
        zone = ZoneInfo(self._policy.categories[look.category].retention.zone)
        return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)

    async def _last_due_day(self, records: Reads, look: Look) -> date | None:
        """Return the last local day on which a record may have begun to be due by the instant: due never falls back."""
        first = await records.find({look.moment: INSTANT}, sort=((look.moment, 1),), limit=1, fields=(look.moment,))
        if not first:
            return None
        zone = ZoneInfo(self._policy.categories[look.category].retention.zone)
        low: date = first[0][look.moment].astimezone(zone).date()
        high = look.instant.astimezone(zone).date() + _DAY
        if low > high or not self._is_due(look, low):
            return None
        while low < high:
            middle = low + (high - low + _DAY) // 2
            if self._is_due(look, middle):
                low = middle
            else:
                high = middle - _DAY
        return low

    def _is_due(self, look: Look, day: date) -> bool:
        return self._policy.due(look.category, self._midnight(look, day)) <= look.instant
