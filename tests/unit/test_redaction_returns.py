"""What a second hearing tells of hidden words is noticed in whatever form; what the text shows anyway is not."""

from __future__ import annotations

import pytest

from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.returns import returned


def segment(text: str, *, start: float = 10.0, channel: int = 0) -> Segment:
    words = tuple(Word(start + 0.4 * at, start + 0.4 * at + 0.35, one, 0.9) for at, one in enumerate(text.split()))
    return Segment(channel, Party.UNKNOWN, start, words[-1].end, words)


def call(text: str, *, start: float = 10.0) -> Transcript:
    return Transcript("en", 1.0, 60.0, 2, (segment(text, start=start),), EngineStamp("a", "b", "c"))


def hiding(first: int, end: int) -> list[Span]:
    return [Span(0, first, end, "PERSON", 0.9, "test")]


CARD = "my number is 4012 8888 8888 1881 thanks"
NAME = "this is Fiona Okafor calling"


@pytest.mark.parametrize("again", ["4012", "four oh one two", "and 8888", "double eight double eight", "1 8 8 1"])
def test_digits_that_come_back_are_noticed_however_they_are_written(again: str) -> None:
    assert returned(call(CARD), hiding(3, 7), [segment(again)])


@pytest.mark.parametrize("again", ["Fiona", "okafor,", "Okafar", "fiona's"])
def test_names_that_come_back_are_noticed_nearly_right_too(again: str) -> None:
    assert returned(call(NAME), hiding(2, 4), [segment(f"this is {again}")])


def test_spelled_letters_that_come_back_are_noticed() -> None:
    assert returned(call("it is O K A F O R yes"), hiding(2, 8), [segment("K-A-F")])


@pytest.mark.parametrize(
    "again", ["this is calling", "thank you for waiting", "77 43", "five six", "the street number"]
)
def test_other_words_do_not_count(again: str) -> None:
    assert returned(call(CARD), hiding(3, 7), [segment(again)]) == ()
    assert returned(call(NAME), hiding(2, 4), [segment(again)]) == ()


def test_what_the_text_shows_at_that_place_does_not_count() -> None:
    talk = call("order 8888 from Okafor and 8888 by Okafor")
    found = [Span(0, 5, 6, "CREDIT_CARD", 0.9, "test"), Span(0, 7, 8, "PERSON", 0.9, "test")]
    assert returned(talk, found, [segment("order 8888 from Okafor")]) == ()


def test_a_long_number_counts_anywhere_and_a_short_piece_only_near() -> None:
    assert returned(call(CARD), hiding(3, 7), [segment("40128888", start=40.0)])
    assert returned(call(CARD), hiding(3, 7), [segment("401", start=40.0)]) == ()


def test_an_uncommon_name_counts_anywhere() -> None:
    assert returned(call(NAME), hiding(2, 4), [segment("Okafor", start=40.0)])


def test_a_short_code_counts_as_a_whole() -> None:
    assert returned(call("the pin is 42 okay"), hiding(3, 4), [segment("forty two")])


def test_it_says_where_and_on_which_channel() -> None:
    (found,) = returned(call(NAME), hiding(2, 4), [segment("hello there Fiona", channel=1)])
    assert found.channel == 1
    assert found.start == pytest.approx(10.8)
    assert found.end == pytest.approx(11.15)


def test_where_nothing_is_hidden_nothing_comes_back() -> None:
    kept = [Span(0, 2, 4, "PERSON", 0.9, "test", operator="keep")]
    assert returned(call(NAME), [], [segment("Fiona Okafor")]) == ()
    assert returned(call(NAME), kept, [segment("Fiona Okafor")]) == ()
