"""What the answer to a cue looks like, by kind: how long it is, and whether letters belong to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Form:
    """`least` places make an answer whole, it has `most` at most, and may hold `letters`."""

    least: int
    most: int
    letters: bool = False


_DIGITS = {
    "PHONE_NUMBER": (7, 16), "CREDIT_CARD": (13, 19), "CARD_CVV": (3, 4), "CARD_EXPIRY": (3, 8), "PIN": (4, 8),
    "BANK_ACCOUNT": (6, 20), "SORT_CODE": (6, 6), "ROUTING_NUMBER": (9, 9), "SSN": (9, 9), "NHS_NUMBER": (10, 10),
    "AADHAAR": (12, 16), "DATE_OF_BIRTH": (3, 10), "AGE": (1, 3), "NUMBER_SEQUENCE": (3, 24),
}  # fmt: skip
_CODES = {
    "OTP": (4, 10), "IFSC": (11, 11), "SWIFT_CODE": (8, 11), "IBAN": (15, 34), "UPI_ID": (3, 40), "PAN": (10, 10),
    "VOTER_ID": (9, 12),
    "PASSPORT": (7, 12), "DRIVING_LICENCE": (7, 18), "VEHICLE_PLATE": (4, 11), "NINO": (8, 9), "NATIONAL_ID": (8, 18),
    "TAX_ID": (8, 16), "POLICY_NUMBER": (5, 18), "CUSTOMER_ID": (4, 18), "EMPLOYEE_ID": (3, 14),
    "BOOKING_REFERENCE": (5, 14),
    "ORDER_NUMBER": (4, 22), "REFERENCE_NUMBER": (4, 24), "MEDICAL_ID": (4, 16), "DEVICE_ID": (6, 24),
    "IP_ADDRESS": (4, 40), "MAC_ADDRESS": (10, 14), "USERNAME": (3, 40), "PASSWORD": (3, 40), "EMAIL_ADDRESS": (3, 60),
}  # fmt: skip

FORMS: dict[str, Form] = {
    **{kind: Form(least, most) for kind, (least, most) in _DIGITS.items()},
    **{kind: Form(least, most, letters=True) for kind, (least, most) in _CODES.items()},
}
"""Kinds whose answers are made of digits or letters. A cue of another kind announces none."""

CODED = frozenset(kind for kind, form in FORMS.items() if form.letters)
