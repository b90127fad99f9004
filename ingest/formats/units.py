"""Amounts of money as tariffs write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from ingest.formats.errors import RowError

_AMOUNT: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def amount(text: str) -> str:
    """Return an amount of money as a plain decimal text. Raises RowError `field`, for a comma or exponent too."""
    plain = text.strip()
    if not _AMOUNT.fullmatch(plain):
        raise RowError("field", "a cost is not written as digits with a decimal point")
    return str(Decimal(plain))
