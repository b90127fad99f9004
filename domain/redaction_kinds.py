"""The kinds of personal data that are looked for, in groups. A kind is what a span calls itself."""

from __future__ import annotations

from typing import Final

_GROUPS: Final = {
    "person": "PERSON",
    "contact": "PHONE_NUMBER EMAIL_ADDRESS URL SOCIAL_HANDLE ADDRESS",
    "birth": "DATE_OF_BIRTH AGE",
    "payment": (
        "CREDIT_CARD CARD_CVV CARD_EXPIRY BANK_ACCOUNT IFSC SORT_CODE ROUTING_NUMBER SWIFT_CODE IBAN IBAN_CODE UPI_ID "
        "CRYPTO"
    ),
    "credential": "PASSWORD PIN OTP",
    "account": "USERNAME",
    "identity": (
        "PAN AADHAAR VOTER_ID PASSPORT DRIVING_LICENCE VEHICLE_PLATE SSN NHS_NUMBER NINO NATIONAL_ID TAX_ID MEDICAL_ID"
    ),
    "device": "IP_ADDRESS MAC_ADDRESS DEVICE_ID",
    "reference": ("CUSTOMER_ID EMPLOYEE_ID POLICY_NUMBER BOOKING_REFERENCE ORDER_NUMBER REFERENCE_NUMBER"),
    "place": "LOCATION",
    "organisation": "ORGANIZATION",
    "special": "SPECIAL_CATEGORY",
    "unexplained": "NUMBER_SEQUENCE",
}
KINDS: Final = {kind: group for group, kinds in _GROUPS.items() for kind in kinds.split()}
"""Kind → group."""
ALWAYS_HIDDEN: Final = frozenset(
    kind for kind, group in KINDS.items() if group in {"payment", "credential", "unexplained"}
)
"""No policy opens these. Digits that nobody explained are among them: they may be a card's."""
REFERENCES: Final = frozenset(kind for kind, group in KINDS.items() if group == "reference")
"""What `keep_references` leaves readable."""
