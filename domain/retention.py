"""When a record must be gone, as date arithmetic (law.md C1; worked rows in C2).

Half-open instants: the due instant is the first at which the record may no longer be kept. Two families of rule:
aligned ones count whole months or years after the end of the anchor's month or year and never need clamping; plain
ones add to the anchor's local date, clamp to the last day of the month, and end with that day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

_DURATION: Final = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?", re.ASCII
)


class Align(StrEnum):
    """What the anchor is moved to before the duration is added."""

    NONE = "none"
    MONTH_END = "month_end"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Duration:
    """A calendar duration: months (years folded in) and days (weeks folded in)."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read an ISO 8601 duration of years, months, weeks and days such as `P12M`. Raises ValueError."""
        match = _DURATION.fullmatch(text)
        if match is None or text == "P":
            raise ValueError(f"not an ISO 8601 calendar duration: {text!r} (write P90D, P12M or P10Y)")
        years, months, weeks, days = (int(match[part] or 0) for part in ("years", "months", "weeks", "days"))
        return cls(months=years * 12 + months, days=weeks * 7 + days)


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long a category is kept, in which zone the calendar is read, and where the rule comes from."""

    add: Duration
    zone: str
    align: Align = Align.NONE
    source: str = ""


def add_months(day: date, months: int) -> date:
    """Return the same-numbered day `months` later, or the month's last day if there is none (29 Feb + 1 y = 28 Feb)."""
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_at(rule: RetentionRule, anchor: datetime) -> datetime:
    """Return the instant from which a record anchored there may no longer be kept, in the rule's zone.

    Args:
        rule: the retention rule.
        anchor: an aware instant; for a call its start, so that a call over midnight belongs to the day it began.

    Raises:
        ValueError: when the anchor has no zone.
    """
    if anchor.tzinfo is None:
        raise ValueError("the anchor of a retention rule must carry its zone")
    zone = ZoneInfo(rule.zone)
    local = anchor.astimezone(zone).date()
    if rule.align is Align.MONTH_END:
        first_out = add_months(local.replace(day=1), rule.add.months + 1) + timedelta(days=rule.add.days)
    elif rule.align is Align.YEAR_END:
        first_out = add_months(date(local.year, 1, 1), rule.add.months + 12) + timedelta(days=rule.add.days)
    else:
        first_out = add_months(local, rule.add.months) + timedelta(days=rule.add.days + 1)
    return datetime.combine(first_out, clock_time.min, tzinfo=zone)
