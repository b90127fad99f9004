"""Operators: what stands where personal data was, the same for the same item, and a refusal of what is not built."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from talk import talk

from domain.redaction_policy import Operator
from domain.spans import Span
from domain.speech import Transcript
from redaction.errors import UnsupportedOperatorError
from redaction.operators import STANDS_FOR, Hider, applied
from storage.blind_index import BlindIndexer

CALL = talk(
    "this is Meera Krishnan calling",
    "hello Meera what is your number Ms Krishnan",
    "it is four one five five five five zero one three two",
    "so 415-555-0132 and Robert Fox is with you Mira",
    "Meeera says 415 555 0133 instead",
)
PERSONS = [(0, 2, 4), (1, 1, 2), (1, 7, 8), (3, 3, 5), (4, 0, 1)]
NUMBERS = [(2, 2, 12), (3, 1, 2), (4, 2, 5)]


def spans(operator: str) -> list[Span]:
    marked = [(*place, "PERSON") for place in PERSONS] + [(*place, "PHONE_NUMBER") for place in NUMBERS]
    return [Span(segment, first, end, kind, 0.9, "test", operator) for segment, first, end, kind in sorted(marked)]


def hider(key: bytes = b"k" * 32, call: str = "call_1") -> Hider:
    return Hider(BlindIndexer(key).token, call)


def told(operator: str, transcript: Transcript = CALL, found: Sequence[Span] | None = None, **who: object) -> list[str]:
    return hider(**who).texts(transcript, spans(operator) if found is None else found)  # type: ignore[arg-type]


def test_constants_tell_nothing_of_a_value_not_even_its_length() -> None:
    assert set(told("redact")) == {"[REDACTED]"}
    assert set(told("mask")) == {"*****"}
    assert set(told("replace")) == {"[PERSON]", "[PHONE_NUMBER]"}


def test_a_person_has_one_token_in_full_by_one_name_and_misspelt() -> None:
    names = [text for text in told("token") if "PERSON" in text]
    assert names == ["[PERSON_1]", "[PERSON_1]", "[PERSON_1]", "[PERSON_2]", "[PERSON_1]"]


def test_a_number_has_one_token_however_it_is_said() -> None:
    numbers = [text for text in told("token") if "PHONE" in text]
    assert numbers == ["[PHONE_NUMBER_1]", "[PHONE_NUMBER_1]", "[PHONE_NUMBER_2]"]


def test_two_people_of_one_surname_stay_two() -> None:
    call = talk("Anna Novak and Peter Novak are here", "is Anna there or Peter", "Novak please")
    places = [(0, 0, 2), (0, 3, 5), (1, 1, 2), (1, 4, 5), (2, 0, 1)]
    found = [Span(*place, "PERSON", 0.9, "test", "token") for place in places]
    assert told("token", call, found) == ["[PERSON_1]", "[PERSON_2]", "[PERSON_1]", "[PERSON_2]", "[PERSON_2]"]


def test_pieces_of_one_item_share_its_token() -> None:
    call = talk("my card is 4111 1111", "yes", "1111 1111", "that is 4111 1111 1111 1111 again")
    places = [(0, 3, 5, 1), (2, 0, 2, 1), (3, 2, 6, 0)]
    found = [
        Span(segment, first, end, "CREDIT_CARD", 0.9, "test", "token", group) for segment, first, end, group in places
    ]
    assert set(told("token", call, found)) == {"[CREDIT_CARD_1]"}


def test_a_hash_depends_on_the_key_and_the_item_and_not_on_the_call() -> None:
    here, there, elsewhere = told("hash"), told("hash", call="call_2"), told("hash", key=b"x" * 32)
    assert here == there
    assert not set(here) & set(elsewhere)
    assert here[0] == here[1]
    assert len(set(here)) == 4, "two people, two numbers"
    assert all(STANDS_FOR.fullmatch(text) for text in here)


def test_a_kept_item_is_its_words_and_stays_in_the_transcript() -> None:
    assert told("keep")[0] == "Meera Krishnan"
    assert applied(CALL, spans("keep"), hider()) == CALL


@pytest.mark.parametrize("operator", sorted(set(Operator) - {Operator.KEEP}))
def test_no_operator_leaves_a_word_of_what_it_hides(operator: str) -> None:
    redacted = applied(CALL, spans(operator), hider())
    left = redacted.text.lower().replace("-", "")
    for word in ("meera", "krishnan", "meeera", "4155550132", "0133", "four one five", "robert"):
        assert word not in left, operator
    for before, after in zip(CALL.segments, redacted.segments, strict=True):
        assert (before.start, before.end, before.channel) == (after.start, after.end, after.channel)
    marked = [word for _, _, word in redacted.words() if word.entity_type]
    assert len(marked) == len(PERSONS) + len(NUMBERS)


@pytest.mark.parametrize("name", ["encrypt", "", "Replace", "keep "])
def test_an_operator_that_is_not_built_is_refused_and_nothing_is_told(name: str) -> None:
    with pytest.raises(UnsupportedOperatorError) as refused:
        applied(CALL, spans(name), hider())
    assert "Meera" not in str(refused.value)
