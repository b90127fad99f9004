"""OpenSIPS and Kamailio `acc`: one SIP transaction a line, separated by `|` (flatstore) or as CSV of the table `acc`.

A line is an event of a call: the INVITE that set it up or failed, its ACK, the BYE that ended it, a CANCEL. The events
of a call meet by its Call-ID alone. RFC 3261 (8.1.1.4) makes it unique in space and time; a CANCEL and many failures
have no second tag, and a BYE from the called side has the tags the other way round: tags cannot be part of the group.
A call without BYE is still open: its end is not known, and nothing is put in its place.

Which of the columns behind the time are the two sides is the switch's own configuration: known for the columns of the
CGRateS and Kamailio examples and for files with a header line, else said by the mapping, else not guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Final

from ingest.formats.building import built, digest
from ingest.formats.causes import is_success, unanswered
from ingest.formats.clock import epoch, is_set, local
from ingest.formats.errors import FileRefused, RowError
from ingest.formats.lines import need_zone
from ingest.formats.options import FUTURE_ALLOWED, ParseOptions
from ingest.formats.parties import Compass, party, whole_number
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Disposition, PartyNumber, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.sip_calls import join
from ingest.formats.table import records

_NAME: Final = "sip_acc"
_IN_CALLS: Final = frozenset({"INVITE", "ACK", "BYE", "CANCEL", "REFER", "UPDATE", "PRACK", "INFO"})
_OUTSIDE: Final = frozenset({"REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH"})
_METHODS: Final = _IN_CALLS | _OUTSIDE
_FIXED: Final = ("method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time")
_KAMAILIO: Final = ("src_user", "src_domain", "src_ip", "dst_ouser", "dst_user", "dst_domain")
_CALLERS: Final = ("caller", "src_user", "account", "from_user")
_CALLEES: Final = ("callee", "dst_user", "dst_ouser", "destination", "to_user")
_SAMPLED: Final = 100
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", re.ASCII)
_EPOCH: Final = re.compile(r"\d{10,17}(?:\.\d+)?", re.ASCII)
_HEAD: Final = 16 * 1024
_CGRATES_DUMP: Final = 18
_KAMAILIO_DUMP: Final = 14


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where each field stands: `offset` columns before the method, and the names of those behind the time."""

    offset: int
    names: Sequence[str]
    fields: Mapping[str, int] = field(default_factory=dict)

    def read(self, cells: Sequence[str]) -> dict[str, str]:
        if self.fields:
            return {name: cells[place].strip() for name, place in self.fields.items() if place < len(cells)}
        names = (*_FIXED, *self.names)
        return {
            names[at] if at < len(names) else f"column_{at + 1 + self.offset}": cell.strip()
            for at, cell in enumerate(cells[self.offset :])
        }


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield an event for each line. Raises ZoneNeeded when times are local and the source has no zone."""
    header: _Layout | None = None
    items = _cells(source, options)
    sampled = list(islice(items, _SAMPLED))
    if options.zone is None:
        need_zone(text for item in sampled if not isinstance(item, Rejection) for text in item[1] if _LOCAL.match(text))
    for item in chain(sampled, items):
        if isinstance(item, Rejection):
            yield item
            continue
        line, cells, raw = item
        if header is None and _is_header(cells):
            header = _Layout(0, (), {cell.strip().strip("#").lower(): at for at, cell in enumerate(cells)})
            continue
        yield built(partial(_row, cells, header, line, options), options, line=line, raw=raw)


def _cells(source: Input, options: ParseOptions) -> Iterator[tuple[int, list[str], str] | Rejection]:
    """Yield each line's columns; in the flatstore form a quotation mark is a character like any other."""
    lines = source.lines(options.encoding)
    if _is_piped(source.head):
        for item in lines:
            if isinstance(item, Rejection):
                yield item
            elif item[1].strip():
                yield item[0], item[1].split("|"), item[1]
    else:
        yield from records(lines, delimiter=";" if _is_semicolon(source.head) else ",")


def _is_piped(head: bytes) -> bool:
    line = head.split(b"\n", 1)[0]
    return line.count(b"|") > line.count(b",")


def _is_semicolon(head: bytes) -> bool:
    line = head.split(b"\n", 1)[0]
    return line.count(b";") > line.count(b",")


def _is_header(cells: Sequence[str]) -> bool:
    return {"method", "callid"} <= {cell.strip().strip("#").lower() for cell in cells}


def _layout(cells: Sequence[str], options: ParseOptions) -> _Layout:
    offset = next((at for at in (0, 1) if len(cells) > at and cells[at].strip().upper() in _METHODS), None)
    if offset is None or len(cells) < offset + len(_FIXED):
        raise RowError("columns", "the line does not begin with a SIP method and the columns of acc")
    return _Layout(offset, _names_behind(cells, offset, options))


