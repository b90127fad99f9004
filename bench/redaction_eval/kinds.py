"""Names of kinds made comparable: those of our truth, of the open sets, of our finder and of stock Presidio."""

from __future__ import annotations

SAME: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "PERSON SPELLED_NAME NAME",
        "PHONE_NUMBER PHONE",
        "EMAIL_ADDRESS EMAIL",
        "ADDRESS POSTCODE STREET_ADDRESS US_ZIP LOCATION",
        "DATE_OF_BIRTH DATE_TIME",
        "AGE DATE_TIME",
        "CREDIT_CARD",
        "CARD_CVV CVV",
        "CARD_EXPIRY DATE_TIME",
        "PIN",
        "OTP",
        "BANK_ACCOUNT US_BANK_NUMBER",
        "IFSC SWIFT_CODE BANK_CODE SORT_CODE ROUTING_NUMBER ABA_ROUTING_NUMBER",
        "IBAN IBAN_CODE",
        "UPI_ID IN_UPI",
        "PAN IN_PAN",
        "AADHAAR IN_AADHAAR",
        "VOTER_ID IN_VOTER",
        "PASSPORT US_PASSPORT UK_PASSPORT IN_PASSPORT IT_PASSPORT",
        "DRIVING_LICENCE US_DRIVER_LICENSE IT_DRIVER_LICENSE",
        "VEHICLE_PLATE IN_VEHICLE_REGISTRATION UK_VEHICLE_REGISTRATION",
        "SSN US_SSN",
        "NHS_NUMBER UK_NHS NHS MEDICAL_ID",
        "NINO UK_NINO",
        "NATIONAL_ID ES_NIF ES_NIE PL_PESEL IT_FISCAL_CODE IT_IDENTITY_CARD TAX_ID SSN",
        "TAX_ID US_ITIN IN_GSTIN IT_VAT_CODE NATIONAL_ID",
        "MEDICAL_ID MEDICAL_LICENSE US_MBI",
        "IP_ADDRESS",
        "DEVICE_ID MAC_ADDRESS IMEI SERIAL_NUMBER",
        "PASSWORD CREDENTIAL SECURITY_ANSWER SECRET",
        "USERNAME SOCIAL_HANDLE",
        "URL",
        "EMPLOYEE_ID CUSTOMER_ID POLICY_NUMBER BOOKING_REFERENCE REFERENCE_NUMBER CLAIM_NUMBER ORDER_NUMBER MEMBER_ID",
    )
)
"""Kinds that may stand for one another: a policy would treat them alike, or the talk does not tell them apart."""


def same_kind(found: str, meant: str) -> bool:
    """Say whether a stretch found as one kind may bear an item of the other."""
    return found == meant or any(found in group and meant in group for group in SAME)
