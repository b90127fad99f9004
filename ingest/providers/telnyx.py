"""Telnyx call control: events in JSON, signed with Ed25519; concurrent, duplicated, late and out of order.

Source: Telnyx's "Webhooks" and "Call Control" pages and three samples (nested under `data.payload`, or flat). Legs of a
call share `call_session_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_telnyx

_CAUSES: Final = {
    "user_busy": Disposition.BUSY,
    "originator_cancel": Disposition.CANCELLED,
    "timeout": Disposition.NO_ANSWER,
    "no_answer": Disposition.NO_ANSWER,
    "call_rejected": Disposition.REJECTED,
    "not_found": Disposition.FAILED,
    "unallocated_number": Disposition.FAILED,
}
_CHANNELS: Final = {"single": 1, "mono": 1, "dual": 2}
_WAYS: Final = ("wav", "mp3")


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says of its call: its state, or a recording that was saved."""
    event = _inner(fields, "data") if "data" in fields else {"event_type": "call.recording.saved", "payload": fields}
    kind, payload = events.text(event, "event_type"), _inner(event, "payload")
    if kind == "call.recording.saved":
        return [_recording(event, payload, options, line)]
    if kind in {"call.initiated", "call.answered", "call.hangup"}:
        return [_state(event, payload, kind.partition(".")[2], options, line)]
    return []


def _inner(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    if not isinstance(found, Mapping):
        raise RowError("field", f"{name} is no object")
    return found


def _leg(payload: Fields) -> str:
    return events.ident(payload, "call_leg_id", "call_control_id", "call_session_id")


def _call(payload: Fields) -> str:
    found = events.ident(payload, "call_session_id", "call_leg_id", "call_control_id")
    if not found and not events.ident(payload, "recording_id"):
        raise RowError("field", "the event names no call")
    return found


def _recording(event: Fields, payload: Fields, options: ParseOptions, line: int) -> Row:
    call = _call(payload)
    recording_id = events.ident(payload, "recording_id") or f"{call}/{_leg(payload)}/recording"
    links = payload.get("recording_urls") or payload.get("public_recording_urls")
    url = events.text(links, *_WAYS) if isinstance(links, Mapping) else ""
    began = events.instant(payload, "recording_started_at", "start_time", zone=events.ZULU)
    return Row(
        source=PROVIDER.name,
        group=call or f"recording:{recording_id}",
        key=f"recording:{recording_id}",
        raw_line=line,
        origin_id=call or None,
        kind="recording",
        at=began or events.instant(event, "occurred_at", zone=events.ZULU),
        rank=3.0,
        direction=events.direction(payload, "direction"),
        caller=events.side(payload, "from", region=options.region),
        callee=events.side(payload, "to", region=options.region),
        recording=RecordingRef(
            origin_id=recording_id,
            url=url or None,
            start_time=began,
            end_time=events.instant(payload, "recording_ended_at", "end_time", zone=events.ZULU),
            duration_s=events.thousandth(payload, "duration_millis"),
            channels=_CHANNELS.get(events.text(payload, "channels")),
            status="completed",
        ),
    )


def _state(event: Fields, payload: Fields, state: str, options: ParseOptions, line: int) -> Row:
    at = events.instant(event, "occurred_at", zone=events.ZULU)
    ended, cause = state == "hangup", events.text(payload, "hangup_cause")
    return Row(
        source=PROVIDER.name,
        group=_call(payload),
        key=f"{_leg(payload)}/{state}",
        raw_line=line,
        origin_id=_call(payload),
        kind="leg" if ended else state,
        leg_id=_leg(payload),
        at=at,
        rank=at.timestamp() if at else 0.0,
        direction=events.direction(payload, "direction"),
        caller=events.side(payload, "from", region=options.region),
        callee=events.side(payload, "to", region=options.region),
        setup_time=events.instant(payload, "start_time", zone=events.ZULU) or (at if state == "initiated" else None),
        answer_time=at if state == "answered" else None,
        end_time=(events.instant(payload, "end_time", zone=events.ZULU) or at) if ended else None,
        disposition=Disposition.ANSWERED if state == "answered" else _CAUSES.get(cause),
        facts={"hangup": cause} if cause else {},
    )


def _fetch_headers(credentials: Credentials) -> Mapping[str, str]:
    key = credentials.secrets.get("api_key")
    return {"Authorization": f"Bearer {key}"} if key else {}


def _is_mine(fields: Fields) -> bool:
    event = fields.get("data")
    return "event_type" in event if isinstance(event, Mapping) else "recording_urls" in fields


PROVIDER: Final = Provider(
    "telnyx",
    "Telnyx",
    check_telnyx,
    rows,
    _is_mine,
    vouched="signature",
    hosts=("*.telnyx.com",),
    fetch_headers=_fetch_headers,
)
