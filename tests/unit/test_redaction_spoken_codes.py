"""Codes of letters and digits in every way of saying them: plain, NATO, everyday words, capitals, Whisper's pieces."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import FINDER, talk

from domain.spans import redact_transcript
from redaction.lexicon import NATO
from redaction.neighbours import parts_of
from redaction.spoken import fold
from redaction.view import CallView

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
BY_LETTER = {letter: word for word, letter in NATO.items() if "-" not in word}
EVERYDAY = {
    "A": "apple", "B": "boy", "C": "cat", "D": "dog", "E": "egg", "F": "fish", "G": "goat", "H": "house", "I": "ink",
    "J": "jug", "K": "king", "L": "lemon", "M": "mother", "N": "nose", "O": "orange", "P": "parrot", "Q": "queen",
    "R": "rat", "S": "sugar", "T": "tiger", "U": "umbrella", "V": "van", "W": "water", "X": "xylophone", "Y": "yellow",
    "Z": "zebra",
}  # fmt: skip
QUESTIONS = ("What is the policy number?", "Your customer ID, please?", "And the passport number?", "The plate number?")


def said(rng: random.Random, code: str) -> str:
    """Return a code as somebody spells it."""
    style = rng.choice(("letters", "nato", "as in", "for", "capital", "dashes"))
    signs = [DIGITS[int(sign)] if sign.isdigit() else _letter(style, sign) for sign in code]
    return ("-" if style == "dashes" else " ").join(code if style == "dashes" else signs)


def _letter(style: str, sign: str) -> str:
    return {
        "letters": sign,
        "nato": BY_LETTER[sign].capitalize(),
        "as in": f"{sign} as in {EVERYDAY[sign]}",
        "for": f"{sign} for {EVERYDAY[sign]}",
        "capital": f"capital {sign}",
        "dashes": sign,
    }[style]


CODES = st.from_regex(r"[BDFGJKLQRVWXZ]{2,4}[0-9]{4,7}", fullmatch=True)
"""Not of letters that name a number: "N H S" before digits says whose it is."""


@settings(max_examples=80, deadline=None)
@given(CODES, st.integers(0, 10**6), st.sampled_from(QUESTIONS))
def test_a_code_spelled_in_any_way_is_hidden_whole(code: str, seed: int, question: str) -> None:
    spoken = said(random.Random(seed), code)  # noqa: S311 - a test
    call = talk(question, f"It's {spoken}.", "Thank you.")
    rest = redact_transcript(call, FINDER.find(call)).segments[1].words
    assert [word.text for word in rest if not word.entity_type] == ["It's"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("double five triple oh one", "550001"),
        ("forty-one eleven", "4111"),
        ("four one 1-5", "4115"),
        ("Kilo Alpha zero five", "KA05"),
        ("K-R-I", "KRI"),
        ("KA 05 MH 1234", "KA05MH1234"),
        ("HDFC 0001234", "HDFC0001234"),
        ("B see 4 1 2", "BC412"),
        ("capital A capital O five", "AO5"),
        ("one a colon two b", "1A2B"),
        ("Papa-Mike-Golf", "PMG"),
        ("#88291-LK", "88291LK"),
        ("(898)666-3621x0135", "8986663621X0135"),
        ("\u0967\u0968\u0969\u096a\u096b\u096c", "123456"),
        ("\uff14\uff11\uff11\uff11", "4111"),
    ],
)
def test_what_is_said_folds_to_one_code(line: str, code: str) -> None:
    view = CallView.of(talk(line))
    parts = [part for part in parts_of(view.talk) if part.code]
    assert fold(parts) == code


@pytest.mark.parametrize("line", ["I see why you are here.", "Mike and Charlie play golf.", "Be at the hotel at four."])
def test_words_that_sound_like_letters_are_words(line: str) -> None:
    call = talk("Hello.", line)
    assert not [span for span in FINDER.find(call) if span.recognizer.startswith(("spoken_numbers", "spelled"))]
