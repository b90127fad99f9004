"""What Asterisk's ids say of the zone: `uniqueid` begins with the epoch at which the channel was made.

An id is evidence, never the source of a zone: dates get edited, hosts get restored. It names a candidate for a person
to confirm, and casts doubt on a configured zone only when every row that was looked at does so alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ingest.formats.clock import is_set
from ingest.formats.errors import ZoneNeeded

UNIQUE_ID: Final = re.compile(r"(?:[^,|\s]{1,100}-)?(\d{9,10})\.\d{1,10}", re.ASCII)
_STEP_S: Final = 900
_SLACK_S: Final = 60
"""How long after its channel a call may begin and still count."""
_WIDEST_S: Final = 14 * 3600
_ENOUGH_ROWS: Final = 3


def epoch_of(unique_id: str) -> float | None:
    """Return the epoch in an id such as `1690325492.2` or `pbx1-1690325492.2`, None when it has none."""
    match = UNIQUE_ID.fullmatch(unique_id)
    return float(match[1]) if match else None


def shown_offset(rows: Iterable[tuple[str, str]]) -> tuple[timedelta | None, int]:
    """Return the offset from UTC that (local time, unique id) pairs show alike, and how many pairs there were."""
    offsets: set[int | None] = set()
    count = 0
    for text, unique_id in rows:
        epoch = epoch_of(unique_id)
        local = _naive(text)
        if epoch is None or local is None:
            continue
        count += 1
        offsets.add(_offset(local.replace(tzinfo=UTC).timestamp() - epoch))
    only = offsets.pop() if len(offsets) == 1 else None
    return (None if only is None else timedelta(seconds=only)), count


def _naive(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip()) if is_set(text) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is None and len(text) > len("2026-11-20 ") else None


def _offset(difference_s: float) -> int | None:
    """Return the offset in seconds when the difference is a multiple of 15 minutes within 14 hours."""
    steps = round(difference_s / _STEP_S)
    near = abs(difference_s - steps * _STEP_S) <= _SLACK_S
    return steps * _STEP_S if near and abs(steps * _STEP_S) <= _WIDEST_S else None


def said(offset: timedelta) -> str:
    """Return an offset as people write it: `UTC+05:30`."""
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def zone_needed(rows: Iterable[tuple[str, str]]) -> ZoneNeeded:
    """Return the error for a file whose times have no zone, with the candidate that its ids show."""
    offset, count = shown_offset(rows)
    message = "the times in the file have no zone; set the zone of the source (--zone Area/City)"
    if offset is None:
        return ZoneNeeded(message)
    hint = f"the ids of the first rows suggest a clock at {said(offset)}; confirm it before you set a zone"
    return ZoneNeeded(f"{message}; {hint}", candidate=said(offset), rows=count)


def contradiction(rows: Iterable[tuple[str, str]], zone: ZoneInfo) -> str | None:
    """Return the offset (`UTC+0300`) that all ids (three at least) show alike when it is not the zone's, else None.

    What an administrator set wins over what ids suggest: dates get edited, hosts get restored. It is told, with each
    row, so that a wrong setting is seen.
    """
    pairs = [(text, unique_id) for text, unique_id in rows if epoch_of(unique_id) is not None and _naive(text)]
    differences: set[int | None] = set()
    for text, unique_id in pairs:
        local = _naive(text)
        epoch = epoch_of(unique_id)
        if local is not None and epoch is not None:
            differences.add(_offset(_timestamp(local, zone) - epoch))
    if len(pairs) < _ENOUGH_ROWS or len(differences) != 1 or differences <= {0, None}:
        return None
    offset, _ = shown_offset(pairs)
    return said(offset).replace(":", "") if offset is not None else "another"


def _timestamp(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).timestamp()
