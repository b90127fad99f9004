"""A number that repeats a group is asked once more by itself, and only a fuller answer that loses nothing counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.speech import Word
from transcription.engines.dictated import dictated, digits_in, fuller
from transcription.engines.packing import Stretch
from transcription.engines.words import Told
from transcription.sound import SAMPLE_RATE


def told(*words: str, start: float = 0.0) -> list[Told]:
    return [Told(Word(start + 0.1 * at, start + 0.1 * at + 0.1, word, 0.9), "en") for at, word in enumerate(words)]


def stretch(seconds: float, start: float = 0.0) -> Stretch:
    first, last = round(start * SAMPLE_RATE), round((start + seconds) * SAMPLE_RATE)
    return Stretch(first, last, first, last)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ((" 4242", "-4242", "-4242."), True),
        ((" 4012", "-8888", "-W", "-8881"), True),
        ((" 415", "-555", "-0136"), True),
        ((" 4111", " 2"), False),
        ((" 07", "983", "461", "52"), False),
        ((" four", " four", " four", " four"), False),
        ((), False),
    ],
)
def test_only_long_numbers_with_a_repeated_group_are_asked_again(words: tuple[str, ...], *, asked: bool) -> None:
    assert [one for one, _ in dictated(told(*words), [stretch(6.0)])] == ([stretch(6.0)] if asked else [])


def test_each_stretch_is_looked_at_with_its_own_words() -> None:
    first, second = stretch(3.0), stretch(3.0, start=5.0)
    words = [*told(" thank", " you"), *told(" 1212", "-1212", start=5.0)]
    assert [(one, digits_in(heard)) for one, heard in dictated(words, [first, second])] == [(second, "12121212")]


@pytest.mark.parametrize(
    ("before", "after", "seconds", "better"),
    [
        ("4242-4242-4242", "4242 4242 4242 4242", 5.0, True),
        ("4012-8888-W-8881", "4012-8888-2888-1881", 5.1, True),
        ("07700-90043-5", "0700-900-400-435", 4.8, False),
        ("4242-4242-4242", "4242-4242-4242", 5.0, False),
        ("4242-4242", "4242-4242-4242-4242-4242-4242-4242", 5.0, False),
        ("4242-4242-4242", "", 5.0, False),
    ],
)
def test_a_second_answer_counts_if_it_is_fuller_and_loses_nothing(
    before: str, after: str, seconds: float, *, better: bool
) -> None:
    assert fuller(told(after), told(before), stretch(seconds)) is better


@given(st.text("0123456789", min_size=1, max_size=20), st.text("0123456789", max_size=20), st.integers(0, 20))
def test_whatever_is_added_to_a_number_it_stays_within(digits: str, more: str, at: int) -> None:
    longer = digits[:at] + more + digits[at:]
    assert fuller(told(longer), told(digits), stretch(60.0)) is (len(longer) > len(digits))
