"""Word lists, loaded once per process: words of calls, English, names of people, places and firms.

Where each list comes from is written in `words/SOURCES.md`. All of them stand in one table, a word's lists as bits, so
that a process keeps every word once and processes that are forked after `load` share it.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import resources

from redaction import lexicon

_COMMON, _ENGLISH, _GIVEN, _MORE_GIVEN, _SURNAME, _MORE_SURNAME, _DOUBLE, _PLACE, _MAJOR, _BRAND = (
    1 << n for n in range(10)
)
_FILES = {
    "common_english.txt": _COMMON,
    "english.txt": _ENGLISH,
    "given_names.txt": _GIVEN,
    "more_given_names.txt": _MORE_GIVEN,
    "surnames.txt": _SURNAME,
    "more_surnames.txt": _MORE_SURNAME,
    "double_names.txt": _DOUBLE,
    "places.txt": _PLACE,
    "major_places.txt": _PLACE | _MAJOR,
    "brands.txt": _BRAND,
}
REMEMBERED = 1 << 12
"""How many different words a process keeps the answers for."""
_ANY_NAME = _GIVEN | _MORE_GIVEN | _SURNAME | _MORE_SURNAME


@cache
def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for name, bit in _FILES.items():
        text = (resources.files("redaction") / "words" / name).read_text(encoding="utf-8")
        for word in text.split():
            table[word] = table.get(word, 0) | bit
    return table


def _bits(word: str) -> int:
    """Return the lists that hold a lower-case word, its accents left out where no list has them."""
    table = _table()
    if word in table or word.isascii():
        return table.get(word, 0)
    letters = unicodedata.normalize("NFD", word)
    return table.get("".join(char for char in letters if not unicodedata.combining(char)), 0)


def load() -> None:
    """Read the lists now, so that processes forked later share them."""
    _table()


OPENING = lexicon.words(
    "word phrase moment second minute sec more other last thing of question questions orders order things time times "
    "way day people who "
    "that more is was has people can has person item option"
)
"""What follows a "one" that is no digit."""

_ENDINGS = ("'s", "s", "es", "ed", "ing", "ly", "d", "n't", "'ll", "'re", "'ve", "'d")


@lru_cache(maxsize=REMEMBERED)
def ordinary(word: str) -> bool:
    """Say whether a lower-case word is an ordinary word of calls (or a usual form of such a word)."""
    table = _table()
    if table.get(word, 0) & _COMMON:
        return True
    return any(
        word.endswith(ending) and table.get(word[: -len(ending)], 0) & _COMMON
        for ending in _ENDINGS
        if len(word) > len(ending) + 1
    )


@lru_cache(maxsize=REMEMBERED)
def english(word: str) -> bool:
    """Say whether a lower-case word stands in an English dictionary and is no name in the first place."""
    bits = _bits(word)
    if bits & (_GIVEN | _SURNAME):
        return False
    return bool(bits & (_COMMON | _ENGLISH)) or ordinary(word)


@lru_cache(maxsize=REMEMBERED)
def given_name(word: str) -> bool:
    """Say whether a lower-case word is a common given name and hardly ever anything else."""
    bits = _bits(word)
    if bits & _BRAND:
        return False
    return bool(bits & _GIVEN) or (bool(bits & _MORE_GIVEN) and not bits & _ENGLISH and not ordinary(word))


@lru_cache(maxsize=REMEMBERED)
def name_in_any_case(word: str) -> bool:
    """Say whether a lower-case word is a well-known name and nothing else, so that it needs no capital."""
    bits = _bits(word)
    return bool(bits & (_GIVEN | _SURNAME)) and not bits & (_ENGLISH | _COMMON | _PLACE | _BRAND) and len(word) > 3  # noqa: PLR2004 - "ana", "ali"


@lru_cache(maxsize=1 << 12)
def misspelt(word: str) -> bool:
    """Say whether a lower-case word that no list holds is one letter away from an ordinary word: "hawe", "thanc"."""
    table, letters = _table(), "abcdefghijklmnopqrstuvwxyz"
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return any(
        table.get(one, 0) & _COMMON
        for head, tail in halves
        for one in (head + tail[1:], *(head + letter + tail[1:] for letter in letters if tail))
    )


def well_known(word: str) -> bool:
    """Say whether a lower-case word is one of the given names that many people bear."""
    return bool(_bits(word) & _GIVEN)


@lru_cache(maxsize=REMEMBERED)
def surname(word: str) -> bool:
    """Say whether a lower-case word is a surname and hardly ever anything else."""
    bits = _bits(word)
    if bits & _BRAND:
        return False
    return bool(bits & _SURNAME) or (bool(bits & _MORE_SURNAME) and not bits & _ENGLISH and not ordinary(word))


@lru_cache(maxsize=REMEMBERED)
def double_name(word: str) -> bool:
    """Say whether a lower-case word is a name as well as an English word or a firm: the talk around it decides."""
    bits = _bits(word)
    return bool(bits & _DOUBLE) or (bool(bits & _BRAND) and bool(bits & _ANY_NAME))


@lru_cache(maxsize=REMEMBERED)
def place(word: str) -> bool:
    """Say whether a lower-case word, or words joined by "_", name a town, a region or a country."""
    return bool(_bits(word) & _PLACE)


def major_place(word: str) -> bool:
    """Say whether a lower-case word names a country, a state or a large town: a place before it is a surname."""
    return bool(_bits(word) & _MAJOR)


@lru_cache(maxsize=REMEMBERED)
def brand(word: str) -> bool:
    """Say whether a lower-case word is a firm, a product, a nationality, a feast or an abbreviation of business."""
    return bool(_bits(word) & _BRAND)