def _names_behind(cells: Sequence[str], offset: int, options: ParseOptions) -> Sequence[str]:
    if options.mapping is not None and "acc_extra" in options.mapping:
        names = options.mapping["acc_extra"]
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise FileRefused("mapping", "acc_extra is not a list of column names", field="acc_extra")
        return names
    behind = cells[offset + len(_FIXED) :]
    if not offset:  # CGRateS' example: request type, account, destination; a BYE leaves all three empty
        return ("request_type", "account", "destination") if behind and behind[0][:1] in {"*", ""} else ()
    if len(cells) == _CGRATES_DUMP:
        return ("src_user", "src_uri", "src_domain", "src_ip", "src_contact", "dst_user", "dst_ouser", "dst_domain")
    return _KAMAILIO if len(cells) == _KAMAILIO_DUMP else ()


def _row(cells: Sequence[str], header: _Layout | None, line: int, options: ParseOptions) -> Row:
    if header is not None and _is_header(cells):
        raise RowError("header_repeated", "the header stands here once more")
    fields = (header or _layout(cells, options)).read(cells)
    method, callid = fields.get("method", "").upper(), whole_number(fields.get("callid", ""))
    if method in _OUTSIDE:
        raise RowError("not_a_call", "the transaction belongs to no call")
    if method not in _IN_CALLS or not callid:
        raise RowError("columns", "the line has no SIP method of a call, or no Call-ID")
    at = _at(fields, options)
    code = fields.get("sip_code", "")
    tags = sorted((fields.get("from_tag", ""), fields.get("to_tag", "")))
    caller, callee = _sides(fields, options)
    return Row(
        source=_NAME,
        group=digest(callid),
        key=digest(callid, *tags, method, code, fields.get("time", "")),
        raw_line=line,
        origin_id=callid,
        kind=method.lower(),
        leg_id="/".join(tag for tag in tags if tag) or None,
        at=at,
        direction=Compass(options.own_numbers).direction(caller, callee),
        caller=caller,
        callee=callee,
        setup_time=at if method == "INVITE" else None,
        answer_time=at if method == "INVITE" and is_success(code) else None,
        end_time=at if method in {"BYE", "CANCEL"} or _failed(method, code) else None,
        disposition=_disposition(method, code),
        extra=_extra(fields),
        facts={name: fields[name] for name in ("sip_code", "sip_reason") if fields.get(name)},
    )


def _failed(method: str, code: str) -> bool:
    return method == "INVITE" and unanswered(code) is not None


def _at(fields: Mapping[str, str], options: ParseOptions) -> datetime | None:
    text = fields.get("time", "")
    at = epoch(text) if _EPOCH.fullmatch(text) or not is_set(text) else local(text, options.zone)
    if at is not None and at > options.now and at - options.now > FUTURE_ALLOWED:
        raise RowError("future", "the event lies in the future; check the clock and zone of the source")
    return at


def _disposition(method: str, code: str) -> Disposition | None:
    if method == "CANCEL":
        return Disposition.CANCELLED
    if method in {"INVITE", "ACK", "BYE"} and is_success(code):
        return Disposition.ANSWERED  # a BYE ends only what was answered
    return unanswered(code) if method == "INVITE" else None


def _sides(fields: Mapping[str, str], options: ParseOptions) -> tuple[PartyNumber, PartyNumber]:
    caller = next((fields[name] for name in _CALLERS if fields.get(name)), "")
    callee = next((fields[name] for name in _CALLEES if fields.get(name)), "")
    return party(whole_number(caller), options.region), party(whole_number(callee), options.region)


def _extra(fields: Mapping[str, str]) -> dict[str, str]:
    known = {*_FIXED, *_CALLERS, *_CALLEES}
    return {name: value[:RAW_KEPT] for name, value in fields.items() if value and name not in known}


def recognise(head: bytes) -> float:
    """Say how sure it is that this is acc: lines that begin with a method, or with a number and a method."""
    text = head[:_HEAD].decode("utf-8", "replace").lstrip("\ufeff")
    whole = text.rpartition("\n")[0] if len(head) > _HEAD else text  # the last line may be cut
    lines = [line for line in whole.splitlines()[:20] if line.strip()]
    if not lines:
        return 0.0
    if _is_header(re.split(r"[,;|]", lines[0].replace('"', ""))):
        return 0.95
    fitting = sum(_fits(line) for line in lines)
    return 0.95 * fitting / len(lines)


def _fits(line: str) -> bool:
    cells = line.split("|") if line.count("|") > line.count(",") else next(csv.reader([line]), [])
    least = len(_FIXED)
    return any(len(cells) >= at + least and cells[at].strip().upper() in _METHODS for at in (0, 1))


FORMAT: Final = Format(
    name=_NAME,
    title="OpenSIPS and Kamailio acc (flatstore, table dump)",
    read=read,
    recognise=recognise,
    joins=True,
    join=join,
)
