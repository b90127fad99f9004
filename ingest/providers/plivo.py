"""Plivo: form callbacks of calls and recordings, and the JSON lists of its API.

Source: Plivo's "Voice request parameters", fixtures of its API (formats.md A1): numbers with and without a plus, times
with an offset or in the account's zone, recording times in milliseconds as `"345100.00000"`. Ids are opaque.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ingest.formats.options import ParseOptions
from ingest.formats.record import Cost, Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import TWIML, Answer, Provider, basic, having
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_plivo

_BEGUN: Final = frozenset({"queued", "ringing", "initiated"})
_ENDED: Final = {
    "completed": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "failed": Disposition.FAILED,
    "timeout": Disposition.NO_ANSWER,
    "no-answer": Disposition.NO_ANSWER,
    "cancel": Disposition.CANCELLED,
    "canceled": Disposition.CANCELLED,
}
_ANSWERED: Final = frozenset({"in-progress", "answer", "answered"})


def unwrap(fields: Fields) -> Sequence[Fields]:
    """Return the objects of a list that the API answered with."""
    objects = fields.get("objects")
    if isinstance(objects, list):
        return [one for one in objects if isinstance(one, Mapping)]
    return [fields]


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says of its call: a recording that is there, or the call's own state."""
    if events.text(fields, "RecordUrl", "RecordFile", "recording_url"):
        return [_recording(fields, options, line)]
    status = events.text(fields, "CallStatus", "call_state", "call_status").lower()
    status = {"answer": "completed"}.get(status, status) if "call_uuid" in fields else status
    if events.text(fields, "CallUUID", "call_uuid") and status in _BEGUN | _ENDED.keys() | _ANSWERED:
        return [_status(fields, options, line, status)]
    return []


def _call(fields: Fields) -> str:
    return events.ident(fields, "ALegUUID", "CallUUID", "call_uuid")


def _recording(fields: Fields, options: ParseOptions, line: int) -> Row:
    call = _call(fields)
    recording_id = events.ident(fields, "RecordingID", "recording_id") or f"{call}/recording"
    began = events.from_epoch(fields, "RecordingStartMs", "recording_start_ms")
    return Row(
        source=PROVIDER.name,
        group=call or f"recording:{recording_id}",
        key=f"recording:{recording_id}",
        raw_line=line,
        origin_id=call or None,
        kind="recording",
        at=began,
        rank=3.0,
        direction=events.direction(fields, "Direction"),
        caller=events.side(fields, "From", "from_number", region=options.region),
        callee=events.side(fields, "To", "to_number", region=options.region),
        recording=RecordingRef(
            origin_id=recording_id,
            url=events.text(fields, "RecordUrl", "RecordFile", "recording_url"),
            start_time=began,
            end_time=events.from_epoch(fields, "RecordingEndMs", "recording_end_ms"),
            duration_s=events.thousandth(fields, "RecordingDurationMs", "recording_duration_ms")
            or events.lasted(fields, "RecordingDuration"),
            status="completed",
        ),
    )


def _status(fields: Fields, options: ParseOptions, line: int, status: str) -> Row:
    leg, ended = events.ident(fields, "CallUUID", "call_uuid"), status in _ENDED
    amount = events.text(fields, "TotalCost", "total_amount")
    lasted = events.lasted(fields, "Duration", "call_duration")
    return Row(
        source=PROVIDER.name,
        group=_call(fields),
        key=f"{leg}/{'ended' if ended else status}",
        raw_line=line,
        origin_id=_call(fields),
        kind="leg" if ended else status,
        leg_id=leg,
        direction=events.direction(fields, "Direction", "call_direction"),
        caller=events.side(fields, "From", "from_number", region=options.region),
        callee=events.side(fields, "To", "to_number", region=options.region),
        setup_time=events.instant(fields, "StartTime", "SessionStart", "initiation_time", zone=options.zone),
        answer_time=events.instant(fields, "AnswerTime", "answer_time", zone=options.zone),
        end_time=events.instant(fields, "EndTime", "end_time", zone=options.zone) if ended else None,
        duration_s=lasted,
        disposition=_ENDED.get(status, Disposition.ANSWERED if status in _ANSWERED else None),
        cost=Cost(amount, options.currency) if ended and amount else None,
        extra=events.extras(fields, forwarded_from="ForwardedFrom", caller_name="CallerName"),
        facts={
            name: told for name, told in (("status", status), ("hangup", events.text(fields, "HangupCause"))) if told
        },
    )


def _answer(fields: Fields) -> Answer:
    del fields
    return TWIML


def _fetch_headers(credentials: Credentials) -> Mapping[str, str]:
    account, token = credentials.settings.get("auth_id"), credentials.secrets.get("auth_token")
    return basic(account, token) if account and token else {}


PROVIDER: Final = Provider(
    "plivo",
    "Plivo",
    check_plivo,
    rows,
    having(
        ("CallUUID",),
        ("call_uuid", "resource_uri"),
        ("call_uuid", "initiation_time"),
        ("recording_id", "recording_duration_ms"),
        ("objects", "meta"),
    ),
    methods=frozenset({"POST", "GET"}),
    vouched="signature",
    hosts=("*.plivo.com",),
    unwrap=unwrap,
    answer=_answer,
    fetch_headers=_fetch_headers,
)
