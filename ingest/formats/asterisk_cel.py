"""Asterisk's channel event log: psql tables, CSV with a header, and cel_custom's CSV without one. One row is one event.

Events come oldest first or newest first, under ids that sort wrongly as text (`.9`, `.10`). `asterisk_calls` makes the
call of them. `eventtime` is local unless it is written with an offset or as an epoch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import chain, islice
from typing import Final

from ingest.formats.asterisk_calls import join
from ingest.formats.asterisk_zone import UNIQUE_ID, epoch_of, zone_needed
from ingest.formats.checks import not_future
from ingest.formats.clock import LocalClock, epoch
from ingest.formats.errors import RowError, UnknownFormat, ZoneNeeded
from ingest.formats.lines import rows_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import NOBODY, Compass, dialled
from ingest.formats.reading import Input, text_lines
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.table import Line, Record, records

_SAMPLED: Final = 100
_NEEDED: Final = frozenset({"eventtype", "eventtime", "uniqueid", "linkedid"})
_CUSTOM: Final = (
    *("eventtype", "eventtime", "cid_name", "cid_num", "cid_ani", "cid_rdnis", "cid_dnid", "exten", "context"),
    *("channame", "appname", "appdata", "amaflags", "accountcode", "uniqueid", "linkedid", "peer", "userfield"),
    *("userdeftype", "extra"),
)
"""The columns of cel_custom.conf's example; the last two are not always exported."""
_NAMES: Final = {
    "eventname": "eventtype",
    "event": "eventtype",
    "calleridname": "cid_name",
    "calleridnum": "cid_num",
    "calleridani": "cid_ani",
    "calleridrdnis": "cid_rdnis",
    "calleriddnid": "cid_dnid",
    "channel": "channame",
    "application": "appname",
    "applicationdata": "appdata",
    "eventextra": "extra",
    "bridgepeer": "peer",
}
_KEPT: Final = (
    *("cid_name", "exten", "context", "channame", "appname", "appdata", "peer", "extra", "userfield", "accountcode"),
    *("cid_ani", "cid_rdnis", "cid_dnid"),
)
_EVENT: Final = re.compile(r"[A-Z0-9][A-Z0-9_]{2,63}", re.ASCII)
_RULE: Final = re.compile(r"[-+\s]+", re.ASCII)
_FOOTER: Final = re.compile(r"\(\d+ rows?\)", re.ASCII)
_EPOCH: Final = re.compile(r"\d{9,10}(?:\.\d{1,9})?", re.ASCII)


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield events and rejections; see `Reader` for its errors."""
    items = _cells(source.lines(options.encoding), psql=_is_psql(source.head))
    first = list(islice(items, _SAMPLED))
    sampled = [item for item in first if not isinstance(item, Rejection)]
    names = _columns(sampled)
    if names is None:
        if sampled:
            raise UnknownFormat("the columns are none of Asterisk's channel event log")
        yield from (item for item in first if isinstance(item, Rejection))
        return
    _check_zone([fields for _, fields, _ in sampled if _named(fields) is None], names, options)
    if _named(sampled[0][1]) is not None:
        first.remove(sampled[0])
    make = _Events(names, options).event
    yield from rows_of(chain(first, items), make, is_header=lambda fields: _named(fields) is not None)


def _is_psql(head: bytes) -> bool:
    first = next((line for line in text_lines(head) if not isinstance(line, Rejection) and line[1].strip()), None)
    return first is not None and _named(_split(first[1])) is not None


def _split(text: str) -> list[str]:
    return [cell.strip() for cell in text.split("|")]


def _cells(lines: Iterator[Line | Rejection], *, psql: bool) -> Iterator[Record | Rejection]:
    if not psql:
        yield from records(lines)
        return
    for line in lines:
        if isinstance(line, Rejection):
            yield line
            continue
        number, text = line
        plain = text.strip()
        if plain and not _RULE.fullmatch(plain) and not _FOOTER.fullmatch(plain):
            yield number, _split(text), text


def _named(fields: Sequence[str]) -> tuple[str, ...] | None:
    plain = [
        field.strip().strip("#:").lower().replace(" ", "").replace("calleridnumber", "cid_num") for field in fields
    ]
    names = tuple(_NAMES.get(name, name) for name in plain)
    return names if _NEEDED.issubset(names) else None


def _columns(sampled: Sequence[Record]) -> tuple[str, ...] | None:
    """Return the names of the columns: from the header, or cel_custom's when its ids stand where they should."""
    if not sampled:
        return None
    named = _named(sampled[0][1])
    if named is not None:
        return named
    unique, linked = _CUSTOM.index("uniqueid"), _CUSTOM.index("linkedid")
    for _, fields, _ in sampled:
        fits = len(_CUSTOM) - 2 <= len(fields) <= len(_CUSTOM)
        if fits and all(UNIQUE_ID.fullmatch(fields[at]) for at in (unique, linked)) and _EVENT.fullmatch(fields[0]):
            return _CUSTOM[: len(fields)]
    return None


