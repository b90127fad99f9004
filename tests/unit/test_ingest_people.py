"""Somebody is the same somebody in any notation; nobody is refused, and a national number is never guessed at."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from ingest.people import notations, region_of_zone

INDIAN = ["+919876543210", "919876543210", "00919876543210", "9876543210", "09876543210"]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+91 98765 43210", None),
        ("+91-98765-43210", "DE"),
        ("0091 98765 43210", "IN"),
        ("09876543210", "IN"),
        ("98765 43210", "IN"),
        ("919876543210", "IN"),
        ("tel:+919876543210", None),
    ],
)
def test_a_number_is_looked_for_in_every_common_notation_however_it_was_given(text: str, region: str | None) -> None:
    assert notations(text, region) == INDIAN


def test_a_number_of_a_country_without_a_trunk_prefix_has_none() -> None:
    assert notations("+45 32 12 34 56", None) == ["+4532123456", "4532123456", "004532123456", "32123456"]


def test_an_address_is_looked_for_in_small_letters_as_given_and_as_a_sip_address() -> None:
    assert notations(" Anna@Example.com", None) == [
        *("anna@example.com", "Anna@Example.com"),
        *("sip:anna@example.com", "sip:Anna@Example.com"),
    ]


def test_an_extension_and_a_sip_address_are_somebody() -> None:
    assert notations("4711", None) == ["4711"]
    assert notations("sip:anna@pbx.example", None) == ["sip:anna@pbx.example"]


@pytest.mark.parametrize("text", ["anonymous", "112", "*43", "", "two words", "a@b@c", "-1", "sip:911@switch"])
def test_nobody_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="nobody"):
        notations(text, "IN")


def test_a_national_number_without_a_country_is_refused_and_not_repeated() -> None:
    with pytest.raises(Invalid, match="country code") as refused:
        notations("09876543210", None)
    assert "98765" not in refused.value.message


def test_a_zone_tells_its_country_and_utc_tells_none() -> None:
    assert [region_of_zone(zone) for zone in ("Asia/Kolkata", "Europe/Berlin", "UTC", "Nowhere")] == [
        *("IN", "DE"),
        *(None, None),
    ]
