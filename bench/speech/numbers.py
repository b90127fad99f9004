"""Numbers in words and in figures, both read as their digits: `twenty five`, `25` and `two five` are one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
ORDINALS = {
    "first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine",
    "twelfth": "twelve",
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3, "treble": 3}
_FIGURES = re.compile(r"^(\d+)(?:st|nd|rd|th)?$")
Read = tuple[str | None, int, int]
"""The digits (None: no number), and from which token to which (one past the last)."""


def read(words: Sequence[str]) -> Iterator[Read]:
    """Yield the tokens in order: numbers as digits with what they cover, everything else one by one."""
    at, after_digit = 0, False
    while at < len(words):
        digits, end = _number(words, at, after_digit=after_digit)
        after_digit = digits is not None
        yield digits, at, end
        at = end


def _number(words: Sequence[str], at: int, *, after_digit: bool) -> tuple[str | None, int]:
    word = words[at]
    if figures := _FIGURES.match(word):
        return figures[1], at + 1
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in REPEATS:
        digit = _digit(following, beside=True)
        return (digit * REPEATS[word], at + 2) if digit else (None, at + 1)
    if word in {"oh", "o"}:
        beside = after_digit or _is_digit(following)
        return ("0", at + 1) if beside else (None, at + 1)
    return _cardinal(words, at)


def _cardinal(words: Sequence[str], at: int) -> tuple[str | None, int]:
    """Read `twenty`, `twenty five`, `one hundred and five`, `two thousand`; `twenty twenty` is two numbers."""
    value, end = _below_thousand(words, at)
    if value is None:
        return None, at + 1
    if end < len(words) and words[end] == "thousand":
        rest, after = _below_thousand(words, _past_and(words, end + 1))
        value, end = value * 1000 + (rest or 0), end + 1 if rest is None else after
    return str(value), end


def _below_thousand(words: Sequence[str], at: int) -> tuple[int | None, int]:
    value, end = _below_hundred(words, at)
    if value is None or end >= len(words) or words[end] != "hundred":
        return value, end
    rest, after = _below_hundred(words, _past_and(words, end + 1))
    return value * 100 + (rest or 0), end + 1 if rest is None else after


def _past_and(words: Sequence[str], at: int) -> int:
    return at + 1 if at < len(words) and words[at] == "and" else at


def _below_hundred(words: Sequence[str], at: int) -> tuple[int | None, int]:
    word = _plain(words[at]) if at < len(words) else ""
    if word in UNITS:
        return UNITS[word], at + 1
    if word not in TENS:
        return None, at
    following = _plain(words[at + 1]) if at + 1 < len(words) else ""
    if 0 < UNITS.get(following, 0) < 10:
        return TENS[word] + UNITS[following], at + 2
    return TENS[word], at + 1


def _plain(word: str) -> str:
    """Return the cardinal of an ordinal, other words as they are."""
    if word in ORDINALS:
        return ORDINALS[word]
    if word.endswith("ieth"):
        return word.removesuffix("ieth") + "y"
    stem = word.removesuffix("th")
    return stem if stem in UNITS else word


def _digit(word: str, *, beside: bool) -> str | None:
    """Return the one digit that a word says, if it says one."""
    if word in UNITS and UNITS[word] < 10:
        return str(UNITS[word])
    if beside and word in {"oh", "o"}:
        return "0"
    return word if len(word) == 1 and word.isdigit() else None


def _is_digit(word: str) -> bool:
    return _digit(word, beside=False) is not None or word in REPEATS or bool(_FIGURES.match(word))
