"""Generic CSV: the mapping says what a column is, and what it does not say is not guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from parsing import BERLIN, NO_ZONE, calls_of, one_row, read_text, reasons

from domain.errors import Invalid
from ingest.formats.errors import UnknownFormat, ZoneNeeded
from ingest.formats.mapping import mapping_from
from ingest.formats.options import ParseOptions
from ingest.formats.record import Cost, Direction, Disposition

MAPPING: dict[str, Any] = {
    "delimiter": ";",
    "fields": {
        "origin_id": "Id",
        "caller": "From",
        "callee": "To",
        "setup_time": {"columns": ["Day", "Clock"], "format": "%d.%m.%Y %H:%M:%S"},
        "duration_s": {"column": "Minutes", "unit": "min"},
        "direction": {"column": "Kind", "values": {"in": "inbound", "out": "outbound"}},
        "disposition": {"column": "Result", "values": {"ok": "answered"}, "otherwise": "failed"},
        "recording": "File",
        "cost": "Price",
        "currency": {"constant": "EUR"},
    },
}
HEADER = "Id;From;To;Day;Clock;Minutes;Kind;Result;File;Price;Note"
LINE = "c1;1001;+442079460123;03.04.2026;12:00:00;1.5;OUT;ok;a.wav;0.25;call back"


def options(changes: dict[str, Any] | None = None, base: ParseOptions = BERLIN, **fields: Any) -> ParseOptions:
    document = {**MAPPING, **(changes or {})}
    return replace(base, mapping={**document, "fields": {**document["fields"], **fields}})


def refused(document: dict[str, Any]) -> str:
    with pytest.raises(Invalid) as error:
        mapping_from(document)
    return str(error.value.fields["field"])


def with_fields(**fields: Any) -> dict[str, Any]:
    return {**MAPPING, "fields": {**MAPPING["fields"], **fields}}


def test_a_row_is_read_as_the_mapping_says_and_the_rest_is_sealed() -> None:
    row = one_row("csv_mapping", f"{HEADER}\n{LINE}\n", options())
    assert row.setup_time == datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert (row.caller.raw, row.callee.e164) == ("1001", "+442079460123")
    assert (row.duration_s, row.cost) == (90, Cost("0.25", "EUR"))
    assert (row.direction, row.disposition) == (Direction.OUTBOUND, Disposition.ANSWERED)
    assert row.recording is not None
    assert row.recording.name == "a.wav"
    assert (row.group, row.origin_id, row.extra) == ("c1", "c1", {"Note": "call back"})


def test_columns_by_position_need_no_header() -> None:
    mapping = {"header": False, "fields": {"caller": 1, "callee": 2, "setup_time": {"column": 3, "format": "epoch"}}}
    row = one_row("csv_mapping", "1001,1002,1782900000,x\n", replace(NO_ZONE, mapping=mapping))
    assert (row.setup_time, row.extra) == (datetime(2026, 7, 1, 10, tzinfo=UTC), {"column_4": "x"})
    assert row.group == row.key


def test_the_zone_of_the_mapping_comes_before_the_sources() -> None:
    row = one_row("csv_mapping", f"{HEADER}\n{LINE}\n", options({"zone": "Asia/Kolkata"}, NO_ZONE))
    assert row.setup_time == datetime(2026, 4, 3, 6, 30, tzinfo=UTC)
    with pytest.raises(ZoneNeeded):
        read_text("csv_mapping", f"{HEADER}\n{LINE}\n", options(base=NO_ZONE))


def test_rows_of_one_call_are_told_by_the_columns_that_they_share() -> None:
    second = LINE.replace("c1;", "c2;").replace("call back", "x")
    [call] = calls_of("csv_mapping", f"{HEADER}\n{LINE}\n{second}\n".encode(), options({"call": ["From", "To"]}))
    assert (len(call.legs), call.rows) == (2, 2)


def test_the_same_row_twice_is_one_row_of_one_call() -> None:
    [call] = calls_of("csv_mapping", f"{HEADER}\n{LINE}\n{LINE}\n".encode(), options())
    assert (len(call.legs), call.rows) == (1, 2)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (HEADER, "header_repeated"),
        (LINE + ";more", "columns"),
        (LINE.replace("OUT", "sideways"), "field"),
        (LINE.replace("03.04.2026", "2026-04-03"), "time"),
        (LINE.replace("03.04.2026", ""), "time"),
        (LINE.replace("03.04.2026", "03.04.9999"), "time"),
        (LINE.replace(";1.5;", ";-1.5;"), "negative_duration"),
        (LINE.replace("0.25", "0,25"), "field"),
        (LINE.replace("+442079460123", "4.42079E+11"), "number_as_float"),
        (LINE.replace("2026", "2027"), "future"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(bad: str, reason: str) -> None:
    rows, found = read_text("csv_mapping", f"{HEADER}\n{LINE}\n{bad}\n{LINE}\n", options())
    assert (len(rows), reasons(found)) == (2, [(3, reason)])


def test_a_word_that_is_not_explained_is_what_otherwise_says() -> None:
    assert one_row("csv_mapping", f"{HEADER}\n{LINE.replace(';ok;', ';lost;')}", options()).disposition is (
        Disposition.FAILED
    )
    constant = options(disposition={"constant": "busy"}, direction={"constant": "internal"})
    row = one_row("csv_mapping", f"{HEADER}\n{LINE}", constant)
    assert (row.disposition, row.direction) == (Disposition.BUSY, Direction.INTERNAL)


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("90", "s", 90),
        ("0:01:30", "s", 90),
        ("90000", "ms", 90),
        ("1.5", "min", 90),
        ("1m30s", "go", 90),
        ("", "go", None),
    ],
)
def test_a_duration_is_read_in_its_unit(text: str, unit: str, length: float | None) -> None:
    line = LINE.replace(";1.5;", f";{text};")
    row = one_row("csv_mapping", f"{HEADER}\n{line}", options(duration_s={"column": "Minutes", "unit": unit}))
    assert row.duration_s == length


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "mapping"),
        ({**MAPPING, "fields": {"caller": "From"}}, "fields"),
        ({**MAPPING, "more": 1}, "mapping"),
        ({**MAPPING, "delimiter": ";;"}, "delimiter"),
        ({**MAPPING, "quote": ";"}, "quote"),
        ({**MAPPING, "zone": "Mars/Olympus"}, "zone"),
        ({**MAPPING, "header": False}, "fields.caller"),
        ({**MAPPING, "header": "yes"}, "header"),
        (with_fields(caller=0), "fields.caller"),
        (with_fields(caller=1.5), "fields.caller"),
        (with_fields(number="From"), "fields"),
        (with_fields(callee={"column": "To", "constant": "1"}), "fields.callee"),
        (with_fields(direction={"column": "Kind", "values": {"in": "inwards"}}), "fields.direction.values[...]"),
        (with_fields(direction={}), "fields.direction"),
        (with_fields(setup_time={"column": "Day", "format": "%d.%m.%Y"}), "fields.setup_time.format"),
        (with_fields(setup_time={"column": "Day", "format": "%H:%M"}), "fields.setup_time.format"),
        (with_fields(setup_time={"column": "Day", "format": "%Q"}), "fields.setup_time.format"),
        (with_fields(setup_time={"format": "iso"}), "fields.setup_time"),
        (with_fields(duration_s={"column": "Minutes", "unit": "hours"}), "fields.duration_s.unit"),
    ],
)
def test_a_wrong_mapping_is_refused_and_its_field_named(document: dict[str, Any], field: str) -> None:
    assert refused(document) == field


def test_a_file_without_a_column_of_the_mapping_is_refused_and_the_field_named() -> None:
    for header in (HEADER.replace("From", "Von"), HEADER.replace("Note", "From")):
        with pytest.raises(UnknownFormat) as error:
            read_text("csv_mapping", f"{header}\n{LINE}\n", options())
        assert error.value.fields["field"] == "fields.caller"
    with pytest.raises(UnknownFormat):
        read_text("csv_mapping", f"{HEADER}\n{LINE}\n", options(caller=99))


def test_without_a_mapping_nothing_is_read() -> None:
    with pytest.raises(UnknownFormat):
        read_text("csv_mapping", f"{HEADER}\n{LINE}\n")


def test_an_empty_file_holds_nothing() -> None:
    assert read_text("csv_mapping", "\n", options()) == ([], [])
