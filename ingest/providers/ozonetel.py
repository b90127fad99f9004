"""Ozonetel CloudAgent (India): a form whose field `data` holds the call as JSON, after each call.

Source: Ozonetel's "Voice callback details". Times are India's; `monitorUCID` has more digits than a float can hold;
customers' numbers have the country code without a plus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from ingest.formats.errors import RowError
from ingest.formats.options import ParseOptions
from ingest.formats.record import Direction, Disposition, RecordingRef, Row
from ingest.providers import events
from ingest.providers.errors import CallbackUnreadable
from ingest.providers.payload import Fields, read_json
from ingest.providers.registry import Provider
from ingest.providers.signatures import check_unsigned

_SEALED: Final = {
    "agent_name": "AgentName",
    "agent_id": "AgentID",
    "did": "Did",
    "uui": "UUI",
    "comments": "Comments",
    "skill": "Skill",
    "campaign": "CampaignName",
}
"""Free fields: people write names in all of them."""

HOME: Final = "IN"


def unwrap(fields: Fields) -> Sequence[Fields]:
    """Return the call inside the form's field `data`."""
    told = fields.get("data")
    if not isinstance(told, str):
        return [fields]
    inner = read_json(told)
    if not isinstance(inner, Mapping):
        raise CallbackUnreadable("the field data holds no JSON object")
    return [inner]


def rows(fields: Fields, options: ParseOptions, line: int) -> list[Row]:
    """Return the call, which comes whole; one that comes again (a changed disposition) replaces itself."""
    call = events.ident(fields, "monitorUCID", "monitor_ucid", "UCID")
    if not call:
        raise RowError("field", "the event names no call")
    region = options.region or HOME
    customer = events.side(fields, "CallerID", region=region)
    agent = events.side(fields, "AgentPhoneNumber", "DialedNumber", "AgentID", region=region)
    towards = events.direction(fields, "Type")
    began = events.instant(fields, "StartTime", zone=events.IST)
    ended = events.instant(fields, "EndTime", zone=events.IST)
    told = events.ending(events.text(fields, "Status")) or events.ending(events.text(fields, "DialStatus"))
    waited = events.lasted(fields, "TimeToAnswer")
    answered = began + timedelta(seconds=waited) if began and waited is not None and _was(told) else None
    url = events.text(fields, "AudioFile")
    outbound = towards is Direction.OUTBOUND
    return [
        Row(
            source=PROVIDER.name,
            group=call,
            key=call,
            raw_line=line,
            origin_id=call,
            leg_id=call,
            rank=ended.timestamp() if ended else 0.0,
            direction=towards,
            caller=agent if outbound else customer,
            callee=customer if outbound else agent,
            setup_time=began,
            answer_time=answered,
            end_time=ended,
            duration_s=events.lasted(fields, "CallDuration", "Duration"),
            disposition=told,
            recording=RecordingRef(origin_id=call, url=url, start_time=began, status="completed") if url else None,
            extra=events.extras(fields, **_SEALED),
            facts=events.extras(fields, hangup_by="HangupBy"),
        )
    ]


def _was(told: Disposition | None) -> bool:
    return told is Disposition.ANSWERED


def _is_mine(fields: Fields) -> bool:
    return "monitorUCID" in fields or "monitor_ucid" in fields or "monitorUCID" in str(fields.get("data", ""))


PROVIDER: Final = Provider(
    "ozonetel",
    "Ozonetel",
    check_unsigned,
    rows,
    _is_mine,
    methods=frozenset({"POST", "GET"}),
    unwrap=unwrap,
)
