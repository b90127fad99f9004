"""Words made comparable: however a number, a letter or a spelling is written, both sides come out alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.speech.words import normalised, tokens

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("four one one one", "4111"),
        ("four one one one", "4-1-1-1"),
        ("four one one one", "41 11."),
        ("double five oh one", "5501"),
        ("triple seven", "777"),
        ("forty five pounds", "£45"),
        ("one thousand two hundred and fifty dollars", "$1,250"),
        ("the third of april nineteen eighty two", "The 3rd of April, 1982."),
        ("the twentieth of May", "the 20th of may"),
        ("carol dot baker at example dot com", "carol.baker@example.com"),
        ("peter one two at example dot org", "Peter12@example.org"),
        ("B, A, K, E, R.", "B-A-K-E-R"),
        ("B, A, K, E, R.", "baker"),
        ("it's the colour that I can't recognise", "It is the color that I cannot recognize"),
        ("okay, all right", "OK alright"),
        ("send an e mail", "Send an e-mail"),
        ("ninety per cent", "90%"),
        ("I\N{RIGHT SINGLE QUOTATION MARK}m not", "i am not"),
        ("four point five", "4.5"),
        ("two thousand and ten", "2010"),
        ("twenty twenty six", "2026"),
    ],
)
def test_what_means_the_same_becomes_the_same(said: str, written: str) -> None:
    assert normalised(said) == normalised(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four one", "four one one"),
        ("fifteen", "fifty"),
        ("oh dear", "zero dear"),
        ("a plain", "plain"),
        ("you are", "your"),
        ("double five", "five"),
        ("carol dot baker", "carol baker"),
        ("मुझे बिल", "मुझे दिल"),
        ("Küche", "Kuche"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_punctuation_alone_is_no_word() -> None:
    assert normalised("... - ♪ !") == []


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_digits_in_words_and_in_figures_are_one(digits: str) -> None:
    spoken = " ".join(DIGITS[int(one)] for one in digits)
    assert normalised(spoken) == list(digits) == normalised(digits)


@given(st.integers(1, 9_999))
def test_a_number_keeps_its_digits_when_it_is_said_in_full(number: int) -> None:
    assert normalised(_in_full(number)) == list(str(number))


def _in_full(number: int) -> str:
    teens = (
        *DIGITS,
        *["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
    )
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if number < 20:
        return teens[number]
    if number < 100:
        return tens[number // 10 - 2] + (f" {DIGITS[number % 10]}" if number % 10 else "")
    scale, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = f" and {_in_full(number % scale)}" if number % scale else ""
    return f"{_in_full(number // scale)} {name}{rest}"


@given(st.lists(st.text(max_size=12), max_size=8))
def test_every_word_of_any_text_is_taken_without_failing_and_places_are_in_range(words: list[str]) -> None:
    found = tokens(words)
    places = [at for token in found for at in (token.first, token.last) if at is not None]
    assert all(0 <= at < len(words) for at in places)
    assert all(token.text and not token.text.isspace() for token in found)


@given(
    st.lists(
        st.sampled_from(("4111", "$45", "hello", "five", "twenty", "b", "it's", "per", "cent", "a@b.c")), max_size=9
    )
)
def test_each_word_begins_at_most_one_token_and_ends_at_most_one(words: list[str]) -> None:
    found = tokens(words)
    begun = [token.first for token in found if token.first is not None]
    ended = [token.last for token in found if token.last is not None]
    assert begun == sorted(set(begun))
    assert ended == sorted(set(ended))


def test_a_word_that_became_several_tokens_begins_with_the_first_and_ends_with_the_last() -> None:
    assert [(one.text, one.first, one.last) for one in tokens(["call", "415-6"])] == [
        ("call", 0, 0),
        ("4", 1, None),
        ("1", None, None),
        ("5", None, None),
        ("6", None, 1),
    ]
    assert [(one.text, one.first, one.last) for one in tokens(["forty", "five"])] == [("4", 0, None), ("5", None, 1)]
