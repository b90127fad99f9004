"""What is told of a call beside its words: coarse facts, its month after the item's shift of dates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from corpus.deid.draws import Draws
from domain.corpus import ABSENT, QuasiIdentifiers
from domain.jurisdictions import jurisdiction

LEAST_WEEKS: Final = 4
MOST_WEEKS: Final = 26
"""An item's dates are shifted by so many whole weeks, back or forth: half a year hides the season that a call log
would be searched for, whole weeks keep the days' names, and four at least make sure that no date stays in its month."""
_TRIES: Final = 32
_YEARS: Final = range(1900, 2200)
SATURDAY: Final = 5
_PARTS: Final = ((6, "night"), (12, "morning"), (18, "afternoon"), (24, "evening"))
"""Of the day: before this hour."""


def shift_of(draws: Draws, known: Collection[date] = ()) -> timedelta:
    """Return by how much all dates of an item are shifted: whole weeks, never none.

    Of the dates that the call is known to say none gets a day that ends in the same figure: "the 28th" is not told as
    "the 8th" or "the 28th" of another month, which would read like the real one half heard.
    """
    shift = timedelta()
    for attempt in range(_TRIES):
        weeks = LEAST_WEEKS + draws.number(f"weeks:{attempt}", MOST_WEEKS - LEAST_WEEKS + 1)
        shift = timedelta(weeks=weeks if draws.number(f"forth:{attempt}", 2) else -weeks)
        if all((one + shift).day % 10 != one.day % 10 for one in known if one.year in _YEARS):
            break
    return shift


def facts_of(
    began_at: datetime | None,
    zone: tzinfo,
    shift: timedelta,
    *,
    length: str,
    direction: str,
    jurisdictions: Sequence[str],
) -> QuasiIdentifiers:
    """Return the coarse facts of a call. When it began may be unknown; then month, day and hour are absent."""
    place = place_of(jurisdictions)
    if began_at is None:
        return QuasiIdentifiers(length=length, direction=direction, place=place)
    local = began_at.astimezone(zone)
    return QuasiIdentifiers(
        month=f"{(local + shift):%Y-%m}",
        part_of_week="weekend" if local.weekday() >= SATURDAY else "weekday",
        part_of_day=next(name for before, name in _PARTS if local.hour < before),
        length=length,
        direction=direction,
        place=place,
    )


def place_of(jurisdictions: Sequence[str]) -> str:
    """Return the one country of all parties, `EU` for several inside the Union, else nothing; no state of a country."""
    found = [jurisdiction(one) for one in jurisdictions]
    countries = {one.code.partition("-")[0] for one in found}
    if len(countries) == 1:
        return countries.pop()
    inside = bool(found) and all("EU" in (one.code, *one.within) for one in found)
    return "EU" if inside else ABSENT
