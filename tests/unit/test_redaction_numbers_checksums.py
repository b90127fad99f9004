"""Checksums: the examples that their owners publish hold, one wrong digit does not, and nothing makes them raise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import checksums

PUBLISHED: tuple[tuple[Callable[[str], bool], str], ...] = (
    (checksums.luhn, "4111111111111111"),
    (checksums.luhn, "490154203237518"),
    (checksums.aadhaar, "234123412346"),
    (checksums.iban, "GB82WEST12345698765432"),
    (checksums.iban, "DE89370400440532013000"),
    (checksums.nhs, "9434765919"),
    (checksums.routing, "121000358"),
    (checksums.dni, "12345678Z"),
    (checksums.dni, "X1234567L"),
    (checksums.bsn, "111222333"),
    (checksums.pesel, "44051401359"),
    (checksums.pps, "1234567T"),
    (checksums.pps, "1234567FA"),
    (checksums.nir, "269054958815780"),
    (checksums.steuer_id, "86095742719"),
    (checksums.codice_fiscale, "RSSMRA85T10A562S"),
    (checksums.belgian, "85073003328"),
    (checksums.nif, "501442600"),
    (checksums.personnummer, "8112189876"),
    (checksums.gstin, "27AAPFU0939F1ZV"),
)
NAMES = [f"{check.__name__} {code}" for check, code in PUBLISHED]


@pytest.mark.parametrize(("check", "code"), PUBLISHED, ids=NAMES)
def test_a_published_example_holds(check: Callable[[str], bool], code: str) -> None:
    assert check(code)


@pytest.mark.parametrize(("check", "code"), PUBLISHED, ids=NAMES)
def test_a_wrong_last_place_does_not_hold(check: Callable[[str], bool], code: str) -> None:
    signs = "0123456789" if code[-1].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = [code[:-1] + sign for sign in signs if sign != code[-1]]
    assert sum(check(one) for one in wrong) <= (2 if check is checksums.gstin else 0)


@given(st.text("0123456789ABCZ", max_size=24), st.sampled_from([check for check, _ in PUBLISHED[2:]]))
def test_any_code_gets_an_answer(code: str, check: Callable[[str], bool]) -> None:
    assert check(code) in {True, False}


@given(st.text("0123456789", min_size=1, max_size=19))
def test_each_number_has_exactly_one_luhn_digit(digits: str) -> None:
    assert sum(checksums.luhn(digits + sign) for sign in "0123456789") == 1


@given(st.text("0123456789", min_size=10, max_size=10), st.sampled_from("23456789"))
def test_each_aadhaar_has_exactly_one_check_digit(digits: str, first: str) -> None:
    assert sum(checksums.aadhaar(first + digits + sign) for sign in "0123456789") == 1
