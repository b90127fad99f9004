"""Surrogates: the shape of what they stand for, the same in a call, no checksum, and not the value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talk import talk

from domain import checksums
from domain.spans import Span
from redaction.operators import Hider
from storage.blind_index import BlindIndexer


def surrogate(said: str, kind: str, *, call: str = "call_1", key: bytes = b"k" * 32) -> str:
    transcript = talk(said)
    whole = Span(0, 0, len(transcript.segments[0].words), kind, 0.9, "test", "surrogate")
    (text,) = Hider(BlindIndexer(key).token, call).texts(transcript, [whole])
    return text


def shape(text: str) -> str:
    letters = re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", text))
    return re.sub(r"\d", "9", letters)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("4111 1111 1111 1111", "CREDIT_CARD"),
        ("4111-1111-1111-1111", "CREDIT_CARD"),
        ("(415) 555-2671", "PHONE_NUMBER"),
        ("+91 98450 12345", "PHONE_NUMBER"),
        ("ABCPK1234L", "PAN"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN"),
        ("12/04/1985", "DATE_OF_BIRTH"),
        ("2341 2341 2346", "AADHAAR"),
    ],
)
def test_a_written_code_keeps_its_shape_and_is_another(said: str, kind: str) -> None:
    made = surrogate(said, kind)
    assert shape(made) == shape(said)
    assert made != said


@settings(max_examples=300)
@given(st.from_regex(r"[1-9]\d{15}|[2-9]\d{11}|\d{10}|\d{9}|\d{11}", fullmatch=True))
def test_no_invented_number_passes_a_checksum(digits: str) -> None:
    made = surrogate(digits, "CREDIT_CARD")
    assert len(made) == len(digits)
    assert made != digits
    assert not checksums.passes_any(made)


@settings(max_examples=100)
@given(st.from_regex(r"\d{4} \d{4} \d{4} \d{4} valid until \d\d/\d\d", fullmatch=True))
def test_no_card_number_inside_a_longer_item_passes_the_check(said: str) -> None:
    for row in re.findall(r"\d(?:[ -]?\d){7,}", surrogate(said, "CREDIT_CARD")):
        assert not checksums.luhn(re.sub(r"\D", "", row))


def test_a_number_said_in_words_is_answered_in_words() -> None:
    made = surrogate("four one five five five five zero one three two", "PHONE_NUMBER")
    assert re.fullmatch(r"(?:(?:zero|one|two|three|four|five|six|seven|eight|nine) ?){10}", made)


def test_a_phone_number_is_one_that_is_reserved_for_fiction() -> None:
    assert re.fullmatch(r"\(\d{3}\) 555-01\d\d", surrogate("(415) 867-5309", "PHONE_NUMBER"))


def test_an_address_of_the_net_leads_to_a_name_that_nobody_can_have() -> None:
    assert surrogate("meera.krishnan@gmail.com", "EMAIL_ADDRESS").endswith("@example.com")
    assert surrogate("meera at gmail dot com", "EMAIL_ADDRESS").endswith("at example dot com")


def test_marks_of_the_sentence_are_no_part_of_it() -> None:
    assert surrogate("4111 1111 1111 1111.", "CREDIT_CARD") == surrogate("4111 1111 1111 1111", "CREDIT_CARD")
    assert surrogate('"Meera Krishnan!"', "PERSON").replace(" ", "").isalpha()


def test_no_two_people_of_a_call_have_one_invented_name() -> None:
    names = [
        f"{given} {surname}" for given, surname in zip("ABCDEFGHIJKLMNOPQRST", "QWERTYUIOPASDFGHJKLZ", strict=True)
    ]
    call = talk(*(f"{one[0] * 6}a {one[2] * 6}o" for one in names))
    spans = [Span(at, 0, 2, "PERSON", 0.9, "test", "surrogate") for at in range(len(names))]
    made = Hider(BlindIndexer(b"k" * 32).token, "1").texts(call, spans)
    assert len({one.split()[0] for one in made}) == len({one.split()[1] for one in made}) == len(names)


def test_the_same_item_has_the_same_surrogate_in_a_call_and_another_in_the_next() -> None:
    assert surrogate("4155550132", "PHONE_NUMBER") == surrogate("4155550132", "PHONE_NUMBER")
    made = {surrogate("98450 12345", "BANK_ACCOUNT", call=f"call_{at}") for at in range(20)}
    assert len(made) > 15
    assert surrogate("98450 12345", "BANK_ACCOUNT", key=b"x" * 32) != surrogate("98450 12345", "BANK_ACCOUNT")


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: text.split()),
    st.sampled_from(["PERSON", "ADDRESS", "PASSWORD"]),
)
def test_any_text_gets_a_surrogate(said: str, kind: str) -> None:
    assert surrogate(said, kind) is not None
