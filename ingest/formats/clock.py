"""Times as switches write them, made into instants. A zone that is not in the data comes from the source or not at all.

Local times that happened twice (clocks went back) are refused unless something else tells which is meant; those that
never happened (clocks went forward) are refused too. "Not set" has many faces: empty, 0, 1970, year 1, "null".
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ingest.formats.errors import RowError, ZoneNeeded

NOT_SET_TEXTS: Final = frozenset({"", "0", "null", "none", "nil", "-", "0000-00-00", "0000-00-00 00:00:00"})
_FIRST_CALL: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this nothing was written by any of these systems: such a time means "not set"."""
_LAST_SECOND: Final = 4_102_444_800
"""2100-01-01: an epoch after it is one in milliseconds or microseconds."""
_LAST_YEAR: Final = 2100
_SHORTEST: Final = len("2020-1-1 1:01")
"""A day without a time of day is no time: it would be taken for midnight."""


def is_set(text: str | None) -> bool:
    """Say whether a time's text says a time at all."""
    return text is not None and text.strip().lower() not in NOT_SET_TEXTS


@lru_cache(maxsize=65_536)
def _offset(hour: datetime, zone: ZoneInfo) -> timedelta | None:
    """Return the zone's offset throughout this local hour, None when it changes around it."""
    start = hour.replace(tzinfo=zone)
    before = (start - timedelta(hours=3)).utcoffset()
    after = (start + timedelta(hours=3)).utcoffset()
    return before if before == after else None


def local(text: str, zone: ZoneInfo | None, *, epoch_hint: float | None = None) -> datetime | None:
    """Return the instant of a local `YYYY-MM-DD HH:MM:SS[.ffffff]`, None when it says "not set".

    Args:
        text: a time of the ISO order; with an offset or Z the zone is not needed.
        zone: the source's zone.
        epoch_hint: an epoch near this time from the same row, to tell the two hours apart when clocks went back.

    Raises:
        ZoneNeeded: there is neither offset nor zone.
        RowError: `time` when it cannot be read or never happened, `time_ambiguous` when it happened twice.
    """
    if not is_set(text):
        return None
    moment = _naive_or_aware(text.strip())
    if moment.tzinfo is not None:
        return plausible(_in_utc(moment))
    if moment.year < _FIRST_CALL.year:
        return None
    if zone is None:
        raise ZoneNeeded("the times in the file have no zone; set the zone of the source (--zone Area/City)")
    return in_zone(moment, zone, epoch_hint=epoch_hint)


