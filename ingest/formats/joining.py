"""Rows of one call made into the call, whatever their order and however often they came.

`join` is a function of the *set* of rows (by `key`, the greatest rank wins), so files that are read twice, in reverse,
or split in two give the same call. A property test holds it to that.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

import msgspec

from ingest.formats.record import (
    CallRecord,
    Cost,
    Direction,
    Disposition,
    Leg,
    PartyKind,
    PartyNumber,
    RecordingRef,
    Rejection,
    Row,
)
from ingest.formats.registry import NAMES, load_format

WINDOW_ROWS: Final = 50_000
"""How many rows of unfinished calls `joined` holds; a leg that comes later makes a second record of the same key."""
_EARLY = datetime.min.replace(tzinfo=UTC)
_BEST: Final = (
    Disposition.ANSWERED,
    Disposition.VOICEMAIL,
    Disposition.BUSY,
    Disposition.REJECTED,
    Disposition.NO_ANSWER,
    Disposition.MISSED,
    Disposition.CANCELLED,
    Disposition.BLOCKED,
    Disposition.FAILED,
)


def idempotency_key(source: str, group: str) -> str:
    """Return the key under which a call is stored once: SHA-256 of format and group, 32 hex digits."""
    return hashlib.sha256(f"{source}\0{group}".encode()).hexdigest()[:32]


def content_of(row: Row) -> bytes:
    """Return what the row says, apart from where it stood."""
    return msgspec.json.encode(msgspec.structs.replace(row, raw_line=0), order="sorted")


def winners(rows: Iterable[Row]) -> list[Row]:
    """Return one row per key, by (rank, content): the same whatever the order they come in; oldest first."""
    best: dict[str, Row] = {}
    for row in rows:
        other = best.get(row.key)
        if other is None or _weight(row) > _weight(other):
            best[row.key] = row
    return sorted(best.values(), key=_order)


def _weight(row: Row) -> tuple[float, bytes, int]:
    return (row.rank, content_of(row), -row.raw_line)


def _order(row: Row) -> tuple[datetime, datetime, str]:
    return (row.setup_time or row.at or _EARLY, row.at or _EARLY, row.key)


def join(rows: Sequence[Row]) -> CallRecord:
    """Return the call that these rows (at least one, all of one group and format) make, as their format joins them."""
    own = _join_of(rows[0].source)
    return join_legs(rows) if own is None else own(rows)


@cache
def _join_of(source: str) -> Callable[[Sequence[Row]], CallRecord] | None:
    return load_format(source).join if source in NAMES else None


def join_legs(rows: Sequence[Row]) -> CallRecord:
    """Return the call of rows that are legs: from the first setup to the last end, answered when any leg was."""
    if len(rows) == 1:
        return _alone(rows[0])
    kept = winners(rows)
    first = kept[0]
    if len(kept) == 1:
        raw_line = min(row.raw_line for row in rows)
        return msgspec.structs.replace(_alone(first), raw_line=raw_line, rows=len(rows))
    legs = [_leg(row) for row in kept if row.kind == "leg"]
    setup, answer = _least(row.setup_time for row in kept), _least(row.answer_time for row in kept)
    end = _greatest(row.end_time for row in kept)
    recordings = _recordings(kept)
    return CallRecord(
        source=first.source,
        origin_id=next((row.origin_id for row in kept if row.origin_id), None),
        idempotency_key=idempotency_key(first.source, first.group),
        direction=next((row.direction for row in kept if row.direction is not Direction.UNKNOWN), Direction.UNKNOWN),
        caller=_first_known(row.caller for row in kept),
        callee=_first_known(row.callee for row in kept),
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=_duration(kept, setup, end),
        talk_s=_talk(kept, answer, end),
        disposition=_disposition(kept),
        legs=legs,
        recording=recordings[0] if recordings else None,
        recordings=recordings,
        cost=_cost(kept),
        raw_line=min(row.raw_line for row in rows),
        rows=len(rows),
        facts={name: value for row in reversed(kept) for name, value in row.facts.items()},
        extra={name: value for row in reversed(kept) for name, value in row.extra.items()},
    )


def _alone(row: Row) -> CallRecord:
    return CallRecord(
        source=row.source,
        origin_id=row.origin_id,
        idempotency_key=idempotency_key(row.source, row.group),
        direction=row.direction,
        caller=row.caller,
        callee=row.callee,
        setup_time=row.setup_time,
        answer_time=row.answer_time,
        end_time=row.end_time,
        duration_s=row.duration_s,
        talk_s=row.talk_s,
        disposition=row.disposition,
        legs=[_leg(row)] if row.kind == "leg" else [],
        recording=row.recording,
        recordings=[row.recording] if row.recording else [],
        cost=row.cost,
        raw_line=row.raw_line,
        rows=1,
        facts=row.facts,
        extra=row.extra,
    )


def _leg(row: Row) -> Leg:
    return Leg(
        leg_id=row.leg_id or row.origin_id,
        raw_line=row.raw_line,
        caller=row.caller,
        callee=row.callee,
        setup_time=row.setup_time,
        answer_time=row.answer_time,
        end_time=row.end_time,
        duration_s=row.duration_s,
        talk_s=row.talk_s,
        disposition=row.disposition,
        recording=row.recording,
        cost=row.cost,
        facts=row.facts,
    )


def _least(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _greatest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _first_known(parties: Iterable[PartyNumber]) -> PartyNumber:
    seen = list(parties)
    return next((one for one in seen if one.kind is not PartyKind.NONE), seen[0])


def _duration(rows: Sequence[Row], setup: datetime | None, end: datetime | None) -> float | None:
    if setup is not None and end is not None:
        return (end - setup).total_seconds()
    return max((row.duration_s for row in rows if row.duration_s is not None), default=None)


def _talk(rows: Sequence[Row], answer: datetime | None, end: datetime | None) -> float | None:
    if answer is not None and end is not None and end >= answer:
        return (end - answer).total_seconds()
    return max((row.talk_s for row in rows if row.talk_s is not None), default=None)


def _disposition(rows: Sequence[Row]) -> Disposition | None:
    said = {row.disposition for row in rows if row.disposition is not None}
    return next((one for one in _BEST if one in said), None)


def _recordings(rows: Sequence[Row]) -> list[RecordingRef]:
    """Return one reference per recording: of several statuses of one the last by rank, as `rows` are the winners."""
    found: dict[str, RecordingRef] = {}
    for row in sorted(rows, key=lambda row: row.rank):
        if row.recording is not None:
            reference = row.recording
            found[reference.origin_id or reference.name or reference.url or row.key] = reference
    return list(found.values())


def _cost(rows: Sequence[Row]) -> Cost | None:
    costs = [row.cost for row in rows if row.cost is not None]
    if not costs:
        return None
    currencies = {cost.currency for cost in costs}
    try:
        total = sum((Decimal(cost.amount) for cost in costs), Decimal(0))
    except InvalidOperation:
        return costs[0]
    return Cost(str(total), currencies.pop() if len(currencies) == 1 else None)


def joined(items: Iterable[Row | Rejection], *, window: int = WINDOW_ROWS) -> Iterator[CallRecord | Rejection]:
    """Yield calls of rows that lie near each other, and rejections as they come. Memory: `window` rows."""
    for group in grouped(items, window=window):
        yield group if isinstance(group, Rejection) else join(group)


def grouped(
    items: Iterable[Row | Rejection], *, window: int = WINDOW_ROWS, done: Callable[[Row], bool] | None = None
) -> Iterator[list[Row] | Rejection]:
    """Yield the rows of each call together, oldest call first; `done` says that no other row of its call can follow."""
    open_groups: OrderedDict[str, list[Row]] = OrderedDict()
    held = 0
    for item in items:
        if isinstance(item, Rejection):
            yield item
            continue
        group = open_groups.setdefault(item.group, [])
        group.append(item)
        held += 1
        if done is not None and done(item):
            held -= len(group)
            yield open_groups.pop(item.group)
            continue
        while held > window:
            _, oldest = open_groups.popitem(last=False)
            held -= len(oldest)
            yield oldest
    yield from open_groups.values()
