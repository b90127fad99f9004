"""What looks like personal data is left in no item; what surrogates look like alarms nobody unless it is somebody's."""

from __future__ import annotations

import pytest
from gate_items import HASHER, NOBODY, item_of

from corpus.gates.checks import is_card, is_dialled, is_iban, is_verhoeff
from corpus.gates.residual import residual_of


def residual(*texts: str) -> tuple[str, ...]:
    return residual_of(item_of(*texts), NOBODY, HASHER)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my number is five five five oh one two three", "NUMBER_SEQUENCE"),
        ("card 4000 0000 0000 0002", "CREDIT_CARD"),
        ("write to somebody@example.com", "EMAIL_ADDRESS"),
        ("somebody dot else at example dot com", "EMAIL_ADDRESS"),
        ("my name is spelled M E E R A", "SPELLED"),
        ("pan ABCDE1234F please", "CODE"),
        ("plate MH12AB1234", "CODE"),
        ("it is 192.0.2.17", "IP_ADDRESS"),
        ("GB82 WEST 1234 5698 7654 32", "IBAN"),
    ],
)
def test_what_looks_like_personal_data_is_found(text: str, kind: str) -> None:
    assert kind in residual(text)


@pytest.mark.parametrize(
    "text",
    [
        "the bill is $1,234.56 for 2026",
        "it costs two thousand five hundred and sixty three",
        "call back at 10:30 on the 12th",
        "does it work with the WH-1000XM5",
        "I am at home and it is okay",
        "we were at dinner dot dot dot",
        "that was twenty twenty six",
    ],
)
def test_harmless_talk_is_clean(text: str) -> None:
    assert residual(text) == ()


def test_a_number_in_pieces_with_the_other_side_between_is_found() -> None:
    assert residual("it is 555", "okay", "01", "right", "23") == ("NUMBER_SEQUENCE",)


def test_a_surrogate_that_could_be_nobodys_is_clean() -> None:
    assert residual("call [PHONE_NUMBER:000] [PHONE_NUMBER:000] [PHONE_NUMBER:0431]") == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call [PHONE_NUMBER:(202)] [PHONE_NUMBER:555-0123]", "SURROGATE_PHONE_NUMBER"),
        ("card [CREDIT_CARD:4000] [CREDIT_CARD:0000] [CREDIT_CARD:0000] [CREDIT_CARD:0002]", "SURROGATE_CREDIT_CARD"),
        ("id [AADHAAR:2341] [AADHAAR:2341] [AADHAAR:2346]", "SURROGATE_AADHAAR"),
    ],
)
def test_a_surrogate_that_could_be_somebodys_is_found(text: str, kind: str) -> None:
    assert kind in residual(text)


def test_a_number_right_beside_a_surrogate_is_found() -> None:
    assert residual("[PHONE_NUMBER:000] 5550123") == ("NUMBER_SEQUENCE",)


def test_check_digits_are_those_of_the_standards() -> None:
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB83WEST12345698765432")
    assert is_verhoeff("2363")
    assert not is_verhoeff("2364")


@pytest.mark.parametrize(
    ("digits", "somebodys"), [("2025550123", True), ("0000000431", False), ("447700900123", False)]
)
def test_a_number_of_a_numbering_plan_could_be_somebodys(digits: str, somebodys: bool) -> None:
    assert is_dialled(digits) is somebodys
