"""CGRateS CDRs and events as JSON, and the `CGR_CALL_END` events that Kamailio sends it.

A CDR is known by OriginID and RunID. Every run rates the same call again: the default run is its leg, and what another
run says it cost stands in `extra`, for two ratings of one call must not add up. Partial CDRs and the final one meet by
OriginID: each adds what it says, and only the final one is a leg and has a cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from ingest.formats.building import built, digest, said
from ingest.formats.causes import unanswered
from ingest.formats.clock import epoch, seconds
from ingest.formats.errors import RowError, UnknownFormat
from ingest.formats.go_values import go_duration, go_time
from ingest.formats.json_in import documents, identifier, text_of
from ingest.formats.options import ParseOptions
from ingest.formats.parties import Compass, party
from ingest.formats.reading import Input
from ingest.formats.record import Cost, Disposition, Rejection, Row
from ingest.formats.registry import Format

_NAME: Final = "cgrates_json"
_DEFAULT_RUNS: Final = frozenset({"", "*default", "default"})
_VOICE: Final = frozenset({"", "*voice", "voice"})
_NANOSECONDS: Final = 1_000_000_000
_SHORTEST: Final = 1_000_000
"""A call of less than a millisecond is no call: such a number was not meant as nanoseconds."""
_KAMAILIO: Final = {
    "Account": "cgr_account",
    "Destination": "cgr_destination",
    "SetupTime": "cgr_setuptime",
    "AnswerTime": "cgr_answertime",
    "Usage": "cgr_duration",
    "RequestType": "cgr_reqtype",
    "Tenant": "cgr_tenant",
    "Subject": "cgr_subject",
    "ToR": "cgr_tor",
    "Route": "cgr_route",
    "DisconnectCause": "cgr_disconnectcause",
}
_FACTS: Final = {"request_type": "RequestType", "run": "RunID", "disconnect_cause": "DisconnectCause"}
_EXTRA: Final = {"tenant": "Tenant", "subject": "Subject", "category": "Category", "route": "Route", "cgrid": "CGRID"}
_MARKS: Final = (b'"OriginID"', b'"RunID"', b'"CGRID"', b'"RequestType"', b'"AnswerTime"', b'"Usage"', b'"ToR"')


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield a row for each CDR or event."""
    if source.head.strip() and not source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        raise UnknownFormat("the file is not JSON")
    first = True
    for one in documents(source, encoding=options.encoding):
        if isinstance(one, Rejection):
            yield one
        else:
            yield built(partial(_row, one.value, one.line, options), options, line=one.line, raw=one.raw, first=first)
        first = False


def _row(value: Mapping[str, Any], line: int, options: ParseOptions) -> Row:
    fields = _fields(value)
    origin, run = identifier(fields.get("OriginID")), text_of(fields.get("RunID"))
    if not origin:
        raise RowError("field", "the record has no OriginID")
    if text_of(fields.get("ToR")) not in _VOICE:
        raise RowError("not_a_call", "the record is of a message, data or money and not of a call")
    setup, answer = _time(fields, "SetupTime", options), _time(fields, "AnswerTime", options)
    usage = _usage(fields.get("Usage"))
    caller = party(identifier(fields.get("Account")), options.region)
    callee = party(identifier(fields.get("Destination")), options.region)
    partially = fields.get("Partial") is True or text_of(fields.get("Partial")) == "true"
    cost = _cost(fields, options)
    charged = run in _DEFAULT_RUNS and not partially
    host = identifier(fields.get("OriginHost")) or ""
    return Row(
        source=_NAME,
        group=digest(host, origin),
        key=digest(host, origin, run, *(_content(fields) if partially else ())),
        raw_line=line,
        origin_id=origin,
        kind="partial" if partially else "leg" if charged else "run",
        leg_id=origin,
        rank=usage or 0.0,
        direction=Compass(options.own_numbers).direction(caller, callee),
        caller=caller,
        callee=callee,
        setup_time=setup or answer,
        answer_time=answer,
        end_time=_end(answer, usage),
        duration_s=usage,
        talk_s=usage if answer else None,
        disposition=_disposition(fields, answer),
        cost=cost if charged else None,
        extra=_extra(fields, run, cost, charged=charged),
        facts=said(**{name: text_of(fields.get(key)).removeprefix("*") for name, key in _FACTS.items()}),
    )


def _content(fields: Mapping[str, Any]) -> list[str]:
    """Return what a partial CDR says: each says another part, so each is a row of its own."""
    return sorted(f"{name}={text_of(value)}" for name, value in fields.items())


def _fields(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the CDR's fields: of the document itself, of the event in it, or those of a Kamailio event renamed."""
    event = value.get("Event")
    if isinstance(event, Mapping):
        return {"Tenant": value.get("Tenant"), **event}
    if value.get("event") == "CGR_CALL_END" or "cgr_account" in value:
        parts = [identifier(value.get(name)) or "" for name in ("callid", "from_tag", "to_tag")]
        renamed = {name: value.get(key) for name, key in _KAMAILIO.items()}
        return {**renamed, "OriginID": ";".join(parts) if parts[0] else None}
    return value


def _time(fields: Mapping[str, Any], name: str, options: ParseOptions) -> datetime | None:
    text = identifier(fields.get(name)) or ""
    return epoch(text) if text.replace(".", "", 1).isdigit() else go_time(text, options.zone)


def _usage(value: Any) -> float | None:
    """Return seconds. A number in JSON is Go's nanoseconds; a text has its unit, or is of seconds."""
    if isinstance(value, str):
        return go_duration(value)
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    if value < 0:
        raise RowError("negative_duration", "the duration is negative")
    if 0 < value < _SHORTEST:
        raise RowError("field", "Usage is too small a number to be nanoseconds; write it as a text with its unit")
    return seconds(float(value) / _NANOSECONDS)


def _end(answer: datetime | None, usage: float | None) -> datetime | None:
    return answer + timedelta(seconds=usage) if answer is not None and usage is not None else None


def _disposition(fields: Mapping[str, Any], answer: datetime | None) -> Disposition | None:
    return Disposition.ANSWERED if answer is not None else unanswered(text_of(fields.get("DisconnectCause")))


def _cost(fields: Mapping[str, Any], options: ParseOptions) -> Cost | None:
    """Return what the CDR cost; CGRateS writes -1 for "not rated yet"."""
    value = fields.get("Cost")
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        return None
    return Cost(format(value, "f") if isinstance(value, Decimal) else str(value), options.currency)


def _extra(fields: Mapping[str, Any], run: str, cost: Cost | None, *, charged: bool) -> dict[str, str]:
    more = fields.get("ExtraFields")
    kept = {f"extra_{name}": text_of(value) for name, value in more.items()} if isinstance(more, Mapping) else {}
    kept = {name: value for name, value in kept.items() if value}
    if cost is not None and not charged:
        kept[f"cost_{run or 'partial'}"] = cost.amount
    return kept | said(**{name: text_of(fields.get(key)) for name, key in _EXTRA.items()})


def recognise(head: bytes) -> float:
    """Say how sure it is that this is CGRateS JSON."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return 0.0
    if b'"CGR_CALL_END"' in head or b'"cgr_account"' in head:
        return 0.95
    found = sum(mark in head for mark in _MARKS)
    return min(0.95, 0.4 + 0.15 * found) if _MARKS[0] in head and found > 1 else 0.0


FORMAT: Final = Format(name=_NAME, title="CGRateS CDRs and events (JSON)", read=read, recognise=recognise, joins=True)
