"""When a record must be gone, as date arithmetic (law.md C1; worked rows in C2).

Half-open instants: the due instant is the first at which the record may no longer be kept. Three families of rule:
aligned ones count whole months or years after the end of the anchor's month or year and never need clamping; plain
ones add to the anchor's local date, clamp to the last day of the month, and end with that day; exact ones (hours)
end at the very instant.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from domain.durations import Duration

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""What stands in `retain_until` while nothing names a window (promise RK5): far from any clock, and still a date."""
_SHORTEST: Final = 28


class Align(StrEnum):
    """What the anchor is moved to before the duration is added."""

    NONE = "none"
    MONTH_END = "month_end"
    YEAR_END = "year_end"


class Anchor(StrEnum):
    """From which fact of a record its clock runs."""

    OCCURRED_AT = "occurred_at"
    RELATIONSHIP_ENDED_AT = "relationship_ended_at"
    LAST_CONTACT_AT = "last_contact_at"
    CONSENT_UNTIL = "consent_until"
    ENDED_AT = "ended_at"
    """When the workspace's account ended."""


class Action(StrEnum):
    """What happens to a record when it is due (promises RU19, RK19)."""

    ERASE = "erase"
    ANONYMISE = "anonymise"
    AGGREGATE = "aggregate"
    DROP_IDENTIFIERS = "drop_identifiers"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long records are kept, from when, in which zone the calendar is read, and where the rule comes from."""

    add: Duration | None
    """None: the rule names no window of its own; a workspace's instruction does (promise RK5)."""
    zone: str
    align: Align = Align.NONE
    source: str = ""
    anchor: Anchor = Anchor.OCCURRED_AT
    action: Action = Action.ERASE
    jurisdiction: str | None = None
    """Whose law it is for (`EU`, `IN`, `US-CA`); None for everybody."""
    floor: Duration | None = None
    """The least time from the same anchor, whatever else says sooner."""
    longest: Duration | None = None
    """How long a workspace may make its window; None: it may name any."""
    open_ended: bool = False
    """No anchor yet means that the relationship lasts, not that a fact is missing."""
    stops_with_agreement: bool = False
    """An agreement stops the clock (promise RK14)."""


def add_months(day: date, months: int) -> date:
    """Return the same-numbered day `months` later, or the month's last day if there is none (29 Feb + 1 y = 28 Feb)."""
    year, month = divmod(day.year * 12 + (day.month - 1) + months, 12)
    if day.day <= _SHORTEST:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_day_out(add: Duration, align: Align, local: date) -> date:
    """Return the first local day on which a record anchored on the day `local` may no longer be kept.

    Raises ValueError or OverflowError when that lies after the year 9999.
    """
    if align is Align.MONTH_END:
        return add_months(local.replace(day=1), add.months + 1) + timedelta(days=add.days)
    if align is Align.YEAR_END:
        return add_months(date(local.year, 1, 1), add.months + 12) + timedelta(days=add.days)
    return add_months(local, add.months) + timedelta(days=add.days + 1)


def due_after(add: Duration, align: Align, zone: ZoneInfo, anchor: datetime) -> datetime:
    """Return the first instant at which a record anchored there may no longer be kept, in the zone."""
    local = anchor.astimezone(zone)
    if add.seconds is None:
        return datetime.combine(first_day_out(add, align, local.date()), clock_time.min, tzinfo=zone)
    day = add_months(local.date(), add.months) + timedelta(days=add.days)
    began = local if day == local.date() else datetime.combine(day, local.time(), tzinfo=zone)
    return (began.astimezone(UTC) + timedelta(seconds=add.seconds)).astimezone(zone)


def due_at(rule: RetentionRule, anchor: datetime) -> datetime:
    """Return the instant from which a record anchored there may no longer be kept, in the rule's zone.

    Args:
        rule: the retention rule; one without a window answers NEVER.
        anchor: an aware instant; for a call its start, so that a call over midnight belongs to the day it began.

    Raises:
        ValueError: when the anchor has no zone, or the instant lies beyond the calendar.
    """
    if anchor.tzinfo is None:
        raise ValueError("the anchor of a retention rule must carry its zone")
    if rule.add is None:
        return NEVER
    try:
        return due_after(rule.add, rule.align, ZoneInfo(rule.zone), anchor)
    except (ValueError, OverflowError):
        raise ValueError("the anchor lies too near the end of the calendar (year 9999)") from None
