"""What of a number is routing and identifies nobody: its kind, its country, whether it was shown."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from ingest.formats.record import PartyNumber, Presentation
from storage.encoded import nested


@lru_cache(maxsize=65_536)
def routing(party: PartyNumber) -> Any:
    """Return what of a party is routing and no identifier: its kind, its country, whether it was shown.

    The document is shared and encoded: it can be read like a dictionary, and is not to be changed.
    """
    shown = None if party.presentation is Presentation.ALLOWED else party.presentation.value
    code, region = _country(party.e164) if party.e164 else (None, None)
    return _routing(party.kind.value, code, region, shown)


@lru_cache(maxsize=4_096)
def _routing(kind: str, code: int | None, region: str | None, shown: str | None) -> Any:
    said = {"code": code, "region": region, "presentation": shown}
    return nested({"kind": kind} | {name: value for name, value in said.items() if value is not None})


def _country(e164: str) -> tuple[int | None, str | None]:
    """Return calling code and region. Several regions share some codes; then the number's first digits decide."""
    digits = e164.removeprefix("+")
    for length in (1, 2, 3):
        code = int(digits[:length]) if digits[:length].isdecimal() else 0
        regions = COUNTRY_CODE_TO_REGION_CODE.get(code)
        if regions is not None:
            national = digits[length:]
            region = regions[0] if len(regions) == 1 else _shared_region(national[:6], len(national), code)
            return code, region if region.isalpha() else None
    return None, None


@lru_cache(maxsize=65_536)
def _shared_region(prefix: str, length: int, code: int) -> str:
    """Return the region of numbers that begin so and are so long: no numbering plan looks further than six digits."""
    number = phonenumbers.PhoneNumber(country_code=code, national_number=int(prefix.ljust(length, "0")))
    return str(phonenumbers.region_code_for_number(number) or COUNTRY_CODE_TO_REGION_CODE[code][0])
