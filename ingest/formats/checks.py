"""Checks that every format's rows go through before they land."""

from __future__ import annotations

from datetime import timedelta

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
    if first is not None and end is not None and end < first - _SLACK:
        raise RowError("end_before_start", "the call ends before it begins")
    if answer is not None and (
        (setup is not None and answer < setup - _SLACK) or (end is not None and answer > end + _SLACK)
    ):
        raise RowError("end_before_start", "the call was answered before it began or after it ended")
    if first is not None and first > options.now and first - options.now > FUTURE_ALLOWED:
        raise RowError("future", "the call begins in the future; check the clock and zone of the source")
    return row