def _check_zone(rows: Sequence[Sequence[str]], names: Sequence[str], options: ParseOptions) -> None:
    if options.zone is not None:
        return
    time, unique = names.index("eventtime"), names.index("uniqueid")
    pairs = [(row[time], row[unique]) for row in rows if len(row) > max(time, unique)]
    for text, _ in pairs:
        try:
            _moment(LocalClock(None), text, "")
        except RowError:
            continue
        except ZoneNeeded:
            raise zone_needed(pairs) from None


def _moment(clock: LocalClock, text: str, unique: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return epoch(text)
    return clock.known(text) or clock.read(text, epoch_of(unique))


class _Events:
    """Makes rows of the events of one file."""

    def __init__(self, names: tuple[str, ...], options: ParseOptions) -> None:
        self._names = names
        self._needed = max(names.index(name) for name in _NEEDED) + 1
        self._options = options
        self._clock = LocalClock(options.zone)
        self._direction = Compass(options.own_numbers).direction

    def event(self, number: int, fields: list[str]) -> Row:
        """Return the event. Raises RowError and ZoneNeeded."""
        named = self._fields(fields)
        kind = named["eventtype"]
        if kind == "USER_DEFINED" and _EVENT.fullmatch(named.get("userdeftype", "")):
            kind = named["userdeftype"]
        unique, linked = named["uniqueid"], named["linkedid"]
        if not _EVENT.fullmatch(kind) or not unique or not linked:
            raise RowError("field", "the event has no name, unique id or linked id")
        at = _moment(self._clock, named["eventtime"], unique)
        if at is None:
            raise RowError("time", "the event has no time")
        not_future(at, self._options)
        caller = dialled(named.get("cid_num", ""), self._options.region)
        dialled_text = named.get("exten", "") if kind == "CHAN_START" else ""
        callee = dialled(dialled_text, self._options.region) if dialled_text else NOBODY
        extra = {name: text for name in _KEPT if (text := named.get(name, ""))}
        return Row(
            source="asterisk_cel",
            group=linked,
            key=_key(unique, kind, at, extra),
            raw_line=number,
            origin_id=linked,
            kind=kind,
            leg_id=unique,
            at=at,
            direction=self._direction(caller, callee),
            caller=caller,
            callee=callee,
            extra=extra,
        )

    def _fields(self, fields: list[str]) -> Mapping[str, str]:
        """Return the fields by name. psql does not escape its separator, so the last column takes what is too much."""
        width = len(self._names)
        if len(fields) < self._needed:
            raise RowError("columns", f"the row has {len(fields)} columns, and the file {width}")
        if len(fields) > width:
            if self._names[-1] != "extra" or not fields[width - 1].startswith("{"):
                raise RowError("columns", f"the row has {len(fields)} columns, and the file {width}")
            fields = [*fields[: width - 1], "|".join(fields[width - 1 :])]
        return dict(zip(self._names, fields, strict=False))


def _key(unique: str, kind: str, at: datetime, extra: Mapping[str, str]) -> str:
    told = "\x1f".join(extra.get(name, "") for name in ("channame", "appname", "appdata", "extra"))
    return f"{unique}/{kind}/{at.isoformat()}/{sha256(told.encode()).hexdigest()[:16]}"


def recognise(head: bytes) -> float:
    """Say how sure it is: the columns `eventtype`, `eventtime`, `uniqueid` and `linkedid`, or cel_custom's ids."""
    cells = _cells(text_lines(head), psql=_is_psql(head))
    rows = [item for item in islice(cells, 20) if not isinstance(item, Rejection)]
    return 0.97 if _columns(rows) is not None else 0.0


FORMAT: Final = Format(
    name="asterisk_cel",
    title="Asterisk channel event log (CEL)",
    read=read,
    recognise=recognise,
    joins=True,
    needs_zone=True,
    join=join,
)
