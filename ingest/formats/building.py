"""One row made, checked, or refused with its reason: what the readers of structured formats share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from ingest.formats.checks import check
from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.options import ParseOptions
from ingest.formats.reading import RAW_KEPT
from ingest.formats.record import Rejection, Row


def built(
    make: Callable[[], Row], options: ParseOptions, *, line: int, raw: str, first: bool = False
) -> Row | Rejection:
    """Return the row that `make` builds, or why there is none.

    Raises:
        ZoneNeeded: on the file's first row; on a later one, when rows have landed, that row is refused.
    """
    try:
        return check(make(), options)
    except RowError as error:
        return Rejection(line, error.reason, error.message, raw[:RAW_KEPT])
    except ZoneNeeded:
        if first:
            raise
        return Rejection(line, "time", "the time has no zone; set the zone of the source", raw[:RAW_KEPT])
    except (ValueError, ArithmeticError):  # a value that no reader thought of is refused, not lost and not fatal
        return Rejection(line, "unreadable", "the row holds a value that cannot be read", raw[:RAW_KEPT])


def said(**fields: str | None) -> dict[str, str]:
    """Return those fields that say something."""
    return {name: value for name, value in fields.items() if value}


def first_of(fields: Mapping[str, str], *names: str) -> str:
    """Return the first of these fields that says something, empty when none does."""
    return next((fields[name] for name in names if fields.get(name)), "")


def digest(*parts: str) -> str:
    """Return a key made of what a row says, for rows without an id of their own."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
