"""Knowlarity (India): one JSON or form post (or GET) per finished call; date and time apart, India's zone.

Source: formats.md A1, secondary [R2]: no page of the vendor was read. Field names that were seen stand first.
"""

from __future__ import annotations

from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider, having
from ingest.providers.signatures import check_unsigned

HOME: Final = "IN"


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return the call, which comes whole; a call that comes again replaces itself."""
    call = events.ident(fields, "call_uuid", "uuid", "callid")
    if not call:
        raise RowError("field", "the event names no call")
    region = options.region or HOME
    date, time = events.text(fields, "call_date"), events.text(fields, "call_time")
    began = events.instant({"began": f"{date} {time}"}, "began", zone=events.IST) if date and time else None
    customer = events.side(fields, "customer_number", "caller_id", "caller_number", region=region)
    agent = events.side(fields, "agent_number", "destination", region=region)
    towards = events.direction(fields, "call_type", "business_call_type", "direction")
    outbound = towards.value == "outbound"
    talk = events.lasted(fields, "caller_duration", "conversation_duration")
    told = events.ending(events.text(fields, "call_status", "status"))
    url = events.text(fields, "call_recording", "resource_url", "recording_url")
    return [
        Row(
            source=PROVIDER.name,
            group=call,
            key=call,
            raw_line=line,
            origin_id=call,
            leg_id=call,
            rank=began.timestamp() if began else 0.0,
            direction=towards,
            caller=agent if outbound else customer,
            callee=customer if outbound else agent,
            setup_time=began,
            duration_s=events.lasted(fields, "call_duration", "duration"),
            talk_s=talk,
            disposition=told or (Disposition.ANSWERED if talk and events.text(fields, "agent_number") else None),
            recording=RecordingRef(origin_id=call, url=url, start_time=began, status="completed") if url else None,
            extra=events.extras(fields, called="knowlarity_number", dispatched="dispnumber", notes="notes"),
        )
    ]


PROVIDER: Final = Provider(
    "knowlarity",
    "Knowlarity",
    check_unsigned,
    rows,
    having(("call_uuid", "call_date"), ("call_uuid", "agent_number", "caller_duration")),
    methods=frozenset({"POST", "GET"}),
)
