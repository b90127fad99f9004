"""A hot word is believed only where a search without it heard something like it."""

from __future__ import annotations

import pytest

from domain.speech import Word
from transcription.engines.asking import Answer
from transcription.engines.hot_words import named, witnessed

HOT = ("Kallward", "Ann Okafor")


def answer(*texts: str, at: float = 0.0) -> Answer:
    return Answer(
        "en", {}, tuple(Word(at + 0.5 * one, at + 0.5 * one + 0.4, f" {text}", 0.9) for one, text in enumerate(texts))
    )


def test_hot_words_are_found_in_any_case_over_several_tokens_and_beside_punctuation() -> None:
    assert named(answer("Thank", "you,", "kallward."), HOT)
    assert named(answer("this", "is", "Ann", "Okafor,"), HOT)
    assert named(answer("Kall", "ward"), HOT)
    assert not named(answer("call", "forward"), HOT)
    assert not named(answer("Ann", "called"), HOT)


@pytest.mark.parametrize("heard", [("call", "word"), ("Carlward.",), ("called", "Ward")])
def test_a_hot_word_stays_where_something_like_it_was_heard(heard: tuple[str, ...]) -> None:
    assert witnessed(answer("hello", "Kallward"), answer("hello", *heard), HOT)


@pytest.mark.parametrize("heard", [(), ("hello", "you"), ("hello", "bye"), ("hello", "music")])
def test_a_hot_word_that_nobody_said_has_no_witness(heard: tuple[str, ...]) -> None:
    assert not witnessed(answer("hello", "Kallward"), answer(*heard), HOT)


def test_a_witness_somewhere_else_is_none() -> None:
    assert not witnessed(answer("Kallward"), answer("Kallward", at=5.0), HOT)


def test_every_hot_word_needs_its_own_witness() -> None:
    assert not witnessed(answer("Kallward", "Ann", "Okafor"), answer("Kallward", "and", "so"), HOT)
