"""Batches of a phone's call log as its app sends them: the shape that is taken, and nothing else.

What must never happen here: anything but derived values taken in (promises RM1, RM2). There is no field for a name, a
note or a message, and a field that is not listed is refused with the whole batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Final
from zoneinfo import available_timezones

import msgspec
from phonenumbers import SUPPORTED_REGIONS

from domain.errors import Invalid
from ingest.formats.record import utc

MOST_ENTRIES: Final = 1000
"""Of one batch."""
DEVICE_ID: Final = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"
_ALL_DIGITS: Final = re.compile(r"[0-9._:-]{7,}")


class EntryIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """One entry as sent. A wrong type is refused with the whole batch; a wrong value with its entry (`read_entry`)."""

    number: Annotated[str | None, msgspec.Meta(description="CallLog.Calls.NUMBER as it is; null when withheld.")]
    type: Annotated[int | str, msgspec.Meta(description="CallLog.Calls.TYPE: 1 to 7, or its name (`incoming`).")]
    duration_s: Annotated[int | float | None, msgspec.Meta(description="Seconds; null when not known.")]
    date: Annotated[int | float | None, msgspec.Meta(description="CallLog.Calls.DATE: epoch milliseconds, UTC.")] = None
    setup_time: Annotated[str | None, msgspec.Meta(description="In place of `date`: ISO 8601 with its zone.")] = None
    presentation: Annotated[
        int | str, msgspec.Meta(description="NUMBER_PRESENTATION: 1 to 5, or allowed, restricted, unknown, payphone.")
    ] = 1
    sim_slot: Annotated[int | None, msgspec.Meta(description="Slot of the SIM, from 0; null when not known.")] = None
    normalized_number: Annotated[
        str | None, msgspec.Meta(description="CACHED_NORMALIZED_NUMBER: E.164, used when ours finds none.")
    ] = None
    country_iso: Annotated[
        str | None, msgspec.Meta(description="COUNTRY_ISO: where the phone was; wins over the batch's `region`.")
    ] = None
    entry_id: Annotated[
        str | None, msgspec.Meta(description="The app's own id of the row, told back with its result; never stored.")
    ] = None


class BatchIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """A batch as sent."""

    device_id: Annotated[
        str,
        msgspec.Meta(
            pattern=DEVICE_ID,
            description="A random id that the app made when it was installed. No IMEI, no number of a phone.",
        ),
    ]
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The device's IANA zone.")]
    entries: Annotated[list[EntryIn], msgspec.Meta(min_length=1, max_length=MOST_ENTRIES)]
    region: (
        Annotated[
            str,
            msgspec.Meta(
                pattern="^[A-Z]{2}$",
                description="The device's country, for national numbers; without it those stay as they are.",
            ),
        ]
        | None
    ) = None
    sent_at: (
        Annotated[str, msgspec.Meta(max_length=40, description="The device's clock when it sent this, with its zone.")]
        | None
    ) = None


EXAMPLE: Final = {
    "device_id": "b1c8a0de-3f7e-4c55-9a51-0d2f6f1f7a10",
    "zone": "Asia/Kolkata",
    "region": "IN",
    "sent_at": "2026-11-20T18:30:00+05:30",
    "entries": [
        {"number": "+442079460018", "date": 1795174200000, "duration_s": 42, "type": 1, "sim_slot": 0},
        {"number": None, "date": 1795174500000, "duration_s": 0, "type": "missed", "presentation": "restricted"},
    ],
}
"""A batch as docs/call-logs.md and the API's pages show it."""


@dataclass(frozen=True, slots=True)
class Device:
    """Which phone a batch comes from, and how its entries are to be read."""

    device_id: str
    zone: str
    region: str | None = None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def device_of(batch: BatchIn) -> Device:
    """Return the device of a batch. Raises Invalid, naming the field."""
    if batch.zone not in _zones():
        raise Invalid("unknown zone; write one of the IANA database such as Asia/Kolkata", field="zone")
    if batch.region is not None and batch.region not in SUPPORTED_REGIONS:
        raise Invalid("unknown country; write two capital letters such as IN", field="region")
    return Device(checked_device_id(batch.device_id), batch.zone, batch.region)


def checked_device_id(device_id: str) -> str:
    """Return the id. Raises Invalid for what may be somebody's number or the IMEI of a phone."""
    if _ALL_DIGITS.fullmatch(device_id):
        raise Invalid("make a random id with letters in it; no IMEI and no number of a phone", field="device_id")
    return device_id


def instant(text: str) -> datetime:
    """Return the instant of an ISO 8601 text in UTC. Raises ValueError when it has no zone or is none."""
    try:
        return utc(datetime.fromisoformat(text))
    except OverflowError:
        raise ValueError("the time lies outside the calendar") from None


def skew_s(batch: BatchIn, *, now: datetime) -> float | None:
    """Return by how many seconds the device's clock is ahead of ours, None when it did not tell. Raises Invalid."""
    if batch.sent_at is None:
        return None
    try:
        return round((instant(batch.sent_at) - now).total_seconds(), 3)
    except ValueError:
        raise Invalid("write the time with its zone, as 2026-11-20T18:30:00+05:30", field="sent_at") from None
