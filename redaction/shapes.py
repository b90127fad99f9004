"""Shapes: codes that say by themselves what they are, with a checksum where one exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from domain import checksums
from domain.checksums import luhn
from redaction.spoken import Run

CARD_DIGITS = range(13, 20)
UNUSUAL_CARD_DIGITS = (17, 18)
"""So many digits no card has today: a number of an order may fit the checksum by chance."""
PHONE_DIGITS = range(10, 16)


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind recognised by form; `weak` gives way to what a cue announced."""

    kind: str
    score: float
    reason: str
    weak: bool = False


_PATTERNS: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (re.compile(r"^[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]$"), Shape("PAN", 0.9, "the shape of a PAN")),
    (re.compile(r"^[A-Z]{5}\d{4}[A-Z]$"), Shape("PAN", 0.85, "the shape of a PAN", weak=True)),
    (re.compile(r"^[A-Z]{4}0[A-Z0-9]{6}$"), Shape("IFSC", 0.9, "the shape of an IFSC")),
    (re.compile(r"^[A-Z]{2}\d{6}[A-D]$"), Shape("NINO", 0.9, "the shape of a NINO")),
    (re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$"), Shape("ADDRESS", 0.85, "the shape of a postcode", weak=True)),
    (
        re.compile(r"^\d\d[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]$"),
        Shape("TAX_ID", 0.9, "the shape of a GSTIN"),
    ),
    (
        re.compile(r"^[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]$"),
        Shape("NATIONAL_ID", 0.9, "the shape of a codice fiscale"),
    ),
    (re.compile(r"^[A-Z]{2}\d{1,2}[A-Z]{1,3}\d{4}$"), Shape("VEHICLE_PLATE", 0.8, "the shape of a plate", weak=True)),
    (re.compile(r"^[A-Z]{2}\d\d[A-Z]{3}$"), Shape("VEHICLE_PLATE", 0.75, "the shape of a plate", weak=True)),
    (re.compile(r"^[A-Z]{3}\d{7}$"), Shape("VOTER_ID", 0.7, "the shape of an EPIC number", weak=True)),
    (
        re.compile(r"^(?=(?:.*\d){3})(?=(?:.*[A-F]){1})[0-9A-F]{12}$"),
        Shape("MAC_ADDRESS", 0.92, "twelve hexadecimal places", weak=True),
    ),
    (re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$"), Shape("IBAN", 0.85, "the shape of an IBAN", weak=True)),
)
_CHECKED: tuple[tuple[Callable[[str], bool], Shape], ...] = (
    (checksums.iban, Shape("IBAN", 0.97, "an IBAN by its checksum")),
    (checksums.gstin, Shape("TAX_ID", 0.97, "a GSTIN by its checksum")),
    (checksums.codice_fiscale, Shape("NATIONAL_ID", 0.97, "a codice fiscale by its checksum")),
    (checksums.dni, Shape("NATIONAL_ID", 0.93, "a Spanish DNI or NIE by its letter")),
    (checksums.pps, Shape("NATIONAL_ID", 0.9, "an Irish PPS number by its letter")),
    (checksums.nir, Shape("NATIONAL_ID", 0.95, "a French NIR by its key")),
    (checksums.aadhaar, Shape("AADHAAR", 0.9, "an Aadhaar by its check digit", weak=True)),
    (checksums.pesel, Shape("NATIONAL_ID", 0.8, "a PESEL by its check digit", weak=True)),
    (checksums.steuer_id, Shape("NATIONAL_ID", 0.8, "a Steuer-ID by its check digit", weak=True)),
    (checksums.belgian, Shape("NATIONAL_ID", 0.8, "a Belgian number by its key", weak=True)),
    (checksums.personnummer, Shape("NATIONAL_ID", 0.75, "a Swedish number by its check digit", weak=True)),
    (checksums.nhs, Shape("NHS_NUMBER", 0.75, "an NHS number by its check digit", weak=True)),
    (checksums.routing, Shape("ROUTING_NUMBER", 0.7, "a routing number by its check digit", weak=True)),
    (checksums.bsn, Shape("NATIONAL_ID", 0.7, "a BSN by its check", weak=True)),
    (checksums.nif, Shape("NATIONAL_ID", 0.7, "a Portuguese NIF by its check digit", weak=True)),
)


def shape_of(run: Run) -> Shape | None:
    """Return what the run's code is by its form alone, or None."""
    code = run.code
    if code.isdigit():
        return _of_digits(code)
    checked = next((shape for holds, shape in _CHECKED if holds(code)), None)
    return checked or next((shape for pattern, shape in _PATTERNS if pattern.match(code)), None)


def _of_digits(code: str) -> Shape | None:
    if len(code) in CARD_DIGITS and luhn(code):
        weak = len(code) == 15 and not code.startswith(("34", "37"))  # noqa: PLR2004 - IMEI and American Express
        if weak:
            return Shape("DEVICE_ID", 0.85, "fifteen digits with a check digit", weak=True)
        return Shape("CREDIT_CARD", 0.95, "a card number by its checksum", weak=len(code) in UNUSUAL_CARD_DIGITS)
    phone = Shape("PHONE_NUMBER", 0.8, "as many digits as a phone number", weak=True)
    if len(code) == 10 and code[0] in "6789":  # noqa: PLR2004 - an Indian mobile number
        return phone
    checked = next((shape for holds, shape in _CHECKED if holds(code)), None)
    return checked or (phone if len(code) in PHONE_DIGITS else None)
