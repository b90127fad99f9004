"""Call logs from phones: types, hidden numbers, and fields that are known to be wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from parsing import NO_ZONE, calls_of, one_row, read_text, reasons, sample

from ingest.formats.record import Direction, Disposition, PartyKind, Presentation

NAME = "android_xml"


def entry(**changes: str) -> str:
    told = {"number": "+442079460018", "duration": "60", "date": "1795082400123", "type": "1", "presentation": "1"}
    inner = " ".join(f'{name}="{value}"' for name, value in {**told, **changes}.items())
    return f"<call {inner} />\n"


def file_of(*entries: str) -> str:
    return '<calls count="506">\n' + "".join(entries) + "</calls>\n"


@pytest.mark.parametrize(
    ("kind", "direction", "disposition"),
    [
        ("1", Direction.INBOUND, Disposition.ANSWERED),
        ("2", Direction.OUTBOUND, Disposition.ANSWERED),
        ("3", Direction.INBOUND, Disposition.MISSED),
        ("4", Direction.INBOUND, Disposition.VOICEMAIL),
        ("5", Direction.INBOUND, Disposition.REJECTED),
        ("6", Direction.INBOUND, Disposition.BLOCKED),
        ("7", Direction.INBOUND, Disposition.ANSWERED),
    ],
)
def test_the_type_tells_direction_and_disposition(kind: str, direction: Direction, disposition: Disposition) -> None:
    row = one_row(NAME, file_of(entry(type=kind)), NO_ZONE)
    assert (row.direction, row.disposition) == (direction, disposition)
    other, own = (row.callee, row.caller) if direction is Direction.OUTBOUND else (row.caller, row.callee)
    assert (other.e164, own.kind) == ("+442079460018", PartyKind.NONE)


def test_an_outgoing_call_of_no_length_is_not_called_answered() -> None:
    assert one_row(NAME, file_of(entry(type="2", duration="0"))).disposition is None


@pytest.mark.parametrize(("kind", "reason"), [("0", "field"), ("8", "field"), ("", "field"), ("x", "field")])
def test_an_unknown_type_is_refused(kind: str, reason: str) -> None:
    assert reasons(read_text(NAME, file_of(entry(type=kind)))[1]) == [(2, reason)]


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"number": "-1"}, Presentation.UNKNOWN),
        ({"number": "-2"}, Presentation.RESTRICTED),
        ({"number": "-3"}, Presentation.PAYPHONE),
        ({"presentation": "2"}, Presentation.RESTRICTED),
        ({"number": "", "presentation": "3"}, Presentation.UNKNOWN),
        ({"number": "", "presentation": "4"}, Presentation.PAYPHONE),
    ],
)
def test_a_hidden_number_is_nobody(changes: dict[str, str], shown: Presentation) -> None:
    caller = one_row(NAME, file_of(entry(**changes))).caller
    assert (caller.presentation, caller.subject, caller.kind) == (shown, None, PartyKind.WITHHELD)


def test_two_withheld_calls_are_two_calls() -> None:
    calls = calls_of(NAME, file_of(entry(number="-1"), entry(number="-1", date="1795082400124")).encode())
    assert len(calls) == 2


def test_the_same_entry_twice_is_one_call_and_a_corrected_length_is_no_second() -> None:
    (call,) = calls_of(NAME, file_of(entry(), entry(), entry(duration="0")).encode())
    assert (call.duration_s, call.rows) == (60.0, 3)


def test_the_count_of_the_file_and_the_readable_date_are_not_believed() -> None:
    rows, rejections = read_text(NAME, file_of(entry(readable_date="2011/21/04")))
    assert (len(rows), rejections) == (1, [])


def test_names_are_free_fields_and_an_unknown_one_is_none() -> None:
    assert one_row(NAME, file_of(entry(contact_name="Ann Example"))).extra == {"name": "Ann Example"}
    assert one_row(NAME, file_of(entry(contact_name="(Unknown)"))).extra == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": "0"}, "time"),
        ({"date": ""}, "time"),
        ({"date": "1.79508E+12"}, "number_as_float"),
        ({"date": "1995082400123"}, "future"),
        ({"duration": "-1"}, "negative_duration"),
        ({"duration": "long"}, "field"),
        ({"presentation": "9"}, "field"),
        ({"number": "4.42079E+11"}, "number_as_float"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused_and_the_next_is_read(changes: dict[str, str], reason: str) -> None:
    rows, rejections = read_text(NAME, file_of(entry(**changes), entry()))
    assert (len(rows), reasons(rejections)) == (1, [(2, reason)])


def test_the_real_super_backup_file_is_read() -> None:
    calls = calls_of(NAME, sample("android/superbackup_calls.xml"), NO_ZONE)
    assert [call.duration_s for call in calls] == [264.0, 73.0]
    assert calls[0].setup_time == datetime(2018, 9, 17, 19, 58, 22, 606_000, UTC)
