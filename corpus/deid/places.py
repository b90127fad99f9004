"""Places: a town is told as its country, the rest of an address as a street that is nowhere."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import cache
from typing import Final

from corpus.deid import name_parts
from corpus.deid.draws import Draws
from corpus.deid.vocabulary import Look, look, word_list, words

STAYS: Final = frozenset(
    words(
        "street st road rd avenue ave lane ln drive dr close court ct way place boulevard blvd crescent terrace "
        "parkway square gardens grove hill row mews circle highway nagar marg colony layout sector block "
        "apartment apartments apt flat suite unit building house tower towers floor walk plaza trail pike straße "
        "strasse vihar enclave society cross main phase chowk park station near opposite behind next to the of in "
        "on at and a an is it's i live my address post code postcode zip pin number no north south east west "
        "upper lower new old city town village district county state country region area first second third "
        "ground line uh um er plot door room level po box via rue calle avenida plein platz weg laan allee piazza "
        "viale corso ulica ul both same just from moved there here "
    )
)
"""Words of addresses that name nothing."""


@cache
def _towns() -> dict[str, str]:
    towns: dict[str, str] = {}
    country = ""
    for line in word_list("towns.txt").splitlines():
        if line.startswith("["):
            country = line.strip("[]").partition(" ")[2]
        else:
            towns.update((town.replace("_", " "), country) for town in line.split())
    return towns


def country_of(town: str) -> str | None:
    """Return the country of a town, or of a state of the USA; None for a name that is none that we know."""
    return _towns().get(town)


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(town.partition(" ")[0] for town in _towns())


def begins_a_town(norm: str) -> bool:
    """Say whether a word is a town that we know, or the first word of one."""
    return norm in _beginnings()


def towns_in(words: Sequence[Look]) -> dict[int, tuple[int, str]]:
    """Return where towns are named, with capitals: first word → (how many words, the country)."""
    found: dict[int, tuple[int, str]] = {}
    for at, one in enumerate(words):
        if not one.capital or (at - 1 in found and found[at - 1][0] > 1):
            continue
        after = words[at + 1] if at + 1 < len(words) else None
        both = country_of(f"{one.norm} {after.norm}") if after is not None and after.capital and not one.trail else None
        country = both or country_of(one.norm)
        if country is not None:
            found[at] = (2 if both else 1, country)
    return found


class Places:
    """The places of one call.

    Args:
        draws: of the call, or of the release.
        avoid: real values that no invented name may be.
    """

    def __init__(self, draws: Draws, avoid: Container[bytes]) -> None:
        self._draws = draws
        self._avoid = avoid

    def word(self, one: Look) -> str:
        """Return what stands for a word of an address that is no number."""
        if one.norm in STAYS:
            return one.core
        country = country_of(one.norm)
        if country is not None:
            return country if one.capital else country.lower()
        made = self._named(name_parts.PLACE, one.norm)
        return made if one.capital else made.lower()

    def told(self, words: Sequence[str]) -> list[str]:
        """Return the words of a place's name with others for them."""
        looks = [look(word) for word in words]
        towns = towns_in(looks)
        made: list[str] = []
        at = 0
        while at < len(looks):
            one = looks[at]
            count, country = towns.get(at, (1, ""))
            last = looks[at + count - 1]
            made.append(f"{one.lead}{country or (self.word(one) if one.norm else one.core)}{last.trail}")
            at += count
        return made

    def company(self, one: Look) -> str:
        """Return what stands for a word of a company's name."""
        return self._named(name_parts.COMPANY, one.norm)

    def _named(self, kind: str, norm: str) -> str:
        names = name_parts.pool(kind, kind)
        first = self._draws.number(f"{kind}:{norm}", len(names))
        turned = (names[(first + at) % len(names)] for at in range(len(names)))
        return next(
            (one for one in turned if one.lower() != norm and one.lower().encode() not in self._avoid), names[first]
        )
