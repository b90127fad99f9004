"""Call logs that phone owners export: SMS Backup & Restore (`<calls><call …>`), Super Backup (`<alllogs><log …>`).

`date` is milliseconds since the epoch; the readable dates are in the phone's language and are not read. The `count` of
the outer element is known to be wrong in real files and is not believed. A file does not name its phone, so an entry's
key is made of what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from ingest.formats.building import built, digest, said
from ingest.formats.clock import epoch, seconds
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import party, whole_number
from ingest.formats.reading import Input
from ingest.formats.record import Direction, Disposition, PartyNumber, Presentation, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.xml_in import Node
from ingest.formats.xml_records import records

_NAME: Final = "android_xml"
_TYPES: Final = {
    "1": (Direction.INBOUND, Disposition.ANSWERED),
    "2": (Direction.OUTBOUND, None),
    "3": (Direction.INBOUND, Disposition.MISSED),
    "4": (Direction.INBOUND, Disposition.VOICEMAIL),
    "5": (Direction.INBOUND, Disposition.REJECTED),
    "6": (Direction.INBOUND, Disposition.BLOCKED),
    "7": (Direction.INBOUND, Disposition.ANSWERED),
}
"""CallLog.Calls.TYPE: incoming, outgoing, missed, voicemail, rejected, blocked, answered on another device."""
_ELSEWHERE: Final = "7"
_PRESENTATIONS: Final = {
    "1": Presentation.ALLOWED,
    "2": Presentation.RESTRICTED,
    "3": Presentation.UNKNOWN,
    "4": Presentation.PAYPHONE,
}
_HIDDEN_NUMBERS: Final = {"-1": Presentation.UNKNOWN, "-2": Presentation.RESTRICTED, "-3": Presentation.PAYPHONE}
_MARKS: Final = re.compile(rb"<(?:call|log)\s[^>]*\bdate=")


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield a row for each entry."""
    for one in records(source, {"call", "log"}):
        if isinstance(one, Rejection):
            yield one
        else:
            yield built(partial(_row, one, options), options, line=one.line, raw=one.raw)


def _row(node: Node, options: ParseOptions) -> Row:
    fields = node.attributes
    direction, disposition = _kind(fields)
    length = seconds(fields.get("duration") or fields.get("dur"))
    other = _other(fields, options)
    start = _start(fields)
    answered = disposition is Disposition.ANSWERED or (disposition is None and bool(length))
    key = digest(fields.get("date", ""), fields.get("number", ""), fields.get("type", ""), _sim(fields))
    inbound = direction is Direction.INBOUND
    return Row(
        source=_NAME,
        group=key,
        key=key,
        raw_line=node.line,
        origin_id=None,
        rank=length or 0.0,
        direction=direction,
        caller=other if inbound else PartyNumber(),
        callee=PartyNumber() if inbound else other,
        setup_time=start,
        duration_s=length,
        talk_s=length if answered else None,
        disposition=disposition or (Disposition.ANSWERED if length else None),
        extra=said(name=_name(fields), sim=_sim(fields)),
        facts=said(call_type=fields.get("type"), elsewhere="yes" if fields.get("type") == _ELSEWHERE else ""),
    )


def _kind(fields: Mapping[str, str]) -> tuple[Direction, Disposition | None]:
    try:
        return _TYPES[fields.get("type", "").strip()]
    except KeyError:
        raise RowError("field", "the entry's type is none of CallLog.Calls.TYPE (1 to 7)") from None


def _start(fields: Mapping[str, str]) -> datetime:
    start = epoch(whole_number(fields.get("date", "")))
    if start is None:
        raise RowError("time", "the entry has no date")
    return start


def _other(fields: Mapping[str, str], options: ParseOptions) -> PartyNumber:
    """Return who was on the other side; the phone's own number is not in these files."""
    number = whole_number(fields.get("number", "").strip())
    shown = fields.get("presentation", "1")
    if shown not in _PRESENTATIONS:
        raise RowError("field", "the entry's presentation is none of 1 to 4")
    hidden = _HIDDEN_NUMBERS.get(number)
    if hidden is not None:
        return party(number, None, hidden)
    return party(number, options.region, _PRESENTATIONS[shown])


def _name(fields: Mapping[str, str]) -> str:
    name = fields.get("contact_name") or fields.get("name") or ""
    return "" if name in {"(Unknown)", "null"} else name


def _sim(fields: Mapping[str, str]) -> str:
    sim = fields.get("subscription_id") or fields.get("sim") or ""
    return "" if sim == "null" else sim


def recognise(head: bytes) -> float:
    """Say how sure it is that this is a phone's call log."""
    if not _MARKS.search(head):
        return 0.0
    return 1.0 if b"<calls" in head or b"<alllogs" in head else 0.6


FORMAT: Final = Format(
    name=_NAME, title="Android call log (SMS Backup & Restore, Super Backup)", read=read, recognise=recognise
)
