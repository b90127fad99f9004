"""Numbers of up to two digits and years, read from the words that say them, and said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpus.deid import number_words as said
from corpus.deid.vocabulary import Look

CENTURY: Final = 100


def value_of(one: Look) -> int | None:
    """Return a number from 0 to 99 that one word says."""
    if one.norm in said.TWO_DIGITS_OF:
        return int(said.TWO_DIGITS_OF[one.norm])
    if one.norm in said.DIGIT_OF:
        return int(said.DIGIT_OF[one.norm])
    tens, _, ones = one.norm.partition("-")
    if tens in said.TWO_DIGITS_OF and ones in said.DIGIT_OF:
        return int(said.TWO_DIGITS_OF[tens]) + int(said.DIGIT_OF[ones])
    return int(one.norm) if one.norm.isdecimal() and len(one.norm) <= 2 else None  # noqa: PLR2004 - two figures


def pair(looks: Sequence[Look], at: int) -> tuple[int | None, int]:
    """Return the number of up to 99 that is said from here on, and in how many words: "eighty seven"."""
    if at >= len(looks):
        return None, 0
    value = value_of(looks[at])
    if value is None:
        return None, 0
    if at + 1 < len(looks) and looks[at].norm in said.TWO_DIGITS_OF and value >= 20 and value % 10 == 0:  # noqa: PLR2004
        ones = said.DIGIT_OF.get(looks[at + 1].norm)
        if ones and ones != "0":
            return value + int(ones), 2
    if looks[at].norm in {"oh", "o"} and at + 1 < len(looks) and looks[at + 1].norm in said.DIGIT_OF:
        return int(said.DIGIT_OF[looks[at + 1].norm]), 2
    return value, 1


def year_in_words(year: int) -> str:
    """Return a year as it is said: `nineteen eighty-seven`, `two thousand nine`, `twenty twelve`."""
    first, rest = divmod(year, CENTURY)
    if first == 20 and rest < 10:  # noqa: PLR2004 - of the first decade one says "two thousand and"
        return "two thousand" + (f" and {said.cardinal(rest)}" if rest else "")
    tens = said.two_digits(str(rest // 10), str(rest % 10)).replace("-", " ") if rest else "hundred"
    return f"{said.cardinal(first)} {tens}"
