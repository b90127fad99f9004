"""Words as they are compared, and the ones that everybody says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources
from typing import Final, NamedTuple, TypeVar

REMEMBERED: Final = 1 << 16
"""Looks kept by a process: more than the words of a language that are said again and again."""
_CORE: Final = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_POSSESSIVE: Final = re.compile(r"(?<=.)['\u2019]s$", re.IGNORECASE)
_Told = TypeVar("_Told")
_BETWEEN: Final = re.compile(r"[-/\u2013]")


class Memo(dict[str, _Told]):
    """What a function says of words, remembered; when it is full it begins anew.

    A plain dict: words are asked for by the million, and a look-up in an `lru_cache` touches several times the memory.

    Args:
        of: the function.
    """

    def __init__(self, of: Callable[[str], _Told]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, text: str) -> _Told:
        if len(self) >= REMEMBERED:
            self.clear()
        told = self[text] = self._of(text)
        return told


class Look(NamedTuple):
    """A written word in three: marks before it, itself, marks (and a possessive) after it; and its normal form."""

    lead: str
    core: str
    trail: str
    norm: str
    digits: int
    """How many digits are in it."""
    capital: bool


def _looked(text: str) -> Look:
    found = _CORE.search(text)
    if found is None:
        return Look(text, "", "", "", 0, capital=False)
    core = found.group()
    possessive = _POSSESSIVE.search(core)
    end = found.end() if possessive is None else found.start() + possessive.start()
    core = text[found.start() : end]
    norm = core.lower().replace("\u2019", "'")
    return Look(text[: found.start()], core, text[end:], norm, sum(map(str.isdecimal, core)), capital=core[0].isupper())


_LOOKS: Final = Memo(_looked)


def look(text: str) -> Look:
    """Return how a word looks. One without a letter or digit has an empty core."""
    return _LOOKS[text]


def normal(text: str) -> str:
    """Return the form in which words are compared and counted: lower case, marks around it and a possessive off."""
    return look(text).norm


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text: how short word lists are written here."""
    return tuple(text.split())


def word_list(name: str) -> str:
    """Return the text of one of the lists in `corpus/words`."""
    return (resources.files("corpus") / "words" / name).read_text(encoding="utf-8")


@cache
def _common() -> frozenset[str]:
    return frozenset(word_list("common.txt").split())


@lru_cache(maxsize=REMEMBERED)
def is_common(word: str) -> bool:
    """Say whether everybody says a word: it is one of some ten thousand English ones, or made of such ("follow-up").

    No name is among them unless it is a word too ("Mark", "Will").
    """
    norm = normal(word)
    return norm in _common() or (
        not norm.isalpha() and all(piece in _common() for piece in _BETWEEN.split(norm)) and norm != ""
    )
