"""Times as switches write them: zones, hours that happened twice or never, the faces of "not set"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.clock import LocalClock, epoch, in_zone, local, seconds, spreadsheet
from ingest.formats.errors import RowError, ZoneNeeded

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
local_times = st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30))  # noqa: DTZ001 - local times are the subject
TWICE = "2026-10-25 02:30:00"
NEVER = "2026-03-29 02:30:00"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day, …


def outcome(read: Callable[[], object]) -> object:
    """Return what is read, or the reason why it is refused."""
    try:
        return read()
    except RowError as error:
        return error.reason


def refused(reason: str, text: str, zone: ZoneInfo | None = BERLIN, hint: float | None = None) -> None:
    with pytest.raises(RowError) as error:
        local(text, zone, epoch_hint=hint)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-07-01 12:00:00", at(2026, 7, 1, 10)),
        ("2026-01-01 12:00:00", at(2026, 1, 1, 11)),
        ("2026-01-01T12:00:00.25", at(2026, 1, 1, 11, 0, 0, 250_000)),
        ("2026-01-01 12:00", at(2026, 1, 1, 11)),
        ("2026/1/1 12:00", at(2026, 1, 1, 11)),
        ("25/12/2026 9:05 PM", at(2026, 12, 25, 20, 5)),
        ("12/25/2026 12:05:01 AM", at(2026, 12, 24, 23, 5, 1)),
        ("5/5/2026 10:00", at(2026, 5, 5, 8)),
        ("2026-07-01 12:00:00-04", at(2026, 7, 1, 16)),
        ("2026-07-01T12:00:00Z", at(2026, 7, 1, 12)),
    ],
)
def test_a_local_time_becomes_the_instant_it_was(text: str, instant: datetime) -> None:
    assert local(text, BERLIN) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "null",
        "-",
        "1970-01-01 05:30:00",
        "0000-00-00 00:00:00",
        "0000-00-00",
        "0001-01-01T00:00:00Z",
        "  ",
        "0001-01-01T00:00:00+05:30",
        "1989-12-31 23:59:59",
    ],
)
def test_a_time_that_means_not_set_is_none(text: str) -> None:
    assert local(text, KOLKATA) is None


def test_a_zone_is_never_guessed() -> None:
    with pytest.raises(ZoneNeeded):
        local("2026-07-01 12:00:00", None)
    assert local("2026-07-01 12:00:00+02:00", None) == at(2026, 7, 1, 10)


@pytest.mark.parametrize("text", ["3/4/2026 10:00", "3.4.2026 10:00:00", "12/12/26 10:00", "12/11/2026 10:00"])
def test_day_and_month_that_cannot_be_told_apart_are_refused(text: str) -> None:
    refused("time", text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01",
        "20260701",
        "2026-W27-1",
        "yesterday",
        "2026-13-01 00:00:00",
        "2101-01-01 00:00:00",
        "31/2/2026 9:00",
        "9999-12-31T23:59:59-05:00",
        "9999-12-31 23:59:59",
        "2026-07-01 25:00:00",
        "12:00:00",
    ],
)
def test_what_is_no_time_of_our_days_is_refused(text: str) -> None:
    refused("time", text)


def test_an_hour_that_happened_twice_is_told_by_the_epoch_or_refused() -> None:
    first, second = at(2026, 10, 25, 0, 30), at(2026, 10, 25, 1, 30)
    assert local(TWICE, BERLIN, epoch_hint=first.timestamp() + 5) == first
    assert local(TWICE, BERLIN, epoch_hint=second.timestamp() - 5) == second
    refused("time_ambiguous", TWICE)
    refused("time_ambiguous", TWICE, hint=first.timestamp() - 3600)


def test_the_hour_that_happened_twice_has_two_ends() -> None:
    assert local("2026-10-25 01:59:59", BERLIN) == at(2026, 10, 24, 23, 59, 59)
    refused("time_ambiguous", "2026-10-25 02:00:00")
    refused("time_ambiguous", "2026-10-25 02:59:59")
    assert local("2026-10-25 03:00:00", BERLIN) == at(2026, 10, 25, 2)


def test_an_hour_that_never_happened_is_refused_and_its_neighbours_are_not() -> None:
    refused("time", NEVER)
    assert local("2026-03-29 01:59:59", BERLIN) == at(2026, 3, 29, 0, 59, 59)
    assert local("2026-03-29 03:00:00", BERLIN) == at(2026, 3, 29, 1)


@given(
    local_times,
    st.sampled_from(["Asia/Kolkata", "Europe/London", "America/St_Johns", "UTC"]),
)
def test_a_clock_with_memory_says_what_the_plain_function_says(moment: datetime, zone: str) -> None:
    clock, text = LocalClock(ZoneInfo(zone)), moment.strftime("%Y-%m-%d %H:%M:%S")
    expected = outcome(lambda: local(text, ZoneInfo(zone)))
    assert outcome(lambda: clock.read(text)) == expected
    assert clock.known(text) in {expected, None}


@given(local_times)
def test_an_instant_goes_to_local_time_and_back(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC, microsecond=0)
    there = instant.astimezone(BERLIN).replace(tzinfo=None)
    assert outcome(lambda: in_zone(there, BERLIN)) in {instant, "time_ambiguous"}
    assert in_zone(there, BERLIN, epoch_hint=instant.timestamp()) == instant


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("1690325492", at(2023, 7, 25, 22, 51, 32)),
        ("1690325492.5", at(2023, 7, 25, 22, 51, 32, 500_000)),
        ("1690325492500", at(2023, 7, 25, 22, 51, 32, 500_000)),
        ("1690325492500000", at(2023, 7, 25, 22, 51, 32, 500_000)),
        (1690325492, at(2023, 7, 25, 22, 51, 32)),
        ("0", None),
        ("", None),
        (None, None),
        ("19800", None),
        (-1, None),
    ],
)
def test_an_epoch_is_read_in_whatever_unit_it_is(value: str | float | None, instant: datetime | None) -> None:
    assert epoch(value) == instant


@pytest.mark.parametrize("value", ["1.6e9", "soon", "99999999999999999", 10**400, "٣", float("nan"), float("inf")])
def test_what_is_no_epoch_is_refused(value: str | float) -> None:
    with pytest.raises(RowError):
        epoch(value)


@pytest.mark.parametrize(
    ("text", "length"),
    [("13", 13), ("13.5", 13.5), ("00:00:30", 30), ("1:02:03", 3723), ("", None), ("null", None), (0, 0), ("+5", 5)],
)
def test_a_duration_is_read(text: str | float, length: float | None) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "negative_duration"),
        (-0.5, "negative_duration"),
        ("1:75:00", "field"),
        ("::", "field"),
        ("1e3", "field"),
        ("5:30", "field"),
        ("nan", "field"),
        ("1_0", "field"),
        ("999999999", "field"),
        (10**400, "field"),
    ],
)
def test_what_is_no_duration_is_refused(text: str | float, reason: str) -> None:
    with pytest.raises(RowError) as error:
        seconds(text)
    assert error.value.reason == reason


@given(st.text(max_size=30))
def test_no_text_makes_the_clock_fail_in_another_way(text: str) -> None:
    for read in (lambda: local(text, KOLKATA), lambda: epoch(text), lambda: seconds(text), lambda: spreadsheet(text)):
        found = outcome(read)
        refusals = {"time", "time_ambiguous", "field", "negative_duration"}
        assert found is None or isinstance(found, datetime | float) or found in refusals


def test_an_offset_is_remembered_for_its_hour_only() -> None:
    clock = LocalClock(BERLIN)
    clock.read("2026-07-01 12:00:00")
    assert clock.known("2026-07-01 12:59:59") == at(2026, 7, 1, 10, 59, 59)
    assert clock.known("2026-07-01 13:00:00") is None
    assert clock.known("2026-07-01 12:60:00") is None
    assert clock.known("2026-07-01 12:00:00.5") is None
