"""Dates and ages: all dates of an item move together by whole weeks, in the form in which they were said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from deid_calls import BEGAN, call, item, keyed, told
from hypothesis import given
from hypothesis import strategies as st

from corpus.deid import dates
from corpus.deid.draws import Draws
from corpus.deid.facts import LEAST_WEEKS, MOST_WEEKS, shift_of


@pytest.mark.parametrize(
    ("text", "when", "after"),
    [
        ("September 13, 1987.", date(1987, 9, 13), "June 28, 1987."),
        ("the 21st of March 1987", date(1987, 3, 21), "the 3rd of January 1987"),
        ("the twenty first of March nineteen ten", date(1910, 3, 21), "the third of January nineteen ten"),
        ("13/9/85", date(1985, 9, 13), "28/6/85"),
        ("09-15-1950", date(1950, 9, 15), "06-30-1950"),
        ("1985-03-07", date(1985, 3, 7), "1984-12-20"),
        ("fourth May nineteen oh six", date(1906, 5, 4), "sixteenth February nineteen oh six"),
        ("the 3rd of May, '87", date(1987, 5, 3), "the 15th of February, '87"),
        ("Jan 9 2005", date(2005, 1, 9), "Oct 24 2004"),
        ("two thousand and nine the 21st of June", date(2009, 6, 21), "two thousand and nine the 5th of April"),
    ],
)  # fmt: skip
def test_a_date_is_read_and_said_again_in_its_form(text: str, when: date, after: str) -> None:
    found = dates.read(text.split(), month_first=False, year=2026)
    assert found is not None
    assert found.when == when
    assert " ".join(dates.shifted(found, timedelta(weeks=-11))) == after


def test_figures_are_read_as_the_country_writes_them() -> None:
    european = dates.read(["4/5/1990"], month_first=False, year=2026)
    american = dates.read(["4/5/1990"], month_first=True, year=2026)
    assert european is not None
    assert european.when == date(1990, 5, 4)
    assert american is not None
    assert american.when == date(1990, 4, 5)


@pytest.mark.parametrize("text", ["hello", "13th", "31/31/1990", "April and May", "99 99 99", ""])
def test_what_says_no_single_date_is_none(text: str) -> None:
    assert dates.read(text.split(), month_first=False, year=2026) is None


@given(st.dates(date(1930, 1, 1), date(2039, 12, 31)), st.integers(0, 10_000))
def test_a_shifted_date_keeps_its_day_of_the_week_and_is_another_date(when: date, number: int) -> None:
    shift = shift_of(Draws(keyed(), f"call:{number}"))
    assert (when + shift).weekday() == when.weekday()
    assert timedelta(weeks=LEAST_WEEKS) <= abs(shift) <= timedelta(weeks=MOST_WEEKS)


def test_all_dates_of_an_item_and_its_month_move_by_the_same_weeks() -> None:
    source = (
        "born {DATE_OF_BIRTH:12 March 1985}",
        "it came on March 20th",
        "{DATE_OF_BIRTH#4:12 March}",
        "{DATE_OF_BIRTH#4:1985}",
    )
    made = item(*source)
    lines = [turn.text for turn in made.turns]
    birth = dates.read(lines[0].split()[1:], month_first=False, year=2026)
    assert birth is not None
    shift = birth.when - date(1985, 3, 12)
    assert shift.days % 7 == 0
    heard = dates.read(lines[1].split()[3:], month_first=False, year=BEGAN.year)
    assert heard is not None
    assert (heard.when - date(2026, 3, 20)).days % 365 == shift.days % 365
    assert " ".join(lines[2:]).split() == lines[0].split()[1:]
    assert made.facts.month == f"{BEGAN + shift:%Y-%m}"


@pytest.mark.parametrize("line", ["may I ask", "we march on", "it was 4/5 full", "the second one", "in 2019 we moved"])
def test_plain_talk_is_no_date(line: str) -> None:
    assert told(line) == [line]


def test_a_date_of_birth_that_cannot_be_read_loses_its_figures_and_its_month() -> None:
    made = told("born {DATE_OF_BIRTH:March the 41st 19850}")[0]
    assert "March" not in made
    assert "41" not in made
    assert "1985" not in made


def test_ages_stay_in_their_ten_years_are_another_and_from_ninety_on_ninety() -> None:
    for age in (*range(10, 90, 7), 0, 9, 89):
        made = int(told(f"I am {{AGE:{age} years}} old", call_id=f"call_{age}")[0].split()[2])
        assert made != age
        assert made // 10 == age // 10
    assert told("{AGE:ninety-six} {AGE:103}") == ["ninety 90"]


def test_an_age_in_words_stays_in_words() -> None:
    words = told("my son is {AGE:forty two years old}")[0].removeprefix("my son is ").split()
    assert words[0] == "forty"
    assert words[-2:] == ["years", "old"]
    assert told("a {AGE:45-year-old} man")[0] != "a 45-year-old man"


def test_the_month_of_a_call_whose_beginning_is_unknown_is_absent() -> None:
    made = item("hello there", began_at=None)
    assert (made.facts.month, made.facts.part_of_week, made.facts.part_of_day) == ("", "", "")
    assert call("hello").began_at == BEGAN
