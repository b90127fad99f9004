"""Word lists, loaded once per process: ordinary English words of calls, and common names.

`more_given_names.txt` comes from Faker (see `words/SOURCES.md`); the other lists are of our own making.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from redaction import lexicon


@cache
def _listed(name: str) -> frozenset[str]:
    text = (resources.files("redaction") / "words" / name).read_text(encoding="utf-8")
    return frozenset(text.split())


OPENING = lexicon.words(
    "moment second minute sec more other last thing of question questions orders order things time times "
    "way day people who "
    "that more is was has people can has person item option"
)
"""What follows a "one" that is no digit."""

_ENDINGS = ("'s", "s", "es", "ed", "ing", "ly", "er", "d", "n't", "'ll", "'re", "'ve", "'d")


@cache
def ordinary(word: str) -> bool:
    """Say whether a lower-case word is ordinary English (or a usual form of such a word)."""
    common = _listed("common_english.txt")
    if word in common:
        return True
    return any(
        word.endswith(ending) and word[: -len(ending)] in common for ending in _ENDINGS if len(word) > len(ending) + 1
    )


def given_name(word: str) -> bool:
    """Say whether a lower-case word is a common given name and hardly ever anything else."""
    listed = word in _listed("given_names.txt") or word in _listed("more_given_names.txt")
    return listed and not ordinary(word)


def surname(word: str) -> bool:
    """Say whether a lower-case word is a common surname and hardly ever anything else."""
    return word in _listed("surnames.txt") and not ordinary(word)
