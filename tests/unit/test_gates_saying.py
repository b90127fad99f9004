"""How the gates read digits and letters out of what is said."""

from __future__ import annotations

import pytest
from gate_items import item_of, turn_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.gates.saying import Heard, folded, runs

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("five five five oh one two three", ["5550123"]),
        ("double five triple zero", ["55000"]),
        ("fifty five nineteen", ["5519"]),
        ("fifty oh five", ["5005"]),
        ("555-0123", ["5550123"]),
        ("five-five-five, 01 um 23", ["5550123"]),
        ("two hundred", ["2"]),
        ("that is $1,200 and 10:30", []),
        ("no numbers here", []),
    ],
)
def test_digits_are_read_as_they_are_said(said: str, digits: list[str]) -> None:
    assert [run.digits for run in runs(turn_of(said)) if run.digits] == digits


@given(st.text("0123456789", min_size=1, max_size=20))
def test_any_digits_told_one_by_one_are_read_back(digits: str) -> None:
    said = " ".join(DIGITS[int(digit)] for digit in digits)
    assert [run.digits for run in runs(turn_of(said))] == [digits]


def test_letters_told_one_by_one_are_a_run() -> None:
    assert [run.chars for run in runs(turn_of("it is M E E R A"))] == ["meera"]


def test_a_run_ends_where_a_surrogate_begins() -> None:
    assert [run.digits for run in runs(turn_of("[PHONE_NUMBER:0000] 555 0123"))] == ["0000", "5550123"]


def test_a_number_goes_on_in_the_speakers_next_turn() -> None:
    heard = Heard.of(item_of("it is 555", "okay", "01", "yes", "23 thank you"))
    assert [run.digits for run in heard.across()] == ["5550123"]


def test_a_number_does_not_go_on_when_the_speaker_said_something_else_between() -> None:
    heard = Heard.of(item_of("it is 555", "okay", "wait a moment", "yes", "0123"))
    assert list(heard.across()) == []


def test_all_digits_of_a_speaker_stand_in_a_row() -> None:
    heard = Heard.of(item_of("it is 555 then", "7", "and the rest 0123"))
    assert "5550123" in heard.digits()


def test_a_word_is_compared_without_accents_case_and_marks() -> None:
    assert folded("Zoë's,") == "zoe"
    assert folded("O'Brien.") == "o'brien"
