"""Checks that every format's rows go through before they land."""

from __future__ import annotations

from datetime import datetime, timedelta

from ingest.formats.errors import RowError
from ingest.formats.options import FUTURE_ALLOWED, ParseOptions
from ingest.formats.record import Row

_SLACK = timedelta(seconds=1)
"""Switches round their times apart from each other."""


def check(row: Row, options: ParseOptions) -> Row:
    """Return the row. Raises RowError when its times contradict each other or the present."""
    setup, answer, end = row.setup_time, row.answer_time, row.end_time
    if row.duration_s is not None and row.duration_s < 0:
        raise RowError("negative_duration", "the duration is negative")
    first = setup or answer
    if _before(end, first):
        raise RowError("end_before_start", "the call ends before it begins")
    if answer is not None and (_before(answer, setup) or _before(end, answer)):
        raise RowError("end_before_start", "the call was answered before it began or after it ended")
    not_future(first, options)
    return row


def not_future(moment: datetime | None, options: ParseOptions) -> None:
    """Raise RowError `future` for an instant further ahead than a clock may run."""
    if moment is not None and moment > options.now and moment - options.now > FUTURE_ALLOWED:
        raise RowError("future", "the call begins in the future; check the clock and zone of the source")


def _before(one: datetime | None, other: datetime | None) -> bool:
    """Say whether one instant is before another by more than the slack."""
    return one is not None and other is not None and one < other and other - one > _SLACK
