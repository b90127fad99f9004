"""Checksums of numbers that people are known by. They raise confidence; nothing needs one to be hidden.

Each function takes the canonical code (digits and capital letters, nothing else) and says whether it holds. None of
them raises: a code of another length or form is simply not one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

_VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_PPS = "WABCDEFGHIJKLMNOPQRSTUV"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ODD_CF = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def luhn(digits: str) -> bool:
    """Payment cards, IMEI, Swedish personnummer (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the rule of Luhn
    return total % 10 == 0


def aadhaar(code: str) -> bool:
    """Twelve digits, not beginning with 0 or 1, with Verhoeff's check digit (UIDAI, numbering scheme)."""
    if not re.fullmatch(r"[2-9]\d{11}", code):
        return False
    check = 0
    for place, char in enumerate(reversed(code)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][int(char)])])
    return check == 0


def iban(code: str) -> bool:
    """Country, two check digits and an account, remainder 1 by 97 (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", code):
        return False
    return int("".join(str(_BASE36.index(char)) for char in code[4:] + code[:4])) % 97 == 1


def nhs(code: str) -> bool:
    """Ten digits weighted 10 to 2, remainder by 11 (NHS Data Dictionary, NHS NUMBER)."""
    return _fits(code, 10) and _eleven(code[:9], range(10, 1, -1)) == int(code[9])


def routing(code: str) -> bool:
    """Nine digits weighted 3, 7, 1 (American Bankers Association), of a district that exists."""
    if not _fits(code, 9) or not re.match(r"0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80", code):
        return False
    return _weighted(code, (3, 7, 1) * 3) % 10 == 0


def dni(code: str) -> bool:
    """Spanish DNI or NIE: the letter is the remainder by 23 (Real Decreto 1553/2005)."""
    if not re.fullmatch(r"[XYZ]?\d{7,8}[A-Z]", code) or len(code) != 9:  # noqa: PLR2004 - eight places and the letter
        return False
    number = code[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI[int(number) % 23] == code[-1]


def bsn(code: str) -> bool:
    """Dutch BSN: weights 9 to 2 and -1, divisible by 11 (Besluit burgerservicenummer)."""
    return _fits(code, 9) and _weighted(code, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(code) > 0


def pesel(code: str) -> bool:
    """Polish PESEL: weights 1, 3, 7, 9 (Ustawa o ewidencji ludności)."""
    return _fits(code, 11) and _weighted(code, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def pps(code: str) -> bool:
    """Irish PPS number: seven digits and a check letter by 23, a second letter weighing 9 (DSP, Ireland)."""
    if not re.fullmatch(r"\d{7}[A-W][A-IW]?", code):
        return False
    second = (_BASE36.index(code[8]) - 9) % 23 if len(code) == 9 and code[8] != "W" else 0  # noqa: PLR2004
    return _PPS[(_weighted(code[:7], range(8, 1, -1)) + 9 * second) % 23] == code[7]


def nir(code: str) -> bool:
    """French NIR: thirteen places and a key to 97 (INSEE); Corsica's 2A and 2B count as 19 and 18."""
    plain = code[:5] + code[5:7].replace("2A", "19").replace("2B", "18") + code[7:]
    return bool(re.fullmatch(r"[12378]\d{14}", plain)) and 97 - int(plain[:13]) % 97 == int(plain[13:])


def steuer_id(code: str) -> bool:
    """German Steuer-ID: eleven digits, ISO 7064 mod 11,10 (Bundeszentralamt für Steuern)."""
    if not _fits(code, 11) or code[0] == "0":
        return False
    product = 10
    for char in code[:10]:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(code[10])


def codice_fiscale(code: str) -> bool:
    """Italian codice fiscale: the last letter checks the fifteen before it (Decreto 23 dicembre 1976)."""
    if not re.fullmatch(r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]", code):
        return False
    values = [int(char) if char.isdigit() else ord(char) - ord("A") for char in code]
    total = sum(_ODD_CF[value] if place % 2 == 0 else value for place, value in enumerate(values[:15]))
    return total % 26 == values[15]


def belgian(code: str) -> bool:
    """Belgian rijksregisternummer: nine places and a key by 97, with a 2 in front for those born after 1999."""
    if not _fits(code, 11):
        return False
    return any(97 - int(lead + code[:9]) % 97 == int(code[9:]) for lead in ("", "2"))


def nif(code: str) -> bool:
    """Portuguese NIF: weights 9 to 2, remainder by 11 (Decreto-Lei 14/2013)."""
    if not re.fullmatch(r"[12356789]\d{8}", code):
        return False
    rest = 11 - _weighted(code[:8], range(9, 1, -1)) % 11
    return (0 if rest >= 10 else rest) == int(code[8])  # noqa: PLR2004 - the rule of the NIF


def personnummer(code: str) -> bool:
    """Swedish personnummer: a date of birth and four digits, the last by Luhn (Skatteverket SKV 704)."""
    short = code[2:] if len(code) == 12 else code  # noqa: PLR2004 - written with its century
    return bool(re.fullmatch(r"\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{4}", short)) and luhn(short)


def gstin(code: str) -> bool:
    """Indian GSTIN: state, PAN, entity, Z and a check character by 36 (GST Council)."""
    if not re.fullmatch(r"[0-3]\d[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]", code):
        return False
    total = 0
    for place, char in enumerate(code[:14]):
        value = _BASE36.index(char) * (2 if place % 2 else 1)
        total += value // 36 + value % 36
    return _BASE36[-total % 36] == code[14]


def _fits(code: str, length: int) -> bool:
    return len(code) == length and code.isdigit()


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(char) * weight for char, weight in zip(digits, weights, strict=True))


def _eleven(digits: str, weights: Sequence[int]) -> int:
    return (11 - _weighted(digits, weights) % 11) % 11


_ALL: Final[tuple[Callable[[str], bool], ...]] = (
    aadhaar, belgian, bsn, codice_fiscale, dni, gstin, iban, nhs, nif, nir, pesel, pps, routing, steuer_id,
)  # fmt: skip
_LUHN_FROM: Final = 8


def passes_any(code: str) -> bool:
    """Say whether a code passes a checksum: of cards and devices, identity and health numbers, accounts.

    Short codes pass Luhn's by chance all the time: it is asked of eight digits or more.
    """
    return any(check(code) for check in _ALL) or (len(code) >= _LUHN_FROM and code.isdigit() and luhn(code))
