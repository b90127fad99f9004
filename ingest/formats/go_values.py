"""Times and durations as programs written in Go print them: `2013-11-07 08:42:25 +0000 UTC`, `1h2m3.5s`."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from ingest.formats.clock import local, seconds
from ingest.formats.errors import RowError

_STAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?(?: [A-Z]{1,5}| [+-]\d\d)?(?: m=\S+)?",
    re.ASCII,
)
_PART: Final = re.compile(r"(\d{1,18}(?:\.\d{1,9})?)(h|ms|m|s|us|µs|ns)", re.ASCII)
_UNITS: Final = {
    "h": Decimal(3600),
    "m": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
    "us": Decimal("0.000001"),
    "µs": Decimal("0.000001"),
    "ns": Decimal("0.000000001"),
}


def go_time(text: str, zone: ZoneInfo | None) -> datetime | None:
    """Return the instant, None when it is Go's zero time or empty; a time without zone is read as `clock.local` does.

    Raises:
        RowError: `time`. ZoneNeeded: there is neither offset nor zone.
    """
    found = _STAMP.fullmatch(text.strip())
    if found is None:
        return local(text, zone)
    day, clock, fraction, offset = found.groups()
    return local(f"{day} {clock}.{(fraction or '0').ljust(6, '0')[:6]}{offset or ''}", zone)


def go_duration(text: str) -> float | None:
    """Return seconds of `10s`, `5m`, `1h2m3.5s`, or of a bare number, which is seconds; None when not said.

    Raises:
        RowError: `negative_duration`; `field` when it is no duration.
    """
    text = text.strip()
    if not any(unit in text for unit in "hmsµu"):
        return seconds(text)
    if text.startswith("-"):
        raise RowError("negative_duration", "the duration is negative")
    parts = _PART.findall(text)
    if "".join(f"{number}{unit}" for number, unit in parts) != text:
        raise RowError("field", "a duration is not written like 1h2m3s")
    return seconds(float(sum((Decimal(number) * _UNITS[unit] for number, unit in parts), Decimal(0))))
