"""BroadWorks CDR files (XML, version 19 and later): `cdrData` with a header module and, for calls, a basic module.

Times are UTC; `userTimeZone` (`1+020000`: daylight saving, offset) only says what the user's clock showed. Start and
End records mark the file and are no calls, but they must be whole. The two records of a call inside one system name
each other (`localCallId`, `remoteCallId`); the smaller of the two is their group, so that each finds it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Final

from ingest.formats.building import built, said
from ingest.formats.causes import unanswered
from ingest.formats.clock import plausible
from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, party
from ingest.formats.reading import Input
from ingest.formats.record import Direction, Disposition, PartyNumber, Presentation, Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.xml_in import Node
from ingest.formats.xml_records import records

_NAME: Final = "broadworks_xml"
_MARKERS: Final = frozenset({"Start", "End"})
_INTERIM: Final = frozenset({"Long Duration", "Interim"})
_TIME: Final = re.compile(r"(\d{14})(?:\.(\d{1,6}))?", re.ASCII)
_ZONE: Final = re.compile(r"[01][+-]\d{6}", re.ASCII)
_SHOWN: Final = {
    "": Presentation.ALLOWED,
    "Public": Presentation.ALLOWED,
    "Public-Unavailable": Presentation.UNKNOWN,
    "Unavailable": Presentation.UNKNOWN,
    "Payphone": Presentation.PAYPHONE,
}
"""Whatever else the indicator says (`Private`, `Anonymous`, a word to come) hides the number."""
_INSIDE: Final = frozenset({"Group", "Enterprise", "Intragroup", "Interoffice"})


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield a row for each call; markers that are whole yield nothing."""
    for one in records(source, {"cdrData"}):
        if isinstance(one, Rejection):
            yield one
        elif not _is_marker(one):
            yield built(partial(_row, one, options), options, line=one.line, raw=one.raw)


def _is_marker(node: Node) -> bool:
    """Say whether this is a marker: of such a type, with its id and date, and without a call."""
    marks = node.text_at("headerModule", "type") in _MARKERS and node.first("basicModule") is None
    return marks and bool(node.text_at("headerModule", "recordId", "eventCounter"))


def _row(node: Node, options: ParseOptions) -> Row:
    header, basic = node.first("headerModule"), node.first("basicModule")
    if header is None or basic is None:
        raise RowError("xml", "the record has no header module or no basic module")
    key, fields = _key(header), basic.texts()
    setup, answer, end = (_time(fields.get(name, "")) for name in ("startTime", "answerTime", "releaseTime"))
    shown = _SHOWN.get(fields.get("callingPresentationIndicator", ""), Presentation.RESTRICTED)
    caller = party(fields.get("callingNumber", ""), options.region, shown)
    callee = party(fields.get("calledNumber") or fields.get("dialedDigits", ""), options.region)
    kind = header.text_at("type")
    return Row(
        source=_NAME,
        group=_group(header, fields) or key,
        key=key,
        raw_line=node.line,
        origin_id=fields.get("localCallId") or key,
        kind="interim" if kind in _INTERIM else "leg",
        leg_id=fields.get("localCallId") or None,
        at=end or setup,
        direction=_direction(fields, caller, callee, options),
        caller=caller,
        callee=callee,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=(end - setup).total_seconds() if end and setup and end >= setup else None,
        talk_s=(end - answer).total_seconds() if end and answer and end >= answer else None,
        disposition=_disposition(fields, answer),
        extra=_extra(node, header, fields),
        facts=_facts(node, kind, fields),
    )


def _key(header: Node) -> str:
    record = header.first("recordId")
    counter, system = (record.text_at("eventCounter"), record.text_at("systemId")) if record else ("", "")
    if not counter:
        raise RowError("field", "the record has no recordId with an eventCounter")
    return f"{system}+{counter}"


def _group(header: Node, fields: dict[str, str]) -> str:
    """Return the smaller id of the two legs with the system that gave it; empty when the record names none."""
    calls = sorted(call for call in (fields.get("localCallId"), fields.get("remoteCallId")) if call)
    return f"{header.text_at('recordId', 'systemId')}/{calls[0]}" if calls else ""


def _time(text: str) -> datetime | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    try:
        moment = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        moment = None
    if moment is None or found is None:
        raise RowError("time", "a time is not written as YYYYMMDDHHMMSS.mmm")
    return plausible(moment.replace(microsecond=int((found[2] or "0").ljust(6, "0"))))


def _direction(fields: dict[str, str], caller: PartyNumber, callee: PartyNumber, options: ParseOptions) -> Direction:
    if fields.get("asCallType") in _INSIDE:
        return Direction.INTERNAL
    if options.own_numbers is None and fields.get("asCallType") == "Network":
        said_way = fields.get("direction", "")
        user = fields.get("userNumber", "")
        if said_way == "Originating" or (not said_way and user and user == fields.get("callingNumber")):
            return Direction.OUTBOUND
        if said_way == "Terminating" or (not said_way and user and user == fields.get("calledNumber")):
            return Direction.INBOUND
    return Compass(options.own_numbers).direction(caller, callee)


def _disposition(fields: dict[str, str], answer: datetime | None) -> Disposition | None:
    if answer is not None or fields.get("answerIndicator", "").startswith("Yes"):
        return Disposition.ANSWERED
    if fields.get("terminationCause"):
        return unanswered(fields["terminationCause"])
    return Disposition.NO_ANSWER if fields.get("answerIndicator") == "No" else None


def _extra(node: Node, header: Node, fields: dict[str, str]) -> dict[str, str]:
    return said(
        service_provider=header.text_at("serviceProvider"),
        user_number=fields.get("userNumber"),
        group_number=fields.get("groupNumber"),
        user_id=fields.get("userId"),
        remote_call=fields.get("remoteCallId"),
        related_leg=fields.get("relatedCallId"),
        redirecting_number=fields.get("redirectingNumber"),
        group=node.text_at("centrexModule", "group"),
        trunk=node.text_at("centrexModule", "trunkGroupName"),
        route=node.text_at("ipModule", "route"),
        network_call=node.text_at("ipModule", "networkCallID"),
        access_call=node.text_at("ipModule", "accessCallID"),
        access_device=node.text_at("ipModule", "accessDeviceAddress"),
        user_agent=node.text_at("ipModule", "userAgent"),
    )


def _facts(node: Node, kind: str, fields: dict[str, str]) -> dict[str, str]:
    zone = fields.get("userTimeZone", "")
    return said(
        record_type=kind,
        call_type=fields.get("asCallType"),
        termination_cause=fields.get("terminationCause"),
        releasing_party=fields.get("releasingParty"),
        charge_indicator=fields.get("chargeIndicator"),
        utc_offset=f"{zone[1:4]}:{zone[4:6]}" if _ZONE.fullmatch(zone) else "",
        codec=node.text_at("ipModule", "codec"),
    )


def recognise(head: bytes) -> float:
    """Say how sure it is that this is a BroadWorks CDR file."""
    if b"<broadWorksCDR" in head:
        return 1.0
    return 0.8 if b"<cdrData" in head and b"<headerModule" in head else 0.0


FORMAT: Final = Format(name=_NAME, title="BroadWorks CDR (XML)", read=read, recognise=recognise, joins=True)
