"""Deadlines that are no retention: the worked rows 15 to 29 of law.md C2, and what holds for every date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import deadlines as law

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
BERLIN = ZoneInfo("Europe/Berlin")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("asked", "last"), [("2024-01-31", "2024-03-01"), ("2023-01-31", "2023-03-02")])
def test_row_15_a_deletion_request_is_done_in_thirty_days(asked: str, last: str) -> None:
    assert law.add_days(day(asked), 30) == day(last)


def test_row_16_an_opt_out_of_a_friday_counts_by_tuesday() -> None:
    assert law.add_business_days(day("2024-02-09"), 2) == day("2024-02-13")


@pytest.mark.parametrize(
    ("received", "internal"),
    [("2024-01-31", "2024-02-29"), ("2023-01-31", "2023-02-28"), ("2024-12-31", "2025-01-31")],
)
def test_row_17_a_request_is_answered_within_a_month(received: str, internal: str) -> None:
    assert law.answer_within_a_month(day(received)).internal == day(internal)


def test_row_18_a_month_that_ends_on_a_sunday_ends_for_the_law_on_monday() -> None:
    assert law.answer_within_a_month(day("2024-05-31")) == law.AnswerBy(day("2024-06-30"), day("2024-07-01"))


def test_row_19_a_holiday_moves_it_further() -> None:
    found = law.answer_within_a_month(day("2023-11-30"), {day("2024-01-01")})
    assert found == law.AnswerBy(day("2023-12-30"), day("2024-01-02"))


def test_row_20_of_two_ways_to_count_an_extension_ours_is_the_earlier() -> None:
    found = law.answer_when_extended(day("2024-01-31"))
    assert found == law.AnswerBy(day("2024-04-29"), day("2024-04-30"))


def test_an_extension_is_told_inside_the_first_month_or_not_at_all() -> None:
    received = day("2024-01-31")
    assert law.extension_in_time(received, day("2024-02-29"))
    assert not law.extension_in_time(received, day("2024-03-01"))
    assert not law.extension_in_time(received, day("2024-01-30"))


def test_five_days_of_doubt_move_the_answer_by_five_days() -> None:
    assert law.after_pauses(day("2024-02-29"), [timedelta(days=5)]) == day("2024-03-05")
    assert law.after_pauses(day("2024-02-29"), [timedelta(hours=30), timedelta(hours=20)]) == day("2024-03-03")
    assert law.after_pauses(day("2024-02-29"), []) == day("2024-02-29")


@pytest.mark.parametrize(
    ("since", "hours", "by", "zone"),
    [
        ("2024-03-29T18:00:00+01:00", 72, "2024-04-01T19:00:00+02:00", "Europe/Berlin"),
        ("2024-10-26T23:30:00+02:00", 72, "2024-10-29T22:30:00+01:00", "Europe/Berlin"),
        ("2024-10-26T23:30:00+02:00", 12, "2024-10-27T10:30:00+01:00", "Europe/Berlin"),
        ("2027-06-01T10:00:00+05:30", 72, "2027-06-04T10:00:00+05:30", "Asia/Kolkata"),
    ],
    ids=["row 21", "row 22", "row 22, report inside", "row 23"],
)
def test_the_hours_after_a_breach_are_elapsed_time(since: str, hours: int, by: str, zone: str) -> None:
    found = law.elapsed(datetime.fromisoformat(since).astimezone(ZoneInfo(zone)), hours)
    assert found.isoformat() == by


def test_a_breach_without_a_zone_has_no_clock() -> None:
    with pytest.raises(ValueError, match="must carry its zone"):
        law.elapsed(datetime(2024, 1, 1), 72)  # noqa: DTZ001 - that is the point


def test_row_25_three_years_count_from_the_later_of_last_contact_and_the_rules() -> None:
    rules = datetime(2025, 11, 13, 15, tzinfo=ZoneInfo("Asia/Kolkata"))
    quiet = datetime(2025, 1, 10, 9, tzinfo=ZoneInfo("Asia/Kolkata"))
    erasure = law.inactivity_erasure(quiet, rules)
    assert erasure.isoformat() == "2028-11-13T15:00:00+05:30"
    assert law.inactivity_notice(erasure).isoformat() == "2028-11-11T15:00:00+05:30"
    assert law.inactivity_erasure(rules + timedelta(days=1), rules) == erasure + timedelta(days=1)


def test_three_years_after_a_leap_day_end_on_the_last_of_february() -> None:
    contact = datetime(2028, 2, 29, 8, tzinfo=UTC)
    assert law.inactivity_erasure(contact, datetime(2025, 11, 13, tzinfo=UTC)) == datetime(2031, 2, 28, 8, tzinfo=UTC)


def test_row_26_california_has_45_and_90_days_and_we_count_the_first_one() -> None:
    assert law.answer_in_days(day("2024-01-31"), 45) == law.AnswerBy(day("2024-03-15"), day("2024-03-16"))
    assert law.answer_in_days(day("2024-01-31"), 90).legal == day("2024-04-30")


def test_row_27_business_days_of_california_know_its_holidays() -> None:
    received, presidents_day = day("2024-01-31"), {day("2024-02-19")}
    assert law.add_business_days(received, 10, presidents_day) == day("2024-02-14")
    assert law.add_business_days(received, 15, presidents_day) == day("2024-02-22")
    assert law.add_business_days(received, 15) == day("2024-02-21")


def test_row_28_shine_the_light_has_30_or_150_days_and_covers_the_year_before() -> None:
    asked = day("2024-01-31")
    assert law.add_days(asked, 30) == day("2024-03-01")
    assert law.add_days(asked, 150) == day("2024-06-29")
    assert law.disclosure_year(asked) == 2023
    assert [law.disclosure_year(day(text)) for text in ("2023-12-31", "2024-01-01")] == [2022, 2023]


def test_row_29_a_trial_ends_ten_days_later_at_the_same_hour() -> None:
    began = datetime.fromisoformat("2025-06-27T10:00:00+05:30")
    assert law.trial_ends(began, 10).isoformat() == "2025-07-07T10:00:00+05:30"


@given(received=DAYS, holidays=st.sets(DAYS, max_size=5))
def test_ours_is_never_later_than_the_laws_and_the_laws_is_a_working_day(received: date, holidays: set[date]) -> None:
    for found in (law.answer_within_a_month(received, holidays), law.answer_when_extended(received, holidays)):
        assert received < found.internal <= found.legal
        assert law.is_working_day(found.legal, holidays)


@given(begun=DAYS, count=st.integers(0, 60), holidays=st.sets(DAYS, max_size=20))
def test_so_many_working_days_lie_between(begun: date, count: int, holidays: set[date]) -> None:
    end = law.add_business_days(begun, count, holidays)
    between = [begun + timedelta(days=step) for step in range(1, (end - begun).days + 1)]
    assert sum(law.is_working_day(one, holidays) for one in between) == count
    assert count == 0 or law.is_working_day(end, holidays)


@given(
    since=st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zone given
    hours=st.integers(0, 200),
)
def test_so_many_hours_pass_whatever_the_clocks_do(since: datetime, hours: int) -> None:
    found = law.elapsed(since.astimezone(BERLIN), hours)
    assert found.astimezone(UTC) - since == timedelta(hours=hours)
