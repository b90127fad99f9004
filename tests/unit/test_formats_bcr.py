"""BCR side-cars: comments, nulls, and a recording without a name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from parsing import NO_ZONE, calls_of, one_row, read_text, reasons, sample

from ingest.formats.record import Direction, PartyKind

NAME = "bcr"
BASE: dict[str, Any] = {
    "timestamp_unix_ms": 1795082400123,
    "timestamp": "2026-11-19T21:20:00.123-04:00",
    "direction": "in",
    "sim_slot": 1,
    "call_log_name": None,
    "calls": [{"phone_number": "+442079460018", "caller_name": "Ann Example", "contact_name": None}],
    "output": {
        "format": {"mime_type_container": "audio/ogg"},
        "recording": {"duration_secs_encoded": 2.5, "channel_count": 1},
    },
}


def car(**changes: Any) -> str:
    return json.dumps({**BASE, **changes})


def test_a_side_car_is_read() -> None:
    row = one_row(NAME, car(), NO_ZONE)
    assert row.setup_time == datetime.fromtimestamp(1795082400, UTC).replace(microsecond=123_000)
    assert (row.direction, row.caller.e164, row.extra) == (Direction.INBOUND, "+442079460018", {"name": "Ann Example"})
    assert row.recording is not None
    assert (row.recording.duration_s, row.recording.channels, row.recording.media_type) == (2.5, 1, "audio/ogg")


def test_comments_are_no_part_of_it() -> None:
    text = car().replace('"direction"', '// "direction": "out",\n /* "direction": "out", */ "direction"')
    assert one_row(NAME, text).direction is Direction.INBOUND


def test_nearly_everything_can_be_null() -> None:
    row = one_row(NAME, json.dumps({**dict.fromkeys(BASE), "timestamp_unix_ms": 1795082400123}))
    assert (row.direction, row.recording, row.disposition) == (Direction.UNKNOWN, None, None)
    assert row.callee.subject is None


def test_a_private_caller_is_nobody() -> None:
    caller = one_row(NAME, car(calls=[{"phone_number": None}])).caller
    assert (caller.kind, caller.subject) == (PartyKind.WITHHELD, None)


def test_the_time_with_its_offset_is_read_when_there_are_no_milliseconds() -> None:
    row = one_row(NAME, car(timestamp_unix_ms=None), NO_ZONE)
    assert row.setup_time == datetime(2026, 11, 20, 1, 20, 0, 123_000, UTC)


def test_the_other_parties_of_a_conference_are_kept() -> None:
    calls = [{"phone_number": "+442079460018"}, {"phone_number": "+442079460019"}]
    row = one_row(NAME, car(direction="conference", calls=calls))
    assert (row.callee.e164, row.extra["party_2"]) == ("+442079460018", "+442079460019")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"direction": "sideways"}, "field"),
        ({"timestamp_unix_ms": None, "timestamp": None}, "time"),
        ({"timestamp_unix_ms": 1.795082400123e17}, "number_as_float"),
        ({"timestamp_unix_ms": 1995082400123}, "future"),
        ({"timestamp_unix_ms": None, "timestamp": "2026-11-19T21:20:00"}, "time"),
        ({"calls": [{"phone_number": 4.42079e17}]}, "number_as_float"),
    ],
)
def test_a_side_car_that_cannot_be_meant_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert reasons(read_text(NAME, car(**changes), NO_ZONE)[1]) == [(1, reason)]


def test_the_real_side_car_is_read() -> None:
    (call,) = calls_of(NAME, sample("android/bcr_recording_metadata.jsonc"), NO_ZONE)
    assert (call.caller.e164, call.duration_s) == ("+11234567890", 2.0)
    assert call.setup_time == datetime(2023, 7, 20, 1, 53, 8, 931_000, UTC)
