"""Telephone numbers: one form for a number, as it came for what only looks like one, nothing for a withheld one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.parties import party
from ingest.numbers import shown


def normalise(raw: str | None, region: str | None) -> str | None:
    """A number as the clear copy shows it."""
    return shown(party(raw, region))


@pytest.mark.parametrize(
    ("raw", "region", "expected"),
    [
        ("+1 (415) 555-0132", None, "+14155550132"),
        ("(415) 555-0132", "US", "+14155550132"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("098765 43210", "IN", "+919876543210"),
        ("0044 20 7946 0018", "GB", "+442079460018"),
        ("+44 20 7946 0018", "IN", "+442079460018"),
        ("(415) 555-0132", None, "(415) 555-0132"),
        ("112", "IN", "112"),
        ("911", "US", "911"),
        ("*21*4155550132#", "US", "*21*4155550132#"),
        ("#31#4155550132", "US", "#31#4155550132"),
        ("front desk", "US", "front desk"),
        ("4155550132999999999999", "US", "4155550132999999999999"),
    ],
)
def test_a_number_is_written_in_one_form_and_anything_else_is_left_alone(
    raw: str, region: str | None, expected: str
) -> None:
    assert normalise(raw, region) == expected


@pytest.mark.parametrize(
    "raw", [None, "", "  ", "-1", "-2", "anonymous", "Anonymous", "PRIVATE", "unknown", " withheld "]
)
def test_a_withheld_number_is_nobody(raw: str | None) -> None:
    assert normalise(raw, "US") is None


@given(raw=st.text(max_size=40), region=st.sampled_from([None, "US", "IN", "GB", "XX"]))
def test_any_text_is_taken_and_normalising_twice_changes_nothing(raw: str, region: str | None) -> None:
    once = normalise(raw, region)
    if once is not None and once.startswith("+"):
        assert normalise(once, region) == once
    assert once is None or once == raw.strip() or once.startswith("+")


@pytest.mark.parametrize(("raw", "region"), [("112", None), ("911", "US"), ("*100#", "IN"), ("anonymous", "GB")])
def test_a_code_or_a_withheld_number_is_no_subject(raw: str, region: str | None) -> None:
    assert party(raw, region).subject is None


def test_the_brackets_of_a_national_number_do_not_make_it_a_code() -> None:
    assert party("(415) 555-0132", "US").subject == "+14155550132"
