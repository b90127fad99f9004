"""What the call knows of its people, said in whatever way on either channel."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import left as told

from redaction.port import KnownParty

KNOWN = KnownParty(
    numbers=("+919845012345",),
    names=("Dr. Bhuvaneshwari Rajagopalan", "William Tsegaye"),
    emails=("bhuvi.raj7@example.com",),
)


def left(*lines: str, known: KnownParty = KNOWN) -> str:
    return told(*lines, known=known)


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("tell bhuvaneshwari that it came", "bhuvaneshwari"),
        ("I saw Bhuvaneswari, I think.", "Bhuvaneswari,"),
        ("Rajagopalan's file is open.", "Rajagopalan's"),
        ("Rajgopalan is the surname.", "Rajgopalan"),
        ("So Bill, how are you?", "Bill,"),
        ("then Tsegay said so", "Tsegay"),
        ("the one that ends in two three four five then", "three four"),
        ("b h u v i dot r a j seven is what I wrote", "v j seven"),
        ("bhuvi dot raj seven somewhere", "bhuvi raj seven"),
        ("it goes to bhuvi.raj7@example.com then", "bhuvi.raj7@example.com"),
    ],
)
def test_what_the_call_knows_goes_however_it_is_said(line: str, gone: str) -> None:
    rest = left(line).split()
    assert not [word for word in gone.split() if word in rest]


@pytest.mark.parametrize(
    "line", ["the bill is due on Friday", "will you call me back?", "It is a raja, a king, for example"]
)
def test_words_that_only_look_like_what_is_known_stay(line: str) -> None:
    assert left(line) == line


def test_it_is_known_on_both_channels() -> None:
    rest = left("is rajagopalan there", "no, rajagopalan left").split()
    assert "rajagopalan" not in rest


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["bhuvaneshwari", "rajagopalan", "tsegaye"]), st.integers(1, 5), st.sampled_from("aeiou"))
def test_a_known_name_with_one_wrong_vowel_goes(name: str, place: int, vowel: str) -> None:
    said = name[:place] + vowel + name[place + 1 :]
    assert said not in left(f"i would like {said} to ring me").split()


def test_nothing_known_finds_nothing() -> None:
    line = "i would like it to ring me"
    assert left(line, known=KnownParty()) == line
    assert left(line, known=KnownParty(names=("", "  ", "."), numbers=("", "1"), emails=("", "none"))) == line
