"""Amazon Connect contact records: pushed over HTTP with a secret (EventBridge, Firehose), or in files.

Source: AWS "Data model for contact records" and "HTTP endpoint delivery" of Firehose. A record comes at least once and
again whenever something of it changes: the greatest `LastUpdateTimestamp` of a `ContactId` wins. Contacts that were
transferred share `InitialContactId`: one call. Recordings lie in the customer's own bucket: there is nothing to fetch.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Direction, Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.errors import CallbackUnreadable
from ingest.providers.payload import MOST_EVENTS, Fields, read_json
from ingest.providers.registry import Answer, Provider, having
from ingest.providers.request import CallbackRequest, Credentials
from ingest.providers.signatures import DEFAULT_HEADER, check_shared

FIREHOSE_HEADER: Final = "x-amz-firehose-access-key"
_METHODS: Final = {
    "INBOUND": Direction.INBOUND,
    "TRANSFER": Direction.INBOUND,
    "QUEUE_TRANSFER": Direction.INBOUND,
    "OUTBOUND": Direction.OUTBOUND,
    "CALLBACK": Direction.OUTBOUND,
    "API": Direction.OUTBOUND,
    "EXTERNAL_OUTBOUND": Direction.OUTBOUND,
}


def check(request: CallbackRequest, credentials: Credentials, now: datetime) -> None:
    """Check the secret that Firehose or an EventBridge destination repeats in a header."""
    del now  # a secret has no time
    check_shared(request, credentials, [FIREHOSE_HEADER, DEFAULT_HEADER])


def unwrap(fields: Fields) -> Sequence[Fields]:
    """Return the records inside a Firehose delivery or an EventBridge event, else the record itself."""
    delivered = fields.get("records")
    if isinstance(delivered, list):
        return [record for one in delivered for record in _delivered(one)]
    detail = fields.get("detail")
    return [detail] if isinstance(detail, Mapping) else [fields]


def _delivered(one: object) -> list[Fields]:
    encoded = one.get("data") if isinstance(one, Mapping) else None
    try:
        text = base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except binascii.Error:
        text = b""
    records = [read_json(line) for line in text.splitlines() if line.strip()]
    if not records or len(records) > MOST_EVENTS or not all(isinstance(record, Mapping) for record in records):
        raise CallbackUnreadable("a delivered record is not JSON in base64")
    return records


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return the contact as a leg of its call; contacts by chat, task or e-mail are no calls."""
    contact = events.ident(fields, "ContactId")
    if not contact:
        raise RowError("field", "the record names no contact")
    if events.text(fields, "Channel").upper() not in {"", "VOICE"}:
        return []
    method = events.text(fields, "InitiationMethod").upper()
    towards = _METHODS.get(method, Direction.UNKNOWN)
    customer = events.side(_inner(fields, "CustomerEndpoint"), "Address", region=options.region)
    system = events.side(_inner(fields, "SystemEndpoint"), "Address", region=options.region)
    outbound = towards is Direction.OUTBOUND
    agent = _inner(fields, "Agent")
    answered = _at(agent, "ConnectedToAgentTimestamp")
    updated = _at(fields, "LastUpdateTimestamp")
    call = events.ident(fields, "InitialContactId") or contact
    recordings = _recordings(fields, contact)
    own = Row(
        source=PROVIDER.name,
        group=call,
        key=contact,
        raw_line=line,
        origin_id=call,
        leg_id=contact,
        rank=updated.timestamp() if updated else 0.0,
        direction=towards,
        caller=system if outbound else customer,
        callee=customer if outbound else system,
        setup_time=_at(fields, "InitiationTimestamp"),
        answer_time=answered,
        end_time=_at(fields, "DisconnectTimestamp"),
        talk_s=events.lasted(agent, "AgentInteractionDuration"),
        disposition=Disposition.ANSWERED if answered else None,
        recording=recordings[0] if recordings else None,
        extra=_extra(fields, agent),
        facts={name: told for name, told in (("method", method), ("ended_by", _reason(fields))) if told},
    )
    return [own, *(_further(own, one) for one in recordings[1:])]


def _further(own: Row, recording: RecordingRef) -> Row:
    return Row(
        source=own.source,
        group=own.group,
        key=f"recording:{recording.origin_id}",
        raw_line=own.raw_line,
        origin_id=own.origin_id,
        kind="recording",
        at=recording.start_time,
        rank=own.rank,
        recording=recording,
    )


def _at(fields: Fields, name: str) -> datetime | None:
    return events.instant(fields, name, zone=events.ZULU)


def _reason(fields: Fields) -> str:
    return events.text(fields, "DisconnectReason")


def _inner(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    return found if isinstance(found, Mapping) else {}


def _extra(fields: Fields, agent: Fields) -> dict[str, str]:
    attributes = {str(name): str(value) for name, value in _inner(fields, "Attributes").items()}
    queue = events.text(_inner(fields, "Queue"), "Name")
    return {
        **{f"attribute_{name}"[:64]: value[:1000] for name, value in attributes.items()},
        **events.extras(agent, agent="Username"),
        **({"queue": queue} if queue else {}),
    }


def _recordings(fields: Fields, contact: str) -> list[RecordingRef]:
    listed = fields.get("Recordings")
    entries = listed if isinstance(listed, list) and listed else [fields.get("Recording")]
    return [
        RecordingRef(
            origin_id=f"{contact}/{number}",
            name=events.text(entry, "Location"),
            start_time=_at(entry, "StartTimestamp"),
            end_time=_at(entry, "StopTimestamp"),
            status=events.text(entry, "Status").lower() or None,
        )
        for number, entry in enumerate(entries)
        if isinstance(entry, Mapping) and events.text(entry, "Location")
    ]


def answer(fields: Fields) -> Answer:
    """Return what Firehose wants to hear: its own request id and time; others look at the status only."""
    request_id, moment = fields.get("requestId"), fields.get("timestamp")
    if isinstance(request_id, str) and isinstance(moment, int):
        return Answer("application/json", json.dumps({"requestId": request_id[:200], "timestamp": moment}))
    return Answer()


PROVIDER: Final = Provider(
    "connect",
    "Amazon Connect",
    check,
    rows,
    having(
        ("ContactId", "AWSContactTraceRecordFormatVersion"), ("ContactId", "InitiationMethod"), ("records", "requestId")
    ),
    unwrap=unwrap,
    vouched="secret",
    answer=answer,
)
