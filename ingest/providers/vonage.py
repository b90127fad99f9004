"""Vonage (Nexmo) voice: event and recording webhooks in JSON, signed by a token.

Source: Vonage's "Voice API webhook reference", two samples. Numbers come without a plus. Each leg has a uuid; the legs
of a call share `conversation_uuid`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import jwt

from domain.ids import new_id
from ingest.formats.options import ParseOptions
from ingest.formats.record import Cost, Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.payload import Fields
from ingest.providers.registry import Provider, having
from ingest.providers.request import Credentials
from ingest.providers.signatures import check_vonage

_BEGUN: Final = frozenset({"started", "ringing"})
_ENDED: Final = {
    "completed": None,
    "busy": Disposition.BUSY,
    "timeout": Disposition.NO_ANSWER,
    "unanswered": Disposition.NO_ANSWER,
    "failed": Disposition.FAILED,
    "rejected": Disposition.REJECTED,
    "cancelled": Disposition.CANCELLED,
}


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return what an event says of its call: a recording that is there, or the state of a leg."""
    if events.text(fields, "recording_url"):
        return [_recording(fields, line)]
    status = events.text(fields, "status").lower()
    if events.text(fields, "uuid", "conversation_uuid") and status in _BEGUN | _ENDED.keys() | {"answered"}:
        return [_status(fields, options, line, status)]
    return []


def _recording(fields: Fields, line: int) -> Row:
    call = events.ident(fields, "conversation_uuid")
    recording_id = events.ident(fields, "recording_uuid") or f"{call}/recording"
    began = events.instant(fields, "start_time", zone=events.ZULU)
    ended = events.instant(fields, "end_time", zone=events.ZULU)
    lasted = (ended - began).total_seconds() if began and ended and ended >= began else None
    return Row(
        source=PROVIDER.name,
        group=call or f"recording:{recording_id}",
        key=f"recording:{recording_id}",
        raw_line=line,
        origin_id=call or None,
        kind="recording",
        at=began,
        rank=3.0,
        recording=RecordingRef(
            origin_id=recording_id,
            url=events.text(fields, "recording_url"),
            start_time=began,
            end_time=ended,
            duration_s=lasted,
            status="completed",
        ),
    )


def _status(fields: Fields, options: ParseOptions, line: int, status: str) -> Row:
    leg, ended = events.ident(fields, "uuid", "conversation_uuid"), status in _ENDED
    at = events.instant(fields, "timestamp", zone=events.ZULU)
    lasted = events.lasted(fields, "duration") if ended else None
    price = events.text(fields, "price") if ended else ""
    return Row(
        source=PROVIDER.name,
        group=events.ident(fields, "conversation_uuid", "uuid"),
        key=f"{leg}/{'ended' if ended else status}",
        raw_line=line,
        origin_id=events.ident(fields, "conversation_uuid", "uuid"),
        kind="leg" if ended else status,
        leg_id=leg,
        at=at,
        direction=events.direction(fields, "direction"),
        caller=events.side(fields, "from", region=options.region),
        callee=events.side(fields, "to", region=options.region),
        setup_time=at if status in _BEGUN else events.instant(fields, "start_time", zone=events.ZULU),
        answer_time=at if status == "answered" else None,
        end_time=(events.instant(fields, "end_time", zone=events.ZULU) or at) if ended else None,
        duration_s=lasted,
        talk_s=lasted,
        disposition=_disposition(status, lasted),
        cost=Cost(price, options.currency) if price else None,
        facts={"status": status, **events.extras(fields, network="network")},
    )


def _disposition(status: str, lasted: float | None) -> Disposition | None:
    """Return how the leg ended: a completed one was answered when it lasted, for Vonage counts from the answer."""
    if status == "answered" or (status == "completed" and lasted):
        return Disposition.ANSWERED
    return _ENDED.get(status)


def _fetch_headers(credentials: Credentials) -> Mapping[str, str]:
    """Return a token of the application, which Vonage asks for at its media addresses."""
    application, key = credentials.settings.get("application_id"), credentials.secrets.get("private_key")
    if not application or not key:
        return {}
    issued = int(datetime.now(UTC).timestamp())
    claims = {"application_id": application, "iat": issued, "exp": issued + 300, "jti": new_id("jti")}
    return {"Authorization": f"Bearer {jwt.encode(claims, key, algorithm='RS256')}"}


PROVIDER: Final = Provider(
    "vonage",
    "Vonage",
    check_vonage,
    rows,
    having(("conversation_uuid",)),
    vouched="signature",
    hosts=("*.nexmo.com", "*.vonage.com"),
    fetch_headers=_fetch_headers,
)
