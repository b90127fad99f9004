"""BroadWorks: UTC times, markers that are no calls, two records of one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from parsing import BERLIN, NO_ZONE, calls_of, one_row, read_text, reasons, sample
from structured_samples import broadworks, broadworks_header

from ingest.formats.record import Direction, Disposition, PartyKind, Presentation

NAME = "broadworks_xml"


def test_times_are_utc_whatever_the_users_zone() -> None:
    row = one_row(NAME, broadworks(1, "11:0"), NO_ZONE)
    assert row.setup_time == datetime(2026, 11, 20, 9, 0, 0, 250_000, UTC)
    assert (row.duration_s, row.talk_s) == (62.0, 60.0)
    assert row.facts["utc_offset"] == "+02:00"


def test_markers_that_are_whole_are_no_rows_and_others_are_refused() -> None:
    start, end = (broadworks_header(at, kind) + "</cdrData>" for at, kind in ((1, "Start"), (9, "End")))
    broken = "<cdrData><headerModule><type>Start</type></headerModule></cdrData>"
    rows, rejections = read_text(NAME, f"<broadWorksCDR>{start}{broadworks(2, '1:0')}{end}\n{broken}</broadWorksCDR>")
    assert len(rows) == 1
    assert reasons(rejections) == [(3, "xml")]


def test_the_two_records_of_a_call_inside_meet_by_each_others_id() -> None:
    both = broadworks(1, "11:0", remote="12:0") + broadworks(2, "12:0", remote="11:0")
    (call,) = calls_of(NAME, f"<broadWorksCDR>{both}</broadWorksCDR>".encode())
    assert [one.leg_id for one in call.legs] == ["11:0", "12:0"]


def test_an_interim_record_belongs_to_its_call_and_is_no_leg() -> None:
    both = broadworks(1, "11:0", kind="Long Duration", releaseTime="") + broadworks(2, "11:0")
    (call,) = calls_of(NAME, f"<broadWorksCDR>{both}</broadWorksCDR>".encode())
    assert (len(call.legs), call.rows, call.duration_s) == (1, 2, 62.0)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Public", Presentation.ALLOWED),
        ("Unavailable", Presentation.UNKNOWN),
        ("Private", Presentation.RESTRICTED),
        ("Anonymous", Presentation.RESTRICTED),
        ("a word to come", Presentation.RESTRICTED),
    ],
)
def test_what_the_indicator_does_not_allow_is_hidden(said: str, shown: Presentation) -> None:
    row = one_row(NAME, broadworks(1, "11:0", callingNumber="+442079460019", callingPresentationIndicator=said))
    assert row.caller.presentation is shown
    assert (row.caller.kind is PartyKind.WITHHELD) is (shown is Presentation.RESTRICTED)


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("017", Disposition.BUSY),
        ("019", Disposition.NO_ANSWER),
        ("021", Disposition.REJECTED),
        ("001", Disposition.FAILED),
    ],
)
def test_the_cause_tells_how_an_unanswered_call_ended(cause: str, expected: Disposition) -> None:
    row = one_row(NAME, broadworks(1, "11:0", answerIndicator="No", answerTime="", terminationCause=cause))
    assert (row.disposition, row.answer_time) == (expected, None)


@pytest.mark.parametrize("basic", [{"asCallType": "Group"}, {"asCallType": "Enterprise"}])
def test_a_call_inside_the_company_is_internal(basic: dict[str, str]) -> None:
    assert one_row(NAME, broadworks(1, "11:0", **basic)).direction is Direction.INTERNAL


def test_the_users_own_side_tells_the_direction_and_own_numbers_win() -> None:
    network = {"asCallType": "Network"}
    assert one_row(NAME, broadworks(1, "1:0", **network)).direction is Direction.OUTBOUND
    called = {"userNumber": "1001", "callingNumber": "+442079460018", "calledNumber": "1001"}
    assert one_row(NAME, broadworks(1, "1:0", **network, **called)).direction is Direction.INBOUND
    assert one_row(NAME, broadworks(1, "1:0")).direction is Direction.OUTBOUND, "an extension is the company's own"
    options = replace(BERLIN, own_numbers=r"\+44.*")
    assert one_row(NAME, broadworks(1, "1:0", **network), options).direction is Direction.INBOUND


@pytest.mark.parametrize(
    ("basic", "reason"),
    [
        ({"startTime": "2026-11-20 09:00"}, "time"),
        ({"startTime": "20261320090000.000"}, "time"),
        ({"releaseTime": "20261120085900.000"}, "end_before_start"),
        ({"startTime": "20271120090000.000", "answerTime": "", "releaseTime": ""}, "future"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(basic: dict[str, str], reason: str) -> None:
    assert reasons(read_text(NAME, broadworks(1, "11:0", **basic))[1]) == [(1, reason)]


def test_a_record_without_its_id_is_refused() -> None:
    text = broadworks(1, "11:0").replace("eventCounter", "counter")
    assert reasons(read_text(NAME, text)[1]) == [(1, "field")]


def test_the_real_file_holds_two_calls_between_two_markers() -> None:
    calls = calls_of(NAME, sample("broadworks/cdr_v19.xml"), NO_ZONE)
    assert [(call.caller.raw, call.callee.raw) for call in calls] == [
        ("1001", "+4915117174963"),
        ("+4986517174964", "1001"),
    ]
    assert [call.talk_s for call in calls] == [13.483, 23.285]
    assert calls[0].setup_time == datetime(2016, 4, 19, 21, 0, 5, 247_000, UTC)
