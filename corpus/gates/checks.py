"""Check digits and numbering plans: what makes a number pass for somebody's."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import phonenumbers

_IBAN_SIZES: Final = range(15, 35)
_REGIONS: Final = ("US", "GB", "IN")
_PHONE_SIZES: Final = range(7, 16)
_DIHEDRAL: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043",
    "8765932104", "9876543210",
)  # fmt: skip
_PERMUTED: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_card(digits: str) -> bool:
    """Say whether the digits pass Luhn's check (ISO/IEC 7812-1)."""
    doubled = [int(char) * 2 if place % 2 else int(char) for place, char in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_iban(told: str) -> bool:
    """Say whether it passes the check of an IBAN (ISO 13616: the remainder by 97 is 1)."""
    if len(told) not in _IBAN_SIZES or not told.isascii() or not told.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in told[4:] + told[:4])) % 97 == 1


def is_verhoeff(digits: str) -> bool:
    """Say whether the digits pass Verhoeff's check, as an Aadhaar number does."""
    check = "0"
    for place, char in enumerate(reversed(digits)):
        check = _DIHEDRAL[int(check)][int(_PERMUTED[place % 8][int(char)])]
    return check == "0"


@lru_cache(maxsize=10_000)
def is_dialled(digits: str) -> bool:
    """Say whether somebody could have the number: in one of our countries, or with its country's code before it."""
    if len(digits) not in _PHONE_SIZES:
        return False
    tries = [(f"+{digits}", None), *((digits, region) for region in _REGIONS)]
    return any(_is_valid(number, region) for number, region in tries)


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
