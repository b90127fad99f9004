"""What goes out of call logs. Numbers and device ids show in the clear copy only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api import views
from api.answers import Answer, TagsOut
from storage.mongo import Document

_SHOWN = (
    "call_id",
    "source",
    "type",
    "setup_time",
    "answer_time",
    "end_time",
    "duration_s",
    "direction",
    "disposition",
    "zone",
    "party_kind",
    "presentation",
    "created_at",
    "updated_at",
)


class LogOut(Answer):
    """A call log. `party_refs` tell equal parties apart without telling who they are."""

    id: str
    call_id: str | None = Field(description="The call whose recording belongs to this log, once it is found.")
    source: str | None = Field(description="`device`: from a phone's call log; `call`: came with its recording.")
    type: str | None = Field(description="As the phone has it: incoming, outgoing, missed …; of a device's log only.")
    setup_time: datetime
    answer_time: datetime | None
    end_time: datetime | None
    duration_s: float | None
    direction: str
    disposition: str | None
    zone: str | None = Field(description="The device's zone when it sent the entry.")
    party_kind: str | None = Field(description="What the other side is: subscriber, service, emergency, withheld …")
    presentation: str | None
    party_refs: list[str]
    created_at: datetime
    updated_at: datetime | None
    record: TagsOut
    identifiers: TagsOut | None = Field(description="Tags of the numbers; null once they are gone.")


class LogDetail(LogOut):
    """A call log; in the clear copy with its numbers."""

    caller: str | None = None
    callee: str | None = None
    number: str | None = Field(default=None, description="As the phone had it.")
    e164: str | None = None
    device_id: str | None = None
    sim_slot: int | None = None


class LogPage(Answer):
    """A page of call logs, newest first."""

    call_logs: list[LogOut]
    next: str | None = Field(description="Cursor of the next page; also in the Link header.")


class DayOut(Answer):
    """How many entries of a device are stored that began on this day, in UTC."""

    day: date
    entries: int


class CursorOut(Answer):
    """How far a device had got. Days on which it has more entries than are stored here are to be sent again."""

    entries: int
    oldest_at: datetime | None
    newest_at: datetime | None
    since: datetime = Field(description="From here on `days` is complete; days without entries are left out.")
    days: list[DayOut]


def _log(document: Document, now: datetime) -> dict[str, Any]:
    identifiers = document.get("identifiers")
    if identifiers and identifiers["retain_until"] <= now:
        identifiers = None
    return {
        "id": document["_id"],
        **{name: document.get(name) for name in _SHOWN},
        "party_refs": [reference[:12] for reference in (identifiers or {}).get("index", [])],
        "record": views.tags(document),
        "identifiers": views.tags(identifiers) if identifiers else None,
    }


def log_out(document: Document, *, now: datetime) -> LogOut:
    """Return a call log as listings show it."""
    return LogOut.model_validate(_log(document, now))


def log_detail(document: Document, *, numbers: dict[str, Any], now: datetime) -> LogDetail:
    """Return a call log; `numbers` is empty but in the clear copy."""
    return LogDetail.model_validate({**_log(document, now), **numbers})
