"""Times as switches write them, made into instants. A zone that is not in the data comes from the source or not at all.

Local times that happened twice (clocks went back) are refused unless something else tells which is meant; those that
never happened (clocks went forward) are refused too. "Not set" has many faces: empty, 0, 1970, year 1, "null".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from ingest.formats.errors import RowError, ZoneNeeded

NOT_SET_TEXTS: Final = frozenset({"", "0", "null", "none", "nil", "-", "0000-00-00 00:00:00"})
_FIRST_CALL: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this nothing was written by any of these systems: such a time means "not set"."""
_LAST_SECOND: Final = 4_102_444_800
"""2100-01-01: an epoch after it is one in milliseconds or microseconds."""
_HOUR_TEXT: Final = 13


def is_set(text: str | None) -> bool:
    """Say whether a time's text says a time at all."""
    return text is not None and text.strip().lower() not in NOT_SET_TEXTS


@lru_cache(maxsize=65_536)
def _offset(hour: str, zone: ZoneInfo) -> timedelta | None:
    """Return the zone's offset throughout this local hour (`2026-11-20 09`), None when it changes around it."""
    start = datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=zone)
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
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise RowError("time", "a time is not written as YYYY-MM-DD HH:MM:SS") from None
    if moment.tzinfo is not None:
        return plausible(moment.astimezone(UTC))
    if zone is None:
        raise ZoneNeeded("the times in the file have no zone; set the zone of the source (--zone Area/City)")
    if moment.year < _FIRST_CALL.year:
        return None
    offset = _offset(text.strip()[:_HOUR_TEXT].replace("T", " "), zone) if len(text) > _HOUR_TEXT else None
    if offset is not None:
        return (moment - offset).replace(tzinfo=UTC)
    return in_zone(moment, zone, epoch_hint=epoch_hint)


def in_zone(moment: datetime, zone: ZoneInfo, *, epoch_hint: float | None = None) -> datetime:
    """Return the instant of a naive local time in a zone; see `local` for its errors."""
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


_EPOCH: Final = re.compile(r"-?\d{1,17}(?:\.\d+)?")


def epoch(text: str | float | None) -> datetime | None:
    """Return the instant of an epoch in seconds, milliseconds or microseconds (told by size), None for "not set".

    Raises:
        RowError: `time` when it is no number, or lies after 2100 in every unit.
    """
    if text is None or (isinstance(text, str) and not is_set(text)):
        return None
    if isinstance(text, str) and not _EPOCH.fullmatch(text.strip()):
        raise RowError("time", "an epoch is not written as a number")
    value = float(text)
    for _ in range(3):
        if value < _LAST_SECOND:
            break
        value /= 1000.0
    if not value < _LAST_SECOND:
        raise RowError("time", "an epoch lies after the year 2100")
    if value <= 0:
        return None
    return plausible(datetime.fromtimestamp(value, UTC))


def seconds(text: str | float | None) -> float | None:
    """Return a duration in seconds from `13`, `13.5`, `00:00:13`, `1:02:03` or None when not set.

    Raises:
        RowError: `negative_duration`, or `field` when it is no duration.
    """
    if text is None or (isinstance(text, str) and text.strip().lower() in {"", "null", "none", "-"}):
        return None
    if isinstance(text, str):
        parts = text.strip().split(":")
        if len(parts) == 3:  # noqa: PLR2004 - hours, minutes, seconds
            return seconds(
                float(seconds(parts[0]) or 0) * 3600 + (seconds(parts[1]) or 0) * 60 + (seconds(parts[2]) or 0)
            )
    try:
        value = float(text)
    except ValueError:
        raise RowError("field", "a duration is not a number of seconds") from None
    if value < 0:
        raise RowError("negative_duration", "the duration is negative")
    if not value < 10 * 366 * 86_400:
        raise RowError("field", "a duration of more than ten years cannot be meant")
    return value
