"""What the readers of delimited files share: from records to rows, with the rows that cannot be read refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from ingest.formats.clock import LocalClock
from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.reading import RAW_KEPT
from ingest.formats.record import Rejection, Row
from ingest.formats.table import Record

_AGAIN: Final = "the header stands here once more"


def rows_of(
    items: Iterable[Record | Rejection],
    make: Callable[[int, list[str]], Row],
    *,
    is_header: Callable[[Sequence[str]], bool] | None = None,
) -> Iterator[Row | Rejection]:
    """Yield a row or a rejection for each record.

    Args:
        items: from `table.records`, without the header.
        make: raises RowError for what it cannot read, and ZoneNeeded. A file that needs a zone was refused before, by
            its first rows; here a time without one stands alone among others.
        is_header: says of a record that could not be read that it is the header once more.
    """
    for item in items:
        if isinstance(item, Rejection):
            yield item
            continue
        number, fields, text = item
        try:
            yield make(number, fields)
        except RowError as error:
            again = is_header is not None and is_header(fields)
            reason, message = ("header_repeated", _AGAIN) if again else (error.reason, error.message)
            yield Rejection(number, reason, message, text[:RAW_KEPT])
        except ZoneNeeded:
            yield Rejection(number, "time", "the time has no zone, as others in the file have", text[:RAW_KEPT])


def need_zone(texts: Iterable[str]) -> None:
    """Raise ZoneNeeded when one of these times has no zone of its own, before any row lands."""
    clock = LocalClock(None)
    for text in texts:
        try:
            clock.read(text)
        except RowError:
            continue