def _naive_or_aware(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if len(text) >= _SHORTEST else None
    except ValueError:
        moment = spreadsheet(text)
    if moment is None:
        raise RowError("time", "a time is not written as YYYY-MM-DD HH:MM:SS")
    return moment


def _in_utc(moment: datetime) -> datetime:
    try:
        instant = moment.astimezone(UTC)
    except OverflowError:  # the first or last day that a datetime can say
        instant = moment.replace(tzinfo=UTC)
    if instant.year > _LAST_YEAR:
        raise RowError("time", "a time lies after the year 2100")
    return instant


_RESAVED: Final = re.compile(
    r"(?P<a>\d{1,4})[/.](?P<b>\d{1,2})[/.](?P<c>\d{1,4})[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?: ?(?P<half>[AaPp])[Mm])?",
    re.ASCII,
)
_MONTHS: Final = 12
_YEAR_DIGITS: Final = 4


def spreadsheet(text: str) -> datetime | None:
    """Return the local time that a spreadsheet wrote (`2020/2/10 22:41`, `25/12/2020 9:05 PM`), None for other text.

    Raises:
        RowError: `time` when day and month cannot be told apart (`3/4/2020`), or the date does not exist.
    """
    match = _RESAVED.fullmatch(text)
    if match is None:
        return None
    first, second, third = match["a"], match["b"], match["c"]
    if len(first) == _YEAR_DIGITS:
        year, month, day = int(first), int(second), int(third)
    elif len(third) == _YEAR_DIGITS:
        year = int(third)
        day, month = _day_and_month(int(first), int(second))
    else:
        return None
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    try:
        return datetime(year, month, day, hour, int(match["minute"]), int(match["second"] or 0))  # noqa: DTZ001 - local, its zone comes later
    except ValueError:
        raise RowError("time", "a time names a day or hour that does not exist") from None


def _day_and_month(first: int, second: int) -> tuple[int, int]:
    if first > _MONTHS or first == second:
        return first, second
    if second > _MONTHS:
        return second, first
    raise RowError("time", "day and month cannot be told apart; give the date's format in a mapping (csv_mapping)")


def in_zone(moment: datetime, zone: ZoneInfo, *, epoch_hint: float | None = None) -> datetime:
    """Return the instant of a naive local time in a zone; see `local` for its errors."""
    if moment.year > _LAST_YEAR:
        raise RowError("time", "a time lies after the year 2100")
    offset = _offset(moment.replace(minute=0, second=0, microsecond=0), zone)
    if offset is not None:
        return (moment - offset).replace(tzinfo=UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(zone).replace(tzinfo=None) != moment:
        raise RowError("time", "this local time never happened: clocks went forward over it")
    if epoch_hint is not None:
        near = min((first, second), key=lambda one: abs(one.timestamp() - epoch_hint))
        if abs(near.timestamp() - epoch_hint) < timedelta(minutes=30).total_seconds():
            return near
    raise RowError("time_ambiguous", "this local time happened twice: clocks went back over it")


def plausible(moment: datetime | None) -> datetime | None:
    """Return the instant, None when it is so early that it means "not set"."""
    return None if moment is None or moment < _FIRST_CALL else moment


_EPOCH: Final = re.compile(r"-?\d{1,17}(?:\.\d{1,18})?", re.ASCII)


def epoch(text: str | float | None) -> datetime | None:
    """Return the instant of an epoch in seconds, milliseconds or microseconds (told by size), None for "not set".

    Raises:
        RowError: `time` when it is no number, or lies after 2100 in every unit.
    """
    if text is None or (isinstance(text, str) and not is_set(text)):
        return None
    if isinstance(text, str) and not _EPOCH.fullmatch(text.strip()):
        raise RowError("time", "an epoch is not written as a number")
    try:
        value = float(text)
    except OverflowError:  # an integer of more than 308 digits
        value = math.inf
    for _ in range(2):
        if value >= _LAST_SECOND:
            value /= 1000.0
    if not value < _LAST_SECOND:
        raise RowError("time", "an epoch lies after the year 2100")
    if value <= 0:
        return None
    return plausible(datetime.fromtimestamp(value, UTC))


_CLOCK_DURATION: Final = re.compile(r"(\d{1,6}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,30}(?:\.\d{0,30})?", re.ASCII)


def seconds(text: str | float | None) -> float | None:
    """Return a duration in seconds from `13`, `13.5`, `00:00:13`, `1:02:03` or None when not set.

    Raises:
        RowError: `negative_duration`, or `field` when it is no duration.
    """
    if text is None or (isinstance(text, str) and text.strip().lower() in {"", "null", "none", "-"}):
        return None
    value = _seconds_of(text.strip()) if isinstance(text, str) else text
    if value < 0:
        raise RowError("negative_duration", "the duration is negative")
    if not value < 10 * 366 * 86_400:
        raise RowError("field", "a duration of more than ten years cannot be meant")
    return float(value)


def _seconds_of(text: str) -> float:
    clock = _CLOCK_DURATION.fullmatch(text)
    if clock is not None:
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    if not _NUMBER.fullmatch(text):
        raise RowError("field", "a duration is not a number of seconds")
    return float(text)


class LocalClock:
    """Reads the local times of one source, the plain ones fast: an hour's offset is looked up once."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.hours: dict[str, datetime] = {}

    def known(self, text: str) -> datetime | None:
        """Return the instant of a time in an hour that `read` met before, None when it takes `read` to tell."""
        try:
            return self.hours[text[:_HOUR_TEXT]] + WITHIN_HOUR[text[_HOUR_TEXT:]]
        except KeyError:
            return None

    def read(self, text: str, epoch_hint: float | None = None) -> datetime | None:
        """Return what `local` returns, and raise what it raises."""
        moment = local(text, self.zone, epoch_hint=epoch_hint)
        if moment is not None and text[_HOUR_TEXT:] in WITHIN_HOUR:
            self._remember(text[:_HOUR_TEXT])
        return moment

    def _remember(self, hour: str) -> None:
        start = datetime.fromisoformat(f"{hour}:00:00")
        if len(self.hours) >= _HOURS_KEPT:
            self.hours.clear()
        offset = _offset(start, self.zone) if self.zone is not None else None
        if offset is not None:
            self.hours[hour] = (start - offset).replace(tzinfo=UTC)


_HOUR_TEXT: Final = len("2026-11-20 09")
_HOURS_KEPT: Final = 100_000
WITHIN_HOUR: Final = {
    f":{minute:02}:{second:02}": timedelta(minutes=minute, seconds=second)
    for minute in range(60)
    for second in range(60)
}
