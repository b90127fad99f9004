"""Exotel (India): status callbacks (form, multipart form or JSON) and passthru requests (GET) of a call flow.

Source: Exotel's "StatusCallback", "Passthru applet" and "Call details" pages; formats.md A1. Times have no zone and are
India's. `1970-01-01 05:30:00`, `0001-01-01T00:00:00Z` and the text "null" mean "not set". The vendor documents no
signature, so a call is confirmed by reading it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Cost, Disposition, PartyNumber, RecordingRef, Row
from ingest.providers import events
from ingest.providers.errors import CallbackRefused
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider, ReadBack, basic, having
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_unsigned

_ENDED: Final = {
    "completed": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "failed": Disposition.FAILED,
    "no-answer": Disposition.NO_ANSWER,
    "canceled": Disposition.CANCELLED,
}
_FLOW: Final = {
    "completed": Disposition.ANSWERED,
    "client-hangup": Disposition.CANCELLED,
    "voicemail": Disposition.VOICEMAIL,
    "incomplete": None,
    "call-attempt": None,
}
"""`CallType` of a passthru request."""
HOME: Final = "IN"


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says: the call's state, and its recording when there is one."""
    call = events.ident(fields, "CallSid", "Sid")
    status, flow = events.text(fields, "Status", "CallStatus").lower(), events.text(fields, "CallType").lower()
    if not call:
        raise RowError("field", "the event names no call")
    found = [_state(fields, call, status, flow, options, line)] if _known(status, flow, fields) else []
    return [*found, *_recording(fields, call, options, line)]


def _known(status: str, flow: str, fields: Fields) -> bool:
    return status in _ENDED or status in {"in-progress", "ringing", "queued"} or flow in _FLOW or "CallFrom" in fields


def _side(fields: Fields, options: ParseOptions, *names: str) -> PartyNumber:
    return events.side(fields, *names, region=options.region or HOME)


def _state(fields: Fields, call: str, status: str, flow: str, options: ParseOptions, line: int) -> Row:
    ended = status in _ENDED
    event = "ended" if ended else (status or f"flow:{flow}")
    updated = events.instant(fields, "DateUpdated", "CurrentTime", zone=events.IST)
    price = events.text(fields, "Price")
    return Row(
        source=PROVIDER.name,
        group=call,
        key=f"{call}/{event}",
        raw_line=line,
        origin_id=call,
        kind="leg" if ended else event,
        leg_id=call,
        at=updated,
        rank=updated.timestamp() if updated else 0.0,
        direction=events.direction(fields, "Direction"),
        caller=_side(fields, options, "CallFrom", "From"),
        callee=_side(fields, options, "CallTo", "To"),
        setup_time=events.instant(fields, "StartTime", "Created", "DateCreated", zone=events.IST),
        end_time=events.instant(fields, "EndTime", zone=events.IST),
        duration_s=events.lasted(fields, "Duration"),
        talk_s=events.lasted(fields, "ConversationDuration", "DialCallDuration"),
        disposition=_ENDED[status] if ended else _not_ended(status, flow),
        cost=Cost(price, options.currency) if price else None,
        extra=events.extras(fields, dialled="DialWhomNumber", custom="CustomField"),
        facts={name: told for name, told in (("status", status), ("flow", flow)) if told},
    )


def _not_ended(status: str, flow: str) -> Disposition | None:
    return Disposition.ANSWERED if status == "in-progress" else _FLOW.get(flow)


def _recording(fields: Fields, call: str, options: ParseOptions, line: int) -> list[Row]:
    url = events.text(fields, "RecordingUrl")
    if not url:
        return []
    return [
        Row(
            source=PROVIDER.name,
            group=call,
            key=f"recording:{call}",
            raw_line=line,
            origin_id=call,
            kind="recording",
            direction=events.direction(fields, "Direction"),
            caller=_side(fields, options, "CallFrom", "From"),
            callee=_side(fields, options, "CallTo", "To"),
            recording=RecordingRef(
                origin_id=call,
                url=url,
                start_time=events.instant(fields, "StartTime", zone=events.IST),
                status="completed",
            ),
        )
    ]


def _address(call: str, credentials: Credentials) -> str:
    account, host = credentials.settings.get("account_sid"), credentials.settings.get("api_host", "api.exotel.com")
    if not account:
        raise CallbackRefused("reading back needs the setting account_sid")
    return f"https://{host}/v1/Accounts/{quote(account, safe='')}/Calls/{quote(call, safe='')}.json"


def _read_fields(answer: Fields) -> Fields | None:
    found = answer.get("Call")
    return {**found, "CallSid": found.get("Sid")} if isinstance(found, Mapping) and found.get("Sid") else None


def _fetch_headers(credentials: Credentials) -> Mapping[str, str]:
    key, token = credentials.secrets.get("api_key"), credentials.secrets.get("api_token")
    return basic(key, token) if key and token else {}


PROVIDER: Final = Provider(
    "exotel",
    "Exotel",
    check_unsigned,
    rows,
    having(*(("CallSid", name) for name in ("DateUpdated", "EventType", "CallFrom", "CallType", "Legs"))),
    methods=frozenset({"POST", "GET"}),
    hosts=("*.exotel.com", "*.exotel.in"),
    fetch_headers=_fetch_headers,
    read_back=ReadBack(_address, _read_fields),
)
