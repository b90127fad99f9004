"""The scorer of `make eval-redaction` on calls made by hand."""

from __future__ import annotations

import pytest
from talk import talk

from bench.redaction_eval.kinds import same_kind
from bench.redaction_eval.model import Call, Item, Place
from bench.redaction_eval.score import Found, Tally, tally

LINES = ("What is your number?", "It is 555 0132, extension 7.", "That is 20 dollars.")
NUMBER = Item("PHONE_NUMBER", (Place(1, 6, 9), Place(1, 10, 15)))
PRICE = Item("PRICE", (Place(2, 8, 18),))


def counted(*found: Found, **changes: object) -> Tally:
    given = {"items": (NUMBER,), "harmless": (PRICE,), "country": "US", **changes}
    return tally([Call(talk(*LINES), **given)], [found])  # type: ignore[arg-type]


def test_an_item_that_is_wholly_hidden_has_not_leaked() -> None:
    counts = counted(Found(Place(1, 6, 15), "PHONE_NUMBER"))
    assert (counts.leak_rate, counts.readable_rate, counts.precision, counts.f2) == (0.0, 0.0, 1.0, 1.0)
    assert counts.named["PHONE_NUMBER"] == 1


def test_one_readable_digit_is_a_leak_of_the_item_and_of_that_character() -> None:
    counts = counted(Found(Place(1, 7, 15), "PHONE_NUMBER"))
    assert (counts.leak_rate, counts.readable, counts.characters) == (1.0, 1, 7)
    assert counts.country_leaks["US"] == counts.countries["US"] == 1


def test_punctuation_that_stays_readable_is_no_leak() -> None:
    assert counted(Found(Place(1, 6, 14), "PHONE_NUMBER")).leak_rate == 0.0


def test_harmless_words_that_are_hidden_cost_precision_and_are_told_by_kind() -> None:
    counts = counted(Found(Place(1, 6, 15), "PHONE_NUMBER"), Found(Place(2, 8, 10), "AGE"))
    assert counts.precision == pytest.approx(7 / 9)
    assert counts.span_precision == pytest.approx(1 / 2)
    assert (counts.harmless_hidden["PRICE"], counts.harmless["PRICE"]) == (1, 1)
    assert counts.wrong_kinds == {"AGE": 1}


def test_a_stretch_that_reaches_over_harmless_words_is_right_as_a_stretch_and_charged_for_the_characters() -> None:
    counts = counted(Found(Place(1, 0, 15), "PHONE_NUMBER"))
    assert (counts.span_precision, counts.hidden_wrong) == (1.0, 4)


def test_what_is_free_is_neither_required_nor_charged() -> None:
    free = (Place(1, 16, 28),)
    assert counted(Found(Place(1, 6, 28), "PHONE_NUMBER"), free=free).precision == 1.0
    assert counted(Found(Place(1, 6, 15), "PHONE_NUMBER"), free=free).leak_rate == 0.0
    assert counted(Found(Place(1, 16, 28), "X"), free=free).spans == 0


def test_what_is_not_charged_still_hides_an_item() -> None:
    counts = counted(
        Found(Place(1, 6, 15), "DATE_TIME", charged=False), Found(Place(2, 8, 18), "DATE_TIME", charged=False)
    )
    assert (counts.leak_rate, counts.precision, counts.harmless_hidden["PRICE"]) == (0.0, 1.0, 0)


def test_a_flag_hides_nothing_and_is_counted_where_it_stands() -> None:
    health = Item("HEALTH", (Place(0, 0, 4),))
    flag = Found(Place(0, 0, 4), "HEALTH", hides=False)
    counts = counted(flag, flags=(health,))
    assert (counts.flagged["HEALTH"], counts.flags["HEALTH"], counts.hidden) == (1, 1, 0)
    assert counted(Found(Place(1, 6, 15), "PHONE_NUMBER", hides=False)).leak_rate == 1.0


def test_an_item_over_two_turns_leaks_when_one_half_stays_readable() -> None:
    item = Item("PHONE_NUMBER", (Place(1, 6, 9), Place(2, 8, 10)))
    assert counted(Found(Place(1, 6, 9), "PHONE_NUMBER"), items=(item,), harmless=()).leak_rate == 1.0


def test_a_stretch_may_end_beyond_the_text() -> None:
    assert counted(Found(Place(1, 6, 99), "PHONE_NUMBER")).leak_rate == 0.0


def test_without_any_item_the_share_hidden_for_nothing_is_what_counts() -> None:
    counts = counted(Found(Place(2, 8, 10), "AGE"), items=())
    letters = sum(character.isalnum() for line in LINES for character in line)
    assert counts.leak_rate == 0.0
    assert counts.over_redaction == pytest.approx(2 / letters)


@pytest.mark.parametrize(
    ("found", "meant", "same"),
    [
        ("US_SSN", "SSN", True),
        ("REFERENCE_NUMBER", "POLICY_NUMBER", True),
        ("PHONE_NUMBER", "CREDIT_CARD", False),
        ("BRAND_NEW", "BRAND_NEW", True),
        ("DATE_TIME", "PERSON", False),
    ],
)
def test_kinds_that_a_policy_would_treat_alike_are_one(found: str, meant: str, same: bool) -> None:
    assert same_kind(found, meant) is same
