"""Bandwidth voice: events in JSON, vouched for by HTTP Basic; durations as `PT30S`.

Source: Bandwidth's "Voice callbacks" and two samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider, basic, having
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_basic

_CAUSES: Final = {
    "busy": Disposition.BUSY,
    "timeout": Disposition.NO_ANSWER,
    "cancel": Disposition.CANCELLED,
    "rejected": Disposition.REJECTED,
    "error": Disposition.FAILED,
    "unknown": Disposition.FAILED,
}
_STATES: Final = frozenset({"initiate", "answer", "disconnect", "transferAnswer", "transferDisconnect"})
_RECORDED: Final = frozenset({"recordingComplete", "recordingAvailable"})
_STATUSES: Final = {"complete": "completed", "partial": "completed", "": "completed", "error": "failed"}


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says of its call: its state, or a recording that is complete."""
    kind = events.text(fields, "eventType")
    if kind not in _STATES | _RECORDED:
        return []
    leg = events.ident(fields, "callId")
    if not leg:
        raise RowError("field", "the event names no call")
    return [(_recording if kind in _RECORDED else _state)(fields, options, line)]


def _call(fields: Fields) -> str:
    return events.ident(fields, "parentCallId", "callId")


def _recording(fields: Fields, options: ParseOptions, line: int) -> Row:
    recording_id = events.ident(fields, "recordingId") or f"{_call(fields)}/recording"
    began = events.instant(fields, "startTime", zone=events.ZULU)
    told = events.text(fields, "status").lower()
    status = _STATUSES.get(told, told)
    return Row(
        source=PROVIDER.name,
        group=_call(fields),
        key=f"recording:{recording_id}",
        raw_line=line,
        origin_id=_call(fields),
        kind="recording",
        at=began,
        rank=3.0 if status == "completed" else 1.0,
        direction=events.direction(fields, "direction"),
        caller=events.side(fields, "from", region=options.region),
        callee=events.side(fields, "to", region=options.region),
        recording=RecordingRef(
            origin_id=recording_id,
            url=events.text(fields, "mediaUrl") or None,
            start_time=began,
            end_time=events.instant(fields, "endTime", zone=events.ZULU),
            duration_s=events.lasted(fields, "duration"),
            channels=events.small_number(fields, "channels"),
            status=status,
        ),
    )


def _state(fields: Fields, options: ParseOptions, line: int) -> Row:
    kind, leg = events.text(fields, "eventType"), events.ident(fields, "callId")
    ended, cause = kind.lower().endswith("disconnect"), events.text(fields, "cause")
    answered = events.instant(fields, "answerTime", zone=events.ZULU)
    return Row(
        source=PROVIDER.name,
        group=_call(fields),
        key=f"{leg}/{kind}",
        raw_line=line,
        origin_id=_call(fields),
        kind="leg" if kind == "disconnect" else kind.lower(),
        leg_id=leg,
        at=events.instant(fields, "eventTime", zone=events.ZULU),
        direction=events.direction(fields, "direction"),
        caller=events.side(fields, "from", region=options.region),
        callee=events.side(fields, "to", region=options.region),
        setup_time=events.instant(fields, "startTime", zone=events.ZULU),
        answer_time=answered,
        end_time=events.instant(fields, "endTime", zone=events.ZULU) if ended else None,
        disposition=Disposition.ANSWERED if answered else _CAUSES.get(cause),
        facts={"cause": cause} if cause else {},
    )


def _fetch_headers(credentials: Credentials) -> Mapping[str, str]:
    user, password = credentials.secrets.get("api_username"), credentials.secrets.get("api_password")
    return basic(user, password) if user and password else {}


PROVIDER: Final = Provider(
    "bandwidth",
    "Bandwidth",
    check_basic,
    rows,
    having(("eventType", "callId", "applicationId"), ("eventType", "callId", "accountId")),
    vouched="secret",
    hosts=("*.bandwidth.com",),
    fetch_headers=_fetch_headers,
)
