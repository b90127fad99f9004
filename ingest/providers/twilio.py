"""Twilio: call status and recording status callbacks (form posts), and `action` requests of a call flow.

Source: Twilio's pages "Voice webhooks" and "Recording status callbacks"; seven samples (see tests). A call's statuses
come in any order and more than once; each is an event of the call, and a child leg belongs to its parent's call.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from ingest.formats.options import ParseOptions
from ingest.formats.parties import party
from ingest.formats.record import Disposition, PartyNumber, Presentation, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import TWIML, Answer, Provider, basic, having
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_twilio

_BEGUN: Final = frozenset({"queued", "initiated", "ringing"})
_ENDED: Final = {
    "completed": Disposition.ANSWERED,
    "busy": Disposition.BUSY,
    "failed": Disposition.FAILED,
    "no-answer": Disposition.NO_ANSWER,
    "canceled": Disposition.CANCELLED,
}
RECORDING_RANKS: Final = {"in-progress": 1.0, "processing": 1.0, "absent": 2.0, "failed": 2.0, "completed": 3.0}
"""A recording that was completed is completed, whatever is said of it later; see formats.md A1."""
_SPELT_OUT: Final = frozenset({"+7378742833", "+2562533", "+8656696", "+266696687", "+86282452253"})
"""RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS, UNAVAILABLE on a keypad: what Twilio sends for a caller who hides."""


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says of its call: a recording's status, or the call's own."""
    if events.text(fields, "TranscriptionSid"):
        return []
    if events.text(fields, "RecordingSid", "RecordingUrl"):
        return [_recording(fields, options, line)]
    if events.text(fields, "CallSid") and events.text(fields, "CallStatus"):
        return _status(fields, options, line)
    return []


def _side(fields: Fields, name: str, other: str, options: ParseOptions) -> PartyNumber:
    told = events.text(fields, name, other)
    if told in _SPELT_OUT:
        return party(told, None, Presentation.RESTRICTED)
    return events.side(fields, name, other, region=options.region)


def _call(fields: Fields) -> str:
    return events.ident(fields, "ParentCallSid", "CallSid")


def _recording(fields: Fields, options: ParseOptions, line: int) -> Row:
    recording_id = events.ident(fields, "RecordingSid") or f"{_call(fields)}/recording"
    group = _call(fields) or f"recording:{recording_id}"
    status = events.text(fields, "RecordingStatus").lower() or "completed"
    began = events.instant(fields, "RecordingStartTime", zone=events.ZULU)
    return Row(
        source=PROVIDER.name,
        group=group,
        key=f"recording:{recording_id}",
        raw_line=line,
        origin_id=_call(fields) or None,
        kind="recording",
        at=began or events.instant(fields, "Timestamp", zone=events.ZULU),
        rank=RECORDING_RANKS.get(status, 0.0),
        direction=events.direction(fields, "Direction"),
        caller=_side(fields, "From", "Caller", options),
        callee=_side(fields, "To", "Called", options),
        recording=RecordingRef(
            origin_id=recording_id,
            url=events.text(fields, "RecordingUrl") or None,
            start_time=began,
            duration_s=events.lasted(fields, "RecordingDuration"),
            channels=events.small_number(fields, "RecordingChannels"),
            status=status,
        ),
        extra=_extra(fields),
    )


def _extra(fields: Fields) -> dict[str, str]:
    return events.extras(fields, forwarded_from="ForwardedFrom", caller_name="CallerName")


def _status(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    status, leg = events.text(fields, "CallStatus").lower(), events.ident(fields, "CallSid")
    if status not in _BEGUN | _ENDED.keys() | {"in-progress"}:
        return []
    at = events.instant(fields, "Timestamp", zone=events.ZULU)
    lasted = events.lasted(fields, "CallDuration")
    ended = status in _ENDED
    return [
        Row(
            source=PROVIDER.name,
            group=_call(fields),
            key=f"{leg}/{'ended' if ended else status}",
            raw_line=line,
            origin_id=_call(fields),
            kind="leg" if ended else status,
            leg_id=leg,
            at=at,
            rank=float(events.small_number(fields, "SequenceNumber") or 0),
            direction=events.direction(fields, "Direction"),
            caller=_side(fields, "From", "Caller", options),
            callee=_side(fields, "To", "Called", options),
            setup_time=at if status in _BEGUN else None,
            answer_time=_answered(status, at, lasted),
            end_time=at if ended else None,
            duration_s=lasted,
            talk_s=lasted if status == "completed" else None,
            disposition=Disposition.ANSWERED if status == "in-progress" else _ENDED.get(status),
            extra=_extra(fields),
            facts={"status": status},
        )
    ]


def _answered(status: str, at: datetime | None, lasted: float | None) -> datetime | None:
    """Return when it was answered: said so, or the end less `CallDuration`, which Twilio counts from the answer."""
    if at is None or status == "in-progress":
        return at
    return at - timedelta(seconds=lasted) if status == "completed" and lasted is not None else None


def _answer(fields: Fields) -> Answer:
    del fields
    return TWIML


def _fetch_headers(credentials: Credentials) -> dict[str, str]:
    account, token = credentials.settings.get("account_sid"), credentials.secrets.get("auth_token")
    return dict(basic(account, token)) if account and token else {}


PROVIDER: Final = Provider(
    "twilio",
    "Twilio",
    check_twilio,
    rows,
    having(("CallSid", "AccountSid"), ("RecordingSid", "RecordingStatus")),
    methods=frozenset({"POST", "GET"}),
    vouched="signature",
    hosts=("*.twilio.com",),
    answer=_answer,
    fetch_headers=_fetch_headers,
)
