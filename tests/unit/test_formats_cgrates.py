"""CGRateS' files: the export, the named header, the short form with semicolons; Go's times and durations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from parsing import BERLIN, NO_ZONE, one_row, read_bytes, read_text, reasons, sample

from ingest.formats.errors import RowError, UnknownFormat, ZoneNeeded
from ingest.formats.go_values import go_duration
from ingest.formats.joining import join
from ingest.formats.record import Cost, Disposition
from ingest.formats.units import amount

HEADER = ":Tenant,ToR,OriginID,RunID,Account,Destination,SetupTime,AnswerTime,Usage,Cost"
CALL = (
    "example.com,*voice,abc,*default,1001,+442079460123,"
    "2026-07-01 10:00:00 +0000 UTC,2026-07-01 12:00:10 +0200 CEST,5m,1.25"
)


def test_a_row_under_a_header_is_read_whole() -> None:
    row = one_row("cgrates_csv", f"{HEADER}\n{CALL}\n", replace(NO_ZONE, currency="EUR"))
    assert (row.key, row.group, row.origin_id, row.raw_line) == ("abc/default", "abc", "abc", 2)
    assert row.setup_time == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert row.answer_time == datetime(2026, 7, 1, 10, 0, 10, tzinfo=UTC)
    assert (row.duration_s, row.disposition, row.cost) == (300, Disposition.ANSWERED, Cost("1.25", "EUR"))
    assert (row.caller.raw, row.callee.e164) == ("1001", "+442079460123")
    assert row.extra == {"tenant": "example.com"}


def test_rating_runs_of_one_call_are_one_call_at_the_cost_of_its_default_run() -> None:
    supplier = CALL.replace("*default", "supplier").replace("1.25", "0.80")
    rows, _ = read_text("cgrates_csv", f"{HEADER}\n{CALL}\n{supplier}\n")
    call = join(rows)
    assert (len({row.group for row in rows}), len(call.legs), call.rows) == (1, 1, 2)
    assert (call.cost, call.extra["cost_supplier"], call.duration_s) == (Cost("1.25"), "0.80", 300)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("5m", "-5m"), "negative_duration"),
        (("5m", "5 minutes"), "field"),
        (("1.25", "1,25"), "columns"),
        (("1.25", "free"), "field"),
        (("*voice", "*sms"), "not_a_call"),
        ((",abc,", ",,"), "field"),
        (("2026-07-01 10:00:00 +0000 UTC", "noon"), "time"),
        (("2026-07-01", "2026-12-01"), "future"),
        (("+442079460123", "4.42079E+11"), "number_as_float"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(change: tuple[str, str], reason: str) -> None:
    bad = CALL.replace(*change)
    rows, refused = read_text("cgrates_csv", f"{HEADER}\n{bad}\n{CALL}\n")
    assert (len(rows), reasons(refused)) == (1, [(2, reason)])


def test_the_header_mid_file_is_refused_and_comments_are_no_rows() -> None:
    rows, refused = read_text("cgrates_csv", f"{HEADER}\n#{CALL}\n{HEADER}\n{CALL}\n")
    assert (len(rows), reasons(refused)) == (1, [(3, "header_repeated")])


@pytest.mark.parametrize(
    ("text", "length"),
    [("10s", 10), ("5m", 300), ("1h2m3s", 3723), ("1.5s", 1.5), ("100ms", 0.1), ("62", 62), ("0s", 0)],
)
def test_go_durations_are_read(text: str, length: float) -> None:
    assert go_duration(text) == pytest.approx(length)


@pytest.mark.parametrize("text", ["5x", "m5", "1h 2m", "s", "1e3s", "9" * 40 + "h"])
def test_what_is_no_go_duration_is_refused(text: str) -> None:
    with pytest.raises(RowError):
        go_duration(text)


@pytest.mark.parametrize("text", ["1,5", "1e3", "", "NaN", "9" * 16])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(RowError):
        amount(text)
    assert amount("-0.50") == "-0.50"


def test_an_unrated_call_has_no_cost() -> None:
    assert one_row("cgrates_csv", f"{HEADER}\n{CALL.replace('1.25', '-1')}\n").cost is None


def test_the_real_export_needs_no_zone() -> None:
    rows, refused = read_bytes("cgrates_csv", sample("generic_csv/cgrates_comma_utc_suffix.csv"), NO_ZONE)
    assert refused == []
    assert [row.callee.e164 for row in rows] == ["+4986517174963", "+4986517174964"]
    assert [row.duration_s for row in rows] == [10, 20]
    assert rows[0].answer_time == datetime(2013, 11, 7, 8, 42, 26, tzinfo=UTC)
    assert rows[0].cost == Cost("1.0100")


def test_the_real_short_form_needs_a_zone_and_skips_its_comment() -> None:
    content = sample("generic_csv/cgrates_semicolon_comment_line.csv")
    with pytest.raises(ZoneNeeded):
        read_bytes("cgrates_csv", content, NO_ZONE)
    rows, refused = read_bytes("cgrates_csv", content, replace(BERLIN, region="DE"))
    assert (len(rows), refused) == (3, [])
    assert {row.callee.e164 for row in rows} == {"+4986517174963"}
    assert [row.duration_s for row in rows] == [62, 123, 26]
    assert rows[0].setup_time == datetime(2013, 2, 3, 18, 54, tzinfo=UTC)


def test_the_real_named_header_is_read() -> None:
    [row], refused = read_bytes("cgrates_csv", sample("generic_csv/cgrates_header_named_columns.csv"), NO_ZONE)
    assert (row.duration_s, row.origin_id, refused) == (300, "SessionFromCsv", [])


def test_another_format_is_none_of_it() -> None:
    with pytest.raises(UnknownFormat):
        read_text("cgrates_csv", "a,b\n1,2\n")
