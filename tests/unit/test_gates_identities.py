"""What a call's records know of its people is found in an item, and nothing else is."""

from __future__ import annotations

import pytest
from gate_items import HASHER, item_of, keyed_by
from hypothesis import given
from hypothesis import strategies as st

from corpus.gates.identities import Hasher, Identities
from corpus.gates.saying import Heard

KNOWN = Identities.of(
    HASHER,
    names=["Meera Krishnan", "Will Okonjo"],
    numbers=["+1 415 555 0123"],
    emails=["zedekiah.quill@example.com"],
    said=[
        ("PERSON", ["Bjorkson"]),
        ("ADDRESS", ["12", "Thackerby", "Road"]),
        ("BANK_ACCOUNT", ["40", "71", "82", "93"]),
    ],
)


def left(*texts: str) -> set[str]:
    return KNOWN.left_in(Heard.of(item_of(*texts)), HASHER)


@pytest.mark.parametrize(
    "text",
    [
        "hello Meera how are you",
        "that is krishnan's account",
        "hello Krishnam how are you",
        "she said Bjorksonn",
        "it is K R I S H N A N",
        "write to zedekiah.quill@example.com",
        "and then Will said no",
        "he lives in Thackerby",
    ],
)
def test_a_known_name_is_found(text: str) -> None:
    assert left(text) == {"KNOWN_NAME"}


@pytest.mark.parametrize(
    "text",
    [
        "I will call again",
        "Will you call again",
        "M for Mike",
        "the road is long",
        "[PERSON:Meeta] here",
        "nothing at all",
    ],
)
def test_what_everybody_says_is_nobodys_name(text: str) -> None:
    assert left(text) == set()


def test_a_surrogate_that_is_the_real_name_is_found() -> None:
    assert left("[PERSON:Meera] here") == {"KNOWN_NAME"}


def test_a_surrogate_that_is_only_near_a_real_name_is_none() -> None:
    assert left("[PERSON:Krishnam] here") == set()


@pytest.mark.parametrize(
    "texts",
    [
        ("call 415 555 0123",),
        ("five five five", "yes", "oh one two three"),
        ("[PHONE_NUMBER:000] [PHONE_NUMBER:5550123]",),
        ("the account is forty seventy one eighty two ninety three",),
    ],
)
def test_the_end_of_a_known_number_is_found(texts: tuple[str, ...]) -> None:
    assert "KNOWN_NUMBER" in left(*texts)


def test_another_number_is_not() -> None:
    assert left("call 415 555 0199") == set()


def test_of_a_number_of_five_digits_nothing_is_looked_for() -> None:
    known = Identities.of(HASHER, numbers=["12345"])
    assert known.left_in(Heard.of(item_of("1 2 3 4 5")), HASHER) == set()


def test_stored_identities_are_read_back() -> None:
    assert Identities.from_bytes(KNOWN.to_bytes()) == KNOWN


def test_cut_identities_are_refused() -> None:
    with pytest.raises(ValueError, match="cut"):
        Identities.from_bytes(KNOWN.to_bytes()[:-1])


def test_no_name_stands_in_what_is_stored() -> None:
    stored = KNOWN.to_bytes().lower()
    assert not any(name in stored for name in (b"meera", b"krishnan", b"5550123"))


def test_another_releases_key_finds_nothing() -> None:
    other = Hasher(keyed_by(b"another key"))
    assert KNOWN.left_in(Heard.of(item_of("hello Meera")), other) == set()


NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12)


@given(
    NAMES, st.integers(0, 11), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.sampled_from(["drop", "put", "add"])
)
def test_a_name_with_one_wrong_letter_is_near(name: str, at: int, letter: str, how: str) -> None:
    place = at % len(name)
    wrong = {
        "drop": name[:place] + name[place + 1 :],
        "put": name[:place] + letter + name[place + 1 :],
        "add": name[:place] + letter + name[place:],
    }[how]
    assert not HASHER.near(name).isdisjoint(HASHER.near(wrong))
