"""What people say on calls, and what may be left of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from saying import said_aloud
from talk import FINDER, left

from bench.redaction_eval.calls import generated
from domain.spans import redact_transcript
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.engines.presidio import PresidioFinder
from redaction.errors import ModelMissingError
from redaction.port import KnownParty


@pytest.mark.parametrize(
    "line",
    [
        "One moment please, I have two questions.",
        "We are open between nine and five.",
        "It takes three to five working days.",
        "That will be 20 dollars, or £2 ,450 with the extras.",
        "I moved here in 2024 and paid 10,000 rupees.",
        "The technician comes on Tuesday the 12th of March between 2 and 4.",
        "There are two adults and three children, and we pay 1,200 a month.",
        "It is two thousand four hundred and fifty pounds for twelve months.",
    ],
)
def test_ordinary_talk_stays_readable(line: str) -> None:
    assert left(line) == line


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("It's four one five, double five five, oh one three two.", "four double oh two"),
        ("The number is plus 44 7700 900 123 okay.", "7700 900 123"),
        ("It is seven seven double zero nine hundred, one two three.", "seven hundred three"),
        ("Yes, 4 .4 .1 .2 .9 -8 -6 is mine.", "4 .1 -8 -6"),
        ("Write to john dot smith at example dot com please.", "john smith example"),
        ("It's Priya.raman at example.com.", "Priya.raman example.com."),
        ("Send it to p underscore raman at gmail .com.", "raman gmail"),
        ("My name is Meera Krishnan.", "Meera Krishnan."),
        ("S as in sugar, I for India, O as in orange.", "sugar, orange."),
        ("It is spelled M-E-E-R-A.", "M-E-E-R-A."),
        ("I live at 42 Maple Avenue, Springfield 62704.", "42 Maple Springfield 62704."),
        ("I was born on the fourteenth of June, nineteen eighty four.", "fourteenth June, eighty"),
        ("The PAN is A B C P K one two three four L.", "P K one L."),
        ("The IFSC is HDFC -0 -0 -0 -1 -2 -3 -4.", "HDFC -4."),
        ("The IBAN is DE89 3704 0044 0532 0130 00.", "DE89 0532"),
        ("My card is 4111, 1111, 1111, 1112.", "4111, 1112."),
        ("The code on the back is 731.", "731."),
        ("You know, 5 -5 -1 -0 -3 was it.", "5 -1 -3"),
    ],
)
def test_personal_data_goes(line: str, words: str) -> None:
    rest = left(line).split()
    assert not [word for word in words.split() if word in rest]


def test_a_number_continues_over_the_other_sides_yes() -> None:
    rest = left("And a contact number?", "nine eight four five zero", "Yes?", "one two", "Okay.", "three four five")
    assert not {"nine", "zero", "one", "two", "three", "five"} & set(rest.split())


def test_a_name_established_once_is_known_everywhere_misspelled_too() -> None:
    rest = left(
        "This is Meera Krishnan calling.", "Hello there.", "is krishnan your surname? Krishnen?", "Meera's card then."
    )
    assert not {"krishnan", "Krishnen?", "Meera's"} & set(rest.split())


def test_the_call_knows_its_numbers_by_their_end() -> None:
    known = KnownParty(numbers=("+14155550132",), names=("Wilhelmina Ott",), emails=("w.ottokar@example.com",))
    rest = left("the one with zero one three two then", "tell Wilhelmina and ottokar", known=known)
    assert not {"three", "Wilhelmina", "ottokar"} & set(rest.split())


def test_a_misheard_answer_goes_because_it_was_asked_for() -> None:
    rest = left("And your email address?", "Mirror not Christian and Enemple not calm.")
    assert "Enemple" not in rest


def test_a_missing_model_is_named_and_not_fetched() -> None:
    with pytest.raises(ModelMissingError, match="not installed"):
        PresidioFinder(model="en_core_web_of_nowhere").load()


CARRIERS = (
    ("What is the number?", "It is {}.", "Thank you."),
    ("Can I take your card number please?", "Sure, {} is it."),
    ("Okay.", "So I wrote down {} and that was it."),
)


@settings(max_examples=120, deadline=None)
@given(st.text("0123456789", min_size=7, max_size=16), st.integers(0, 10**6), st.sampled_from(CARRIERS))
def test_any_number_read_aloud_in_any_style_is_covered(code: str, seed: int, carrier: tuple[str, ...]) -> None:
    said = said_aloud(random.Random(seed), code)  # noqa: S311 - a test
    rest = set(left(*(line.format(said) for line in carrier)).split())
    kept = {"and", "is", "it.", "uh"}
    assert not [word for word in said.split() if word in rest - kept]


@settings(max_examples=40, deadline=None)
@given(st.text("0123456789", min_size=9, max_size=16), st.integers(2, 4), st.integers(0, 10**6))
def test_a_number_split_over_turns_is_covered(code: str, size: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a test
    pieces = [code[at : at + size] for at in range(0, len(code), size)]
    lines = ["What is your phone number?"]
    for piece in pieces:
        lines += [said_aloud(rng, piece), rng.choice(["Yes.", "Okay.", "Mm-hmm.", "Go on."])]
    rest = left(*lines)
    assert not any(char.isdigit() for char in rest)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_redacting_twice_changes_nothing_and_the_second_look_is_clean(seed: int) -> None:
    (call,) = (one.transcript for one in generated(1, seed, "tune"))
    once = redact_transcript(call, FINDER.find(call))
    assert FINDER.find(once) == ()
    assert FINDER.residual(once) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=12))
def test_odd_characters_do_no_harm(texts: list[str]) -> None:
    words = tuple(Word(0.3 * at, 0.3 * at + 0.2, text, 0.5) for at, text in enumerate(texts))
    call = Transcript("en", 1.0, 9.0, 1, (Segment(0, Party.UNKNOWN, 0, 9, words),), EngineStamp("test", "none", "none"))
    for span in FINDER.find(call):
        assert 0 <= span.first_word < span.end_word <= len(words)
