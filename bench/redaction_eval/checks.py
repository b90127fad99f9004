"""Check digits of the numbers that calls hold, so that valid ones can be made. Sources are named at each rule."""

from __future__ import annotations

_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_P = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
"""The letter of a Spanish DNI by its number modulo 23 (Real Decreto 1553/2005, article 11)."""


def luhn(digits: str) -> str:
    """Return digits with their Luhn check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, one in enumerate(reversed(digits)):
        doubled = int(one) * (2 if at % 2 == 0 else 1)
        total += doubled - 9 * (doubled > 9)
    return digits + str(-total % 10)


def verhoeff(digits: str) -> str:
    """Return digits with their Verhoeff check digit (Aadhaar; J. Verhoeff, 1969)."""
    check = 0
    for at, one in enumerate(reversed(digits), 1):
        check = int(_D[check][int(_P[at % 8][int(one)])])
    return digits + str(_D[check].index("0"))


def nhs(digits: str) -> str:
    """Return nine digits with the check digit of an NHS number; a rest of 10 is none and becomes 0."""
    total = sum(int(one) * (10 - at) for at, one in enumerate(digits))
    check = (11 - total % 11) % 11
    return digits + str(check % 10)


def iban(country: str, account: str) -> str:
    """Return the IBAN of a domestic account (ISO 13616: the rest of a division by 97)."""
    moved = "".join(str(int(one, 36)) for one in f"{account}{country}00")
    return f"{country}{98 - int(moved) % 97:02}{account}"


def dni(digits: str) -> str:
    """Return eight digits with the letter of a Spanish DNI."""
    return digits + DNI_LETTERS[int(digits) % 23]
