"""Fixed-width files: control totals, the file's own number, and a layout that is data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import BERLIN, NO_ZONE, calls_of, read_bytes, read_text, reasons, sample
from structured_samples import fixed_header, fixed_record, fixed_trailer

from ingest.formats.errors import FileRefused, UnknownFormat, ZoneNeeded
from ingest.formats.fixed_layout import length

NAME = "fixed_width"
TWO = fixed_record(10, "000130") + fixed_record(20, "000045")


def file_of(records: str, count: int, duration: str, sequence: str = "000309") -> str:
    return fixed_header(sequence) + records + fixed_trailer(count, duration, sequence)


def test_a_file_whose_totals_fit_lands_with_local_times_made_utc() -> None:
    rows, rejections = read_text(NAME, file_of(TWO, 2, "215"))
    assert rejections == []
    assert [row.duration_s for row in rows] == [90.0, 45.0]
    assert rows[0].setup_time == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert (rows[0].caller.e164, rows[0].callee.e164) == ("+442079460018", "+442079460019")


@pytest.mark.parametrize(
    ("count", "duration"), [(1, "215"), (3, "215"), (2, "214"), (2, "216"), (2, "135"), (2, "0"), (0, "0")]
)
def test_totals_that_do_not_fit_refuse_the_whole_file(count: int, duration: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, file_of(TWO, count, duration))
    assert refused.value.reason == "control_totals"


@pytest.mark.parametrize("trailer", ["TRL\n", "TRL0001CARRIER".ljust(135) + "000309xxxxxxxx0000000000\n"])
def test_totals_that_cannot_be_read_refuse_the_whole_file(trailer: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, fixed_header() + TWO + trailer)
    assert refused.value.reason == "control_totals"


def test_the_trailer_of_another_file_refuses_it() -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, fixed_header("000309") + TWO + fixed_trailer(2, "215", "000310"))
    assert refused.value.reason == "control_totals"


@pytest.mark.parametrize(
    "text",
    [
        fixed_header() + TWO,
        fixed_header(),
        fixed_header() + TWO + fixed_header() + TWO + fixed_trailer(2, "215"),
        file_of(TWO, 2, "215") + fixed_record(30, "000001"),
    ],
)
def test_a_file_without_its_trailer_is_refused_as_truncated(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, text)
    assert refused.value.reason == "truncated"


@pytest.mark.parametrize("text", ["", "\n", TWO, TWO + fixed_trailer(2, "215"), "something else\n"])
def test_a_file_without_its_header_is_of_another_format(text: str) -> None:
    with pytest.raises(UnknownFormat):
        read_text(NAME, text)


def test_refused_records_count_in_the_totals() -> None:
    records = TWO + fixed_record(30, "000015", start="20261301000000")
    rows, rejections = read_text(NAME, file_of(records, 3, "230"))
    assert (len(rows), reasons(rejections)) == (2, [(4, "time")])
    with pytest.raises(FileRefused):
        read_text(NAME, file_of(records, 2, "215"))


def test_a_duration_that_cannot_be_read_makes_every_total_wrong() -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, file_of(TWO + fixed_record(30, "00xx15"), 3, "230"))
    assert refused.value.reason == "control_totals"


def test_a_line_that_is_not_in_the_files_encoding_makes_every_total_wrong() -> None:
    content = file_of(TWO, 2, "215").encode().replace(b"CDR0000020", b"CDR00000\xff0")
    with pytest.raises(FileRefused):
        read_bytes(NAME, content)


def test_a_line_of_no_known_kind_is_refused_and_the_totals_still_hold() -> None:
    rows, rejections = read_text(NAME, file_of(TWO + "XYZ\n", 2, "215"))
    assert (len(rows), reasons(rejections)) == (2, [(4, "columns")])


def test_the_same_file_sent_again_makes_the_same_calls_and_another_number_others() -> None:
    first, again, other = (
        {call.idempotency_key for call in calls_of(NAME, file_of(TWO, 2, "215", sequence).encode())}
        for sequence in ("000309", "000309", "000310")
    )
    assert first == again
    assert not first & other


def test_several_files_one_after_the_other_are_each_checked() -> None:
    rows, _ = read_text(NAME, file_of(TWO, 2, "215", "000001") + file_of(TWO, 2, "215", "000002") + "\x1a")
    assert len({row.key for row in rows}) == 4
    with pytest.raises(FileRefused):
        read_text(NAME, file_of(TWO, 2, "215", "000001") + file_of(TWO, 2, "999", "000002"))


def test_without_a_zone_nothing_is_read() -> None:
    with pytest.raises(ZoneNeeded):
        read_text(NAME, file_of(TWO, 2, "215"), NO_ZONE)


def test_an_hour_that_happened_twice_is_refused_as_a_row() -> None:
    records = fixed_record(10, "000130", start="20261025023000")
    assert reasons(read_text(NAME, file_of(records, 1, "130"))[1]) == [(2, "time_ambiguous")]


MAPPING: dict[str, Any] = {
    "header": {"marker": "01", "sequence": [2, 6]},
    "record": {
        "marker": "02",
        "number": [2, 6],
        "start": [6, 18],
        "caller": [18, 30],
        "callee": [30, 42],
        "duration": [42, 48],
        "cost": [48, 54],
        "cell": [54, 58],
    },
    "trailer": {"marker": "99", "records": [2, 6], "duration": [6, 14]},
    "start_format": "%d%m%y%H%M%S",
    "duration_format": "seconds",
    "cost_divisor": 100,
}
OTHER = "010007\n020001201126090000 02079460018 02079460019000090000125c-07\n99000100000090\n"


def test_another_carriers_layout_is_a_mapping() -> None:
    rows, rejections = read_text(NAME, OTHER, replace(BERLIN, mapping=MAPPING, currency="GBP"))
    assert rejections == []
    (row,) = rows
    assert (row.duration_s, row.extra["cell"]) == (90.0, "c-07")
    assert row.cost is not None
    assert (row.cost.amount, row.cost.currency) == ("1.25", "GBP")
    assert row.setup_time == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"header": {"marker": "01"}}, "header.sequence"),
        ({"header": None}, "header.marker"),
        ({"record": {"marker": ""}}, "record.marker"),
        ({"trailer": {"marker": "99", "records": [2, 2], "duration": [6, 14]}}, "trailer.records"),
        ({"trailer": {"marker": "99", "records": "ab", "duration": [6, 14]}}, "trailer.records"),
        ({"duration_format": "minutes"}, "duration_format"),
        ({"cost_divisor": -1}, "cost_divisor"),
        ({"start_format": "DDMMYY"}, "start_format"),
    ],
)
def test_a_layout_that_cannot_be_used_is_refused_by_the_fields_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_text(NAME, OTHER, replace(BERLIN, mapping={**MAPPING, **change}))
    assert (refused.value.reason, refused.value.fields["field"]) == ("mapping", named)


def test_a_mapping_of_another_format_leaves_the_default_layout() -> None:
    assert len(read_text(NAME, file_of(TWO, 2, "215"), replace(BERLIN, mapping={"columns": {}}))[0]) == 2


@given(st.lists(st.integers(0, 359_999), max_size=20))
def test_totals_fit_for_every_file_that_was_written_whole(durations: list[int]) -> None:
    def written(seconds: int) -> str:
        return f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}"

    records = "".join(fixed_record(at, written(one)) for at, one in enumerate(durations))
    rows, _ = read_text(NAME, file_of(records, len(durations), written(sum(durations))))
    assert [row.duration_s for row in rows] == [float(one) for one in durations]


@given(st.integers(0, 10**8))
def test_a_duration_of_hours_minutes_and_seconds_is_what_was_written(seconds: int) -> None:
    assert length(f"{seconds // 3600}{seconds // 60 % 60:02}{seconds % 60:02}", "hhmmss") == seconds


def test_the_real_file_fits_its_totals() -> None:
    calls = calls_of(NAME, sample("fixed_width/carrier_fwv.txt"), replace(BERLIN, zone=ZoneInfo("Europe/Amsterdam")))
    assert len(calls) == 33
    assert sum(call.duration_s or 0 for call in calls) == 30 * 60 + 55


def test_the_real_file_with_one_record_left_out_is_refused() -> None:
    lines = sample("fixed_width/carrier_fwv.txt").splitlines(keepends=True)
    with pytest.raises(FileRefused) as refused:
        read_bytes(NAME, b"".join(lines[:5] + lines[6:]))
    assert refused.value.reason == "control_totals"
