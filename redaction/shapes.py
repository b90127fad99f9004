"""Shapes: codes that say by themselves what they are, with a checksum where one exists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from redaction.spoken import Run

CARD_DIGITS = range(13, 20)
PHONE_DIGITS = range(10, 16)


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind recognised by form; `weak` gives way to what a cue announced."""

    kind: str
    score: float
    reason: str
    weak: bool = False


_PATTERNS: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (re.compile(r"^[A-Z]{5}\d{4}[A-Z]$"), Shape("PAN", 0.9, "the shape of a PAN")),
    (re.compile(r"^[A-Z]{4}0[A-Z0-9]{6}$"), Shape("BANK_ACCOUNT", 0.9, "the shape of an IFSC")),
    (re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$"), Shape("IBAN", 0.9, "the shape of an IBAN")),
    (re.compile(r"^[A-Z]{2}\d{6}[A-D]$"), Shape("NINO", 0.9, "the shape of a NINO")),
    (re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$"), Shape("ADDRESS", 0.85, "the shape of a postcode", weak=True)),
    (re.compile(r"^[A-Z]{2}\d{1,2}[A-Z]{1,3}\d{4}$"), Shape("VEHICLE_PLATE", 0.8, "the shape of a plate", weak=True)),
)


def luhn(digits: str) -> bool:
    """Say whether the digits pass the Luhn check."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the rule of Luhn
    return total % 10 == 0


def shape_of(run: Run) -> Shape | None:
    """Return what the run's code is by its form alone, or None."""
    code = run.code
    for pattern, shape in _PATTERNS:
        if pattern.match(code):
            return shape
    if not code.isdigit():
        return None
    if len(code) in CARD_DIGITS and luhn(code):
        return Shape("CREDIT_CARD", 0.95, "a card number by its checksum")
    if len(code) in PHONE_DIGITS:
        return Shape("PHONE_NUMBER", 0.8, "as many digits as a phone number", weak=True)
    return None
