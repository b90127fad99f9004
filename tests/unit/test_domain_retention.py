"""When a record must be gone: the worked rows of law.md C2 on both sides, and what holds for every date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.durations import Duration
from domain.retention import Align, RetentionRule, add_months, due_at

IST = "Asia/Kolkata"
IDENTIFIERS = ("P12M", Align.MONTH_END)
TRAFFIC = ("P10Y", Align.YEAR_END)
ZONES = st.sampled_from(
    [
        IST,
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Havana",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Pacific/Apia",
    ]
)
ANCHORS = st.datetimes(datetime(2015, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone is given
DURATIONS = st.builds(Duration, months=st.integers(0, 240), days=st.integers(0, 800))


def rule(add: str, align: Align = Align.NONE, zone: str = IST) -> RetentionRule:
    return RetentionRule(Duration.parse(add), zone, align)


# (row of law.md C2, duration, alignment, zone, anchor, the first instant at which it is due)
ROWS = [
    ("1", *IDENTIFIERS, IST, "2024-01-31T12:00:00+05:30", "2025-02-01T00:00:00+05:30"),
    ("2 first instant", *IDENTIFIERS, IST, "2024-01-01T00:00:00+05:30", "2025-02-01T00:00:00+05:30"),
    ("2 last second", *IDENTIFIERS, IST, "2024-01-31T23:59:59+05:30", "2025-02-01T00:00:00+05:30"),
    ("3 next month", *IDENTIFIERS, IST, "2024-02-01T00:00:00+05:30", "2025-03-01T00:00:00+05:30"),
    ("3 leap day", *IDENTIFIERS, IST, "2024-02-29T12:00:00+05:30", "2025-03-01T00:00:00+05:30"),
    ("4", *IDENTIFIERS, IST, "2023-02-28T12:00:00+05:30", "2024-03-01T00:00:00+05:30"),
    ("5 in India", *IDENTIFIERS, IST, "2024-01-31T20:00:00+00:00", "2025-03-01T00:00:00+05:30"),
    ("5 in UTC", *IDENTIFIERS, "UTC", "2024-01-31T20:00:00+00:00", "2025-02-01T00:00:00+00:00"),
    ("6", *IDENTIFIERS, IST, "2024-12-31T23:59:00+05:30", "2026-01-01T00:00:00+05:30"),
    ("7 first instant", *TRAFFIC, IST, "2024-01-01T00:00:00+05:30", "2035-01-01T00:00:00+05:30"),
    ("7 last second", *TRAFFIC, IST, "2024-12-31T23:59:59+05:30", "2035-01-01T00:00:00+05:30"),
    ("8 in India", *TRAFFIC, IST, "2024-12-31T19:00:00+00:00", "2036-01-01T00:00:00+05:30"),
    ("8 in UTC", *TRAFFIC, "UTC", "2024-12-31T19:00:00+00:00", "2035-01-01T00:00:00+00:00"),
    ("9", "P3Y", Align.NONE, IST, "2024-02-29T12:00:00+05:30", "2027-03-01T00:00:00+05:30"),
    ("10, 28th", "P25M", Align.NONE, IST, "2024-01-28T12:00:00+05:30", "2026-03-01T00:00:00+05:30"),
    ("10, 29th", "P25M", Align.NONE, IST, "2024-01-29T12:00:00+05:30", "2026-03-01T00:00:00+05:30"),
    ("10, 30th", "P25M", Align.NONE, IST, "2024-01-30T12:00:00+05:30", "2026-03-01T00:00:00+05:30"),
    ("10, 31st", "P25M", Align.NONE, IST, "2024-01-31T12:00:00+05:30", "2026-03-01T00:00:00+05:30"),
    ("11 common year", "P6M", Align.NONE, IST, "2024-08-31T12:00:00+05:30", "2025-03-01T00:00:00+05:30"),
    ("11 leap year", "P6M", Align.NONE, IST, "2023-08-31T12:00:00+05:30", "2024-03-01T00:00:00+05:30"),
    ("12 company", "P12M", Align.NONE, IST, "2024-02-29T12:00:00+05:30", "2025-03-01T00:00:00+05:30"),
    ("12 individual", "P7Y", Align.NONE, IST, "2024-02-29T12:00:00+05:30", "2031-03-01T00:00:00+05:30"),
    ("13", "P1Y", Align.NONE, IST, "2024-02-29T12:00:00+05:30", "2025-03-01T00:00:00+05:30"),
    ("14 leap year", "P1M", Align.NONE, IST, "2024-01-31T12:00:00+05:30", "2024-03-01T00:00:00+05:30"),
    ("14 common year", "P1M", Align.NONE, IST, "2023-01-31T12:00:00+05:30", "2023-03-01T00:00:00+05:30"),
    ("days", "P30D", Align.NONE, IST, "2024-01-31T23:59:59+05:30", "2024-03-02T00:00:00+05:30"),
    (
        "over the spring change",
        "P1M",
        Align.NONE,
        "Europe/Berlin",
        "2024-03-10T12:00:00+01:00",
        "2024-04-11T00:00:00+02:00",
    ),
    (
        "over the autumn change",
        "P1M",
        Align.NONE,
        "Europe/Berlin",
        "2024-10-01T00:00:00+02:00",
        "2024-11-02T00:00:00+01:00",
    ),
    (
        "a midnight that the clocks skip",
        "P1D",
        Align.NONE,
        "Africa/Cairo",
        "2024-04-24T12:00:00+02:00",
        "2024-04-25T22:00:00+00:00",
    ),
    (
        "a midnight that comes twice",
        "P1D",
        Align.NONE,
        "America/Havana",
        "2024-11-01T12:00:00-04:00",
        "2024-11-03T00:00:00-04:00",
    ),
]


@pytest.mark.parametrize(
    ("add", "align", "zone", "anchor", "due"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_worked_dates_of_the_law_hold_on_both_sides(
    add: str, align: Align, zone: str, anchor: str, due: str
) -> None:
    found, first_due = due_at(rule(add, align, zone), datetime.fromisoformat(anchor)), datetime.fromisoformat(due)
    last_kept = first_due - timedelta(seconds=1)
    # In UTC: Python holds an instant of a skipped or repeated hour unequal to itself in another zone (PEP 495).
    assert found.astimezone(UTC) == first_due.astimezone(UTC)
    assert found.tzinfo == ZoneInfo(zone)
    assert not last_kept >= found, "the last second must still be kept"
    assert first_due >= found, "the first second must be due"


@pytest.mark.parametrize(
    ("one_second_apart", "days_apart"), [("2024-01-31T23:59:59+05:30", 28), ("2024-02-29T23:59:59+05:30", 31)]
)
def test_one_second_over_the_end_of_a_month_is_a_month_more_for_identifiers(
    one_second_apart: str, days_apart: int
) -> None:
    last = datetime.fromisoformat(one_second_apart)
    before, after = (due_at(rule(*IDENTIFIERS), anchor) for anchor in (last, last + timedelta(seconds=1)))
    assert after - before == timedelta(days=days_apart)


def test_one_second_over_the_end_of_a_year_is_a_year_more_for_traffic() -> None:
    last = datetime.fromisoformat("2024-12-31T23:59:59+05:30")
    assert due_at(rule(*TRAFFIC), last).year == 2035
    assert due_at(rule(*TRAFFIC), last + timedelta(seconds=1)).year == 2036


def test_the_zone_of_the_policy_counts_not_that_of_the_anchor() -> None:
    instant = datetime(2024, 1, 31, 20, tzinfo=UTC)
    for zone in ("UTC", IST, "America/New_York", "Pacific/Apia"):
        assert due_at(rule(*IDENTIFIERS), instant.astimezone(ZoneInfo(zone))) == due_at(rule(*IDENTIFIERS), instant)


def test_an_anchor_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="must carry its zone"):
        due_at(rule("P1D"), datetime(2024, 1, 1))  # noqa: DTZ001 - that is the point


@given(add=DURATIONS, align=st.sampled_from(Align), zone=ZONES, one=ANCHORS, other=ANCHORS)
def test_what_began_later_is_never_due_earlier(
    add: Duration, align: Align, zone: str, one: datetime, other: datetime
) -> None:
    kept = RetentionRule(add, zone, align)
    first, second = sorted((one, other))
    assert due_at(kept, first).astimezone(UTC) <= due_at(kept, second).astimezone(UTC)


@given(add=DURATIONS, align=st.sampled_from(Align), zone=ZONES, anchor=ANCHORS)
def test_a_record_is_due_at_a_midnight_of_the_rules_zone_and_after_it_began(
    add: Duration, align: Align, zone: str, anchor: datetime
) -> None:
    due = due_at(RetentionRule(add, zone, align), anchor)
    assert (due.hour, due.minute, due.second, due.microsecond) == (0, 0, 0, 0)
    assert due.tzinfo == ZoneInfo(zone)
    assert due.astimezone(UTC) > anchor
    a_second_before = (due.astimezone(UTC) - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert a_second_before.date() < due.date(), "the second before belongs to the day before"


@given(zone=ZONES, anchor=ANCHORS)
def test_identifiers_leave_between_twelve_and_thirteen_months_after_the_call(zone: str, anchor: datetime) -> None:
    due = due_at(rule(*IDENTIFIERS, zone), anchor)
    began = anchor.astimezone(ZoneInfo(zone)).date()
    assert add_months(began, 12) < due.date() <= add_months(began.replace(day=1), 13)
    assert due.day == 1


@given(zone=ZONES, anchor=ANCHORS)
def test_other_traffic_data_leaves_on_a_new_year_between_ten_and_eleven_years_later(
    zone: str, anchor: datetime
) -> None:
    due = due_at(rule(*TRAFFIC, zone), anchor)
    assert due.date() == date(anchor.astimezone(ZoneInfo(zone)).year + 11, 1, 1)


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), months=st.integers(0, 600))
def test_adding_months_keeps_the_day_or_takes_the_months_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("P12M", 12, 0),
        ("P10Y", 120, 0),
        ("P1Y6M", 18, 0),
        ("P90D", 0, 90),
        ("P2W", 0, 14),
        ("P1Y2M3W4D", 14, 25),
        ("P0D", 0, 0),
    ],
)
def test_a_calendar_duration_is_read(text: str, months: int, days: int) -> None:
    assert Duration.parse(text) == Duration(months, days)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "12M",
        "P12",
        "p12m",
        "P-1M",
        "P1.5M",
        "PT",
        "P1DT",
        "PT1D",
        "PT1.5H",
        "P1M1Y",
        " P1D",
        "P1D ",
        "P1D\n",
        "P٣D",
        "30 days",
    ],
)
def test_anything_else_is_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an ISO 8601 duration.*write P90D"):
        Duration.parse(text)
