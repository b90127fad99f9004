"""What whoever takes rows in asks the keyring for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MonthKeys:
    """What is needed to take rows in.

    Attributes:
        keys: by month (`2026-11`); those that are destroyed are not among them.
        rows_erased: whether the workspace may have tombstones of rows.
    """

    keys: Mapping[str, bytes]
    rows_erased: bool
