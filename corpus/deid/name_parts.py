"""Invented names by origin and gender, and of what origin and gender a real one seems to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from corpus.deid.vocabulary import word_list

FEMALE: Final = "female"
MALE: Final = "male"
SURNAME: Final = "surname"
PLACE: Final = "place"
COMPANY: Final = "company"
MAILBOX: Final = "mailbox"
ANY: Final = "english"
"""The origin of a name that is like none."""
_HOMES: Final = {
    "IN": "indian", "PK": "arabic", "AE": "arabic", "SA": "arabic", "EG": "arabic", "GB": "english", "US": "english",
    "IE": "irish", "ES": "hispanic", "MX": "hispanic", "DE": "german", "AT": "german", "CH": "german", "FR": "french",
    "IT": "italian", "NL": "dutch", "BE": "dutch", "PL": "slavic", "CZ": "slavic", "CN": "chinese", "NG": "african",
    "KE": "african", "ZA": "african",
}  # fmt: skip


class _Parts(NamedTuple):
    pools: dict[tuple[str, str], tuple[str, ...]]
    """(origin, role) → invented names."""
    likes: dict[tuple[str, str], tuple[str, ...]]
    """(origin, role) → endings of real ones; one that ends in `-` or `'` is a beginning."""


@cache
def _parts() -> _Parts:
    pools: dict[tuple[str, str], tuple[str, ...]] = {}
    likes: dict[tuple[str, str], tuple[str, ...]] = {}
    origin = ""
    for line in word_list("name_parts.txt").splitlines():
        role, _, rest = line.partition(":")
        if line.startswith("#"):
            continue
        if line.startswith("["):
            origin = line.strip("[]")
        elif role.startswith("like "):
            likes[origin, role.removeprefix("like ")] = tuple(rest.split())
        elif rest:
            first, middle, last = (part.split() for part in rest.split("|"))
            pools[origin, role] = tuple(a + b + c for a in first for b in middle for c in last)
    return _Parts(pools, likes)


def pool(origin: str, role: str) -> Sequence[str]:
    """Return the invented names of an origin for a role. Raises KeyError when there is no such origin or role."""
    return _parts().pools[origin, role]


def every_pool() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return all invented names by (origin, role)."""
    return dict(_parts().pools)


@lru_cache(maxsize=1 << 14)
def gender_of(given: str, origin: str) -> str:
    """Return the gender that a given name seems to be of, by its ending; of one that tells nothing, male."""
    found = _ending(given, FEMALE, origin), _ending(given, MALE, origin)
    if found[0] == found[1]:
        return FEMALE if given.endswith(("a", "ie")) else MALE
    return FEMALE if found[0] > found[1] else MALE


@lru_cache(maxsize=1 << 14)
def origin_of(given: str, surname: str, country: str) -> str:
    """Return the origin that a name seems to be of, by the endings of its parts; else that of the call's country."""
    home = _HOMES.get(country, ANY)
    scores = {
        origin: 2 * _ending(surname, SURNAME, origin)
        + max(_ending(given, FEMALE, origin), _ending(given, MALE, origin))
        + (1 if origin == home else 0)
        for origin, role in _parts().likes
        if role == SURNAME
    }
    best = max(scores.values(), default=0)
    return next((origin for origin in (home, *scores) if scores.get(origin) == best), ANY)


def _ending(name: str, role: str, origin: str) -> int:
    """Return how many letters of a name are like those of an origin."""
    own = _parts().likes.get((origin, role), ())
    return max(
        (
            len(one)
            for one in own
            if (name.startswith(one) and one[-1:] in "-'") or (name.endswith(one) and name != one)
        ),
        default=0,
    )
