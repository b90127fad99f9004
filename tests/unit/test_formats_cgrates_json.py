"""CGRateS JSON: Go's times and durations, runs that must not add up, partial records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import NO_ZONE, calls_of, one_row, read_text, reasons, sample

from ingest.formats.errors import RowError, ZoneNeeded
from ingest.formats.go_values import go_duration, go_time
from ingest.formats.record import Disposition

NAME = "cgrates_json"
BASE = {
    "OriginID": "o1",
    "RunID": "*default",
    "Account": "1001",
    "Destination": "+442079460018",
    "SetupTime": "2026-11-20T09:00:00Z",
    "AnswerTime": "2026-11-20T09:00:05Z",
    "Usage": "60s",
}


def cdr(**changes: Any) -> str:
    return json.dumps({**BASE, **changes}) + "\n"


def test_a_cdr_is_read() -> None:
    row = one_row(NAME, cdr(Cost=1.01), NO_ZONE)
    assert (row.talk_s, row.disposition, row.origin_id) == (60.0, Disposition.ANSWERED, "o1")
    assert row.end_time == datetime(2026, 11, 20, 9, 1, 5, tzinfo=UTC)
    assert row.cost is not None
    assert row.cost.amount == "1.01"


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [("60s", 60.0), ("1m", 60.0), ("60", 60.0), (60_000_000_000, 60.0), ("1h2m3.5s", 3723.5), (0, 0.0)],
)
def test_usage_is_a_text_with_its_unit_or_a_number_of_nanoseconds(usage: Any, seconds: float) -> None:
    assert one_row(NAME, cdr(Usage=usage)).duration_s == seconds


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Usage": 60}, "field"),
        ({"Usage": -5}, "negative_duration"),
        ({"Usage": "-5s"}, "negative_duration"),
        ({"Usage": "5 bananas"}, "field"),
        ({"OriginID": None}, "field"),
        ({"OriginID": 9.007199254740993e16}, "number_as_float"),
        ({"AnswerTime": "yesterday"}, "time"),
        ({"ToR": "*sms"}, "not_a_call"),
        ({"SetupTime": "2026-11-20T09:00:09Z"}, "end_before_start"),
        ({"SetupTime": None, "AnswerTime": "2027-11-20T09:00:09Z"}, "future"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(changes: dict[str, Any], reason: str) -> None:
    rows, rejections = read_text(NAME, cdr(OriginID="o0") + cdr(**changes))
    assert (len(rows), reasons(rejections)) == (1, [(2, reason)])


def test_two_ratings_of_one_call_do_not_add_up() -> None:
    (call,) = calls_of(NAME, (cdr(Cost=1.01) + cdr(Cost=0.7, RunID="supplier")).encode())
    assert call.cost is not None
    assert (call.cost.amount, len(call.legs), call.extra["cost_supplier"]) == ("1.01", 1, "0.7")


def test_partial_records_add_what_they_say_and_the_final_one_is_the_leg() -> None:
    parts = [
        cdr(Partial=True, Usage="30s", SetupTime=None, Cost=0.5),
        cdr(Partial=True, Usage=None, AnswerTime=None),
        cdr(Usage="60s", Cost=1.0, SetupTime=None),
    ]
    (call,) = calls_of(NAME, "".join(parts).encode())
    (again,) = calls_of(NAME, "".join(reversed(parts)).encode())
    assert (call.talk_s, len(call.legs), call.setup_time) == (60.0, 1, datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert call.cost is not None
    assert call.cost.amount == "1.0"
    assert (again.cost, again.setup_time, again.talk_s) == (call.cost, call.setup_time, call.talk_s)


def test_a_call_that_was_never_answered_has_gos_zero_time() -> None:
    row = one_row(NAME, cdr(AnswerTime="0001-01-01T00:00:00Z", Usage=0, DisconnectCause="486"))
    assert (row.answer_time, row.end_time, row.disposition) == (None, None, Disposition.BUSY)


def test_an_event_wraps_its_fields() -> None:
    assert one_row(NAME, json.dumps({"Tenant": "t", "ID": "x", "Event": BASE})).origin_id == "o1"


def test_local_times_need_a_zone_on_the_first_row_and_refuse_a_later_one() -> None:
    text = cdr(SetupTime="2026-11-20 10:00:00", AnswerTime="2026-11-20 10:00:05")
    assert one_row(NAME, text).setup_time == datetime(2026, 11, 20, 9, tzinfo=UTC)
    with pytest.raises(ZoneNeeded):
        read_text(NAME, text, NO_ZONE)
    rows, rejections = read_text(NAME, cdr(OriginID="o0") + text, NO_ZONE)
    assert (len(rows), reasons(rejections)) == (1, [(2, "time")])


@given(hours=st.integers(0, 99), minutes=st.integers(0, 59), milliseconds=st.integers(0, 59_999))
def test_a_duration_printed_by_go_is_read_back(hours: int, minutes: int, milliseconds: int) -> None:
    text = f"{hours}h{minutes}m{milliseconds / 1000}s"
    assert go_duration(text) == pytest.approx(hours * 3600 + minutes * 60 + milliseconds / 1000)


@pytest.mark.parametrize(
    "text", ["2013-11-07 08:42:25 +0000 UTC", "2013-11-07T08:42:25Z", "2013-11-07 09:42:25.000000001 +0100 CET m=+0.01"]
)
def test_a_time_printed_by_go_is_read(text: str) -> None:
    assert go_time(text, None) == datetime(2013, 11, 7, 8, 42, 25, tzinfo=UTC)


@pytest.mark.parametrize("text", ["s", "1h1", "1.5.5s", "h1", "1m s"])
def test_a_text_that_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(RowError):
        go_duration(text)


def test_the_real_kamailio_event_is_read() -> None:
    (call,) = calls_of(NAME, sample("kamailio_opensips_acc/kamailio_evapi_events.jsonl"), NO_ZONE)
    assert (call.caller.raw, call.callee.raw, call.talk_s) == ("1001", "1002", 3.0)
    assert call.answer_time == datetime(2014, 12, 29, 7, 48, 30, tzinfo=UTC)
