"""Decimals in MongoDB: exact, and summed there exactly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128, create_decimal128_context


def exact(amount: Decimal) -> Any:
    """Return a decimal as MongoDB keeps and sums it: exact up to 34 digits, rounded beyond."""
    return Decimal128(create_decimal128_context().create_decimal(amount))


def decimal_of(stored: Any) -> Decimal:
    """Return the decimal that `exact` made, or that a sum of such is (0 when there were none)."""
    return stored.to_decimal() if isinstance(stored, Decimal128) else Decimal(stored)
