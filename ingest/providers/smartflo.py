"""Tata Tele Smartflo (India): webhooks in JSON or form, with texts in India's time and epochs side by side.

Source: Smartflo's "Webhook" and "Call detail records" pages [R2]. The administrator chooses the names of the fields in
Smartflo's form; these are its own names for them.
"""

from __future__ import annotations

from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider, having
from ingest.providers.signatures import check_unsigned

HOME: Final = "IN"


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what a trigger says of its call: the last word on a call is its end, and that replaces itself."""
    call = events.ident(fields, "uuid", "call_id")
    if not call:
        raise RowError("field", "the event names no call")
    region = options.region or HOME
    began = events.instant(fields, "start_stamp", zone=events.IST)
    ended = events.instant(fields, "end_stamp", zone=events.IST)
    url = events.text(fields, "recording_url")
    return [
        Row(
            source=PROVIDER.name,
            group=call,
            key=f"{call}/{'ended' if ended else 'under_way'}",
            raw_line=line,
            origin_id=call,
            kind="leg" if ended else "under_way",
            leg_id=call,
            rank=ended.timestamp() if ended else 0.0,
            direction=events.direction(fields, "direction"),
            caller=events.side(fields, "caller_id_number", "client_number", region=region),
            callee=events.side(fields, "call_to_number", "did_number", region=region),
            setup_time=began,
            answer_time=events.instant(fields, "answer_stamp", zone=events.IST),
            end_time=ended,
            duration_s=events.lasted(fields, "duration", "call_duration"),
            talk_s=events.lasted(fields, "billsec", "answered_seconds"),
            disposition=events.ending(events.text(fields, "call_status", "status")),
            recording=RecordingRef(origin_id=call, url=url, start_time=began, status="completed") if url else None,
            extra=events.extras(fields, agent="answered_agent_number", agent_name="answered_agent_name"),
            facts=events.extras(fields, hangup="hangup_cause_key"),
        )
    ]


PROVIDER: Final = Provider(
    "smartflo",
    "Tata Tele Smartflo",
    check_unsigned,
    rows,
    having(("uuid", "start_stamp"), ("call_id", "start_stamp"), ("call_id", "call_to_number")),
    methods=frozenset({"POST", "GET"}),
)
