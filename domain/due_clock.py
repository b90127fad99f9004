"""One clock of a record: from which instant it runs, when it runs out, and the sentence that says so.

What depends only on the terms and a local date is worked out once per date and kept with the terms.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from datetime import time as clock_time
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from domain import due_words as words
from domain.durations import Duration
from domain.policy import Terms
from domain.retention import Align, due_after, first_day_out

_MOST_KEPT: Final = 16_384
_BEYOND: Final = "the record's clock runs out beyond the calendar (years 1 to 9999): check its instants"


class Clock(NamedTuple):
    """When a clock runs out, in the rule's zone, and how that is said."""

    due_at: datetime
    sentence: str
    until: str
    """The beginning of the last sentence of an explanation."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; asked for often, and `ZoneInfo` looks a name up each time."""
    return ZoneInfo(name)


def local_day(anchor: datetime, zone: ZoneInfo) -> date:
    """Return the day of an instant in a zone. Raises ValueError at the very ends of the calendar."""
    try:
        return anchor.astimezone(zone).date()
    except (ValueError, OverflowError):
        raise ValueError(_BEYOND) from None


def remembered(memo: dict[Any, Any], asked: Any, make: Callable[[], Any]) -> Any:
    """Return what was made before, else make it; at most so many things are kept."""
    known = memo.get(asked)
    if known is None:
        if len(memo) >= _MOST_KEPT:
            memo.clear()
        known = memo[asked] = make()
    return known


def clock(terms: Terms, what: str, add: Duration, align: Align, anchor: datetime, say: Callable[[str], str]) -> Clock:
    """Return when a duration after the anchor runs out.

    Args:
        terms: whose zone counts, and whose memo keeps the answer.
        what: which clock it is: `rule` for one whose sentence the rule alone decides; lengths are told apart.
        add: the duration; an exact one runs out at an instant, any other with a local day.
        align: what the anchor is moved to first.
        anchor: an aware instant.
        say: makes the sentence of the anchor's local date (or instant, for an exact duration).

    Raises:
        ValueError: when it runs out beyond the calendar.
    """
    zone = zone_of(terms.retention.zone)
    try:
        local = anchor.astimezone(zone)
        if add.seconds is not None:
            due = due_after(add, Align.NONE, zone, anchor)
            return Clock(due, say(local.isoformat()), words.until(due))
        day = local.date()

        def made() -> Clock:
            due = datetime.combine(first_day_out(add, align, day), clock_time.min, tzinfo=zone)
            due.astimezone(UTC)
            return Clock(due, say(day.isoformat()), words.until(due))

        memo = terms.clocks if what == "rule" else terms.memo
        found: Clock = remembered(memo, (what, align, add.months, add.days, day), made)
    except (ValueError, OverflowError):
        raise ValueError(_BEYOND) from None
    return found


def ends_first(one: datetime, other: datetime) -> bool:
    """Say whether an instant lies before another; in UTC, as two of one zone would be compared by the wall clock."""
    return one.astimezone(UTC) < other.astimezone(UTC)
