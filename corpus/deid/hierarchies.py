"""How each told fact is made coarser, step by step, until it says nothing."""

from __future__ import annotations

from dataclasses import astuple, fields
from itertools import product
from typing import Final

from corpus.deid.warp import BANDS
from domain.corpus import ABSENT, QuasiIdentifiers
from domain.jurisdictions import jurisdiction

NAMES: Final = tuple(one.name for one in fields(QuasiIdentifiers))
Facts = tuple[str, ...]
"""A `QuasiIdentifiers` as a tuple, in the order of its fields."""
Levels = tuple[int, ...]
"""How coarse each of the facts is told, in the same order; 0 is as it was found."""
_MONTHS_IN_QUARTER: Final = 3


def _month(value: str, level: int) -> str:
    """`2026-11` → `2026-Q4` → `2026` → nothing."""
    year, _, month = value.partition("-")
    if level == 1 and month.isdigit():
        return f"{year}-Q{(int(month) - 1) // _MONTHS_IN_QUARTER + 1}"
    return {0: value, 1: value, 2: year}.get(level, ABSENT)


def _part_of_week(value: str, level: int) -> str:
    return value if level == 0 else ABSENT


def _part_of_day(value: str, level: int) -> str:
    """`morning` → `day` → nothing."""
    halves = {"morning": "day", "afternoon": "day", "evening": "late", "night": "late"}
    return {0: value, 1: halves.get(value, ABSENT)}.get(level, ABSENT)


def _length(value: str, level: int) -> str:
    """`1-3` → `0-3` → nothing."""
    halves = dict(zip(BANDS, ("0-3", "0-3", "3+", "3+"), strict=True))
    return {0: value, 1: halves.get(value, ABSENT)}.get(level, ABSENT)


def _direction(value: str, level: int) -> str:
    return value if level == 0 else ABSENT


def _place(value: str, level: int) -> str:
    """`DE` → `EU`, a country outside the Union → itself no more, `other` → nothing."""
    if level == 0 or value == ABSENT:
        return value
    if level > 1:
        return ABSENT
    return "EU" if value == "EU" or "EU" in jurisdiction(value).within else "other"


_COARSEN: Final = {
    "month": (_month, 3),
    "part_of_week": (_part_of_week, 1),
    "part_of_day": (_part_of_day, 2),
    "length": (_length, 2),
    "direction": (_direction, 1),
    "place": (_place, 2),
}
"""Fact → its function, and its coarsest level, at which it says nothing."""
COARSEST: Final[Levels] = tuple(_COARSEN[name][1] for name in NAMES)


def facts_tuple(facts: QuasiIdentifiers) -> Facts:
    """Return the facts as a tuple."""
    return tuple(str(one) for one in astuple(facts))


def coarser(facts: Facts, levels: Levels) -> Facts:
    """Return the facts as told at these levels."""
    return tuple(_COARSEN[name][0](fact, level) for name, fact, level in zip(NAMES, facts, levels, strict=True))


def loss(levels: Levels) -> float:
    """Return how much is lost at these levels, 0 to 1: the mean of the shares of their steps that were taken."""
    return sum(level / most for level, most in zip(levels, COARSEST, strict=True)) / len(COARSEST)


def every_way() -> list[Levels]:
    """Return all combinations of levels, those that lose least first; ties in order of the facts."""
    ways = product(*(range(most + 1) for most in COARSEST))
    return sorted(ways, key=lambda levels: (loss(levels), levels))
