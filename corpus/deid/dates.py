"""Dates that are said: read in any of their forms, shifted with all others of the item, and said in the same form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from corpus.deid import number_words as said
from corpus.deid.counting import CENTURY, pair, value_of, year_in_words
from corpus.deid.vocabulary import Look, look, words

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
MONTH_OF: Final = {
    **{name: at + 1 for at, name in enumerate(MONTHS)},
    **{name[:3]: at + 1 for at, name in enumerate(MONTHS)},
    "sept": 9,
}
LINKING: Final = frozenset(words("the of and in on year"))
_WHOLE: Final = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_YEARS: Final = range(1900, 2100)
_THISCENTURY: Final = 40
"""Two figures below this are of the 2000s."""
_ORDINAL_OF: Final = {said.ordinal(day): day for day in range(1, 32)}
_TENS_OF: Final = {"twenty": 20, "thirty": 30}
Render = Callable[[date], str]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a date, and how they would say another."""

    part: str
    """`day`, `month`, `year`, `number` (not told apart yet), `link`."""
    value: int
    words: int
    render: Render


@dataclass(frozen=True, slots=True)
class Said:
    """A date in the words of a span: the date, and the words for another one."""

    when: date
    pieces: tuple[Piece, ...]
    has_year: bool

    def told(self, when: date) -> list[str]:
        """Return the words for another date."""
        return [piece.render(when) for piece in self.pieces]


def read(words: Sequence[str], *, month_first: bool, year: int) -> Said | None:
    """Return the date that the words say; None when they say none, or more than one.

    Args:
        words: of the span, all of them.
        month_first: whether 4/5 is the fifth of April (United States).
        year: of a date that is said without one.
    """
    looks = [look(word) for word in words]
    if len(looks) == 1 and (whole := _WHOLE.fullmatch(looks[0].core)):
        return _figures(looks[0], whole, month_first=month_first)
    pieces: list[Piece] = []
    at = 0
    while at < len(looks):
        piece = _piece(looks, at)
        if piece is None:
            return None
        pieces.append(piece)
        at += piece.words
    return _settled(pieces, month_first=month_first, year=year)


def shifted(found: Said, by: timedelta) -> list[str]:
    """Return the words for the date so much later or earlier."""
    try:
        return found.told(found.when + by)
    except OverflowError:
        return found.told(found.when.replace(year=2000))


def _figures(one: Look, whole: re.Match[str], *, month_first: bool) -> Said | None:
    figures = (whole[1], whole[3], whole[4])
    first, second, third = map(int, figures)
    if len(whole[1]) == 4:  # noqa: PLR2004 - the year's figures
        order = ("year", "month", "day")
    else:
        order = ("month", "day", "year") if (month_first or second > len(MONTHS)) and first <= len(MONTHS) else (
            "day", "month", "year")  # fmt: skip
    values = dict(zip(order, (first, second, third), strict=True))
    like = dict(zip(order, figures, strict=True))
    when = _date(_full(values["year"], len(like["year"])), values["month"], values["day"])
    if when is None:
        return None

    def render(other: date) -> str:
        parts = {"year": other.year, "month": other.month, "day": other.day}
        told = [_as_wide(parts[name], len(like[name]), like[name]) for name in order]
        return one.lead + whole[2].join(told) + one.trail

    return Said(when, (Piece("date", 0, 1, render),), has_year=True)


def _as_wide(value: int, width: int, like: str) -> str:
    if width <= 2 and value >= CENTURY:  # noqa: PLR2004 - two figures of a year
        return f"{value % CENTURY:02}"
    return f"{value:02}" if like.startswith("0") and width == 2 else str(value)  # noqa: PLR2004 - two figures


def _piece(looks: Sequence[Look], at: int) -> Piece | None:
    one = looks[at]
    norm = one.norm.removesuffix("'s")
    if not norm or norm in LINKING:
        return Piece("link", 0, 1, _as_said(one))
    if norm in MONTH_OF:
        return Piece("month", MONTH_OF[norm], 1, lambda when: one.lead + _month(when, one) + one.trail)
    return _day(looks, at) or _year(looks, at) or _number(one)


def _month(when: date, like: Look) -> str:
    name = MONTHS[when.month - 1]
    name = name[:3] if len(like.norm) == 3 and like.norm != "may" else name  # noqa: PLR2004 - an abbreviation
    return name.capitalize() if like.capital else name


def _day(looks: Sequence[Look], at: int) -> Piece | None:
    one = looks[at]
    ordinal = _ORDINAL.fullmatch(one.norm)
    if ordinal:
        return Piece("day", int(ordinal[1]), 1, lambda when: one.lead + said.numeral_ordinal(when.day) + one.trail)
    following = looks[at + 1] if at + 1 < len(looks) else None
    if one.norm in _TENS_OF and following is not None and _ORDINAL_OF.get(following.norm, 10) < 10:  # noqa: PLR2004
        value = _TENS_OF[one.norm] + _ORDINAL_OF[following.norm]
        return Piece("day", value, 2, lambda when: one.lead + said.ordinal(when.day) + following.trail)
    if one.norm in _ORDINAL_OF:
        return Piece("day", _ORDINAL_OF[one.norm], 1, lambda when: one.lead + said.ordinal(when.day) + one.trail)
    return None


def _year(looks: Sequence[Look], at: int) -> Piece | None:
    one = looks[at]
    if one.norm.isdecimal() and int(one.norm) in _YEARS:
        return Piece("year", int(one.norm), 1, lambda when: f"{one.lead}{when.year}{one.trail}")
    if one.norm.isdecimal() and len(one.norm) == 2 and one.lead.endswith(("'", "\u2019")):  # noqa: PLR2004
        return Piece("year", _full(int(one.norm), 2), 1, lambda when: f"{one.lead}{when.year % 100:02}{one.trail}")
    century, words = pair(looks, at)
    if one.norm == "two" and at + 1 < len(looks) and looks[at + 1].norm == "thousand":
        more = at + 2 + (at + 2 < len(looks) and looks[at + 2].norm == "and")
        rest, rest_words = pair(looks, more)
        words = more + rest_words - at if rest is not None else 2
        value = 2000 + (rest or 0)
    elif century in {19, 20} and words == 1 and not one.norm.isdecimal():
        rest, rest_words = pair(looks, at + 1)
        if rest is None:
            return None
        words, value = 1 + rest_words, int(century) * CENTURY + rest
    else:
        return None
    last = looks[at + words - 1]
    return Piece("year", value, words, lambda when: one.lead + year_in_words(when.year) + last.trail)


def _number(one: Look) -> Piece | None:
    value = value_of(one)
    return None if value is None else Piece("number", value, 1, _as_said(one))


def _as_said(one: Look) -> Render:
    """Return a placeholder; `_settled` knows which part a bare number is."""
    return lambda _: one.lead + one.core + one.trail


def _settled(pieces: list[Piece], *, month_first: bool, year: int) -> Said | None:
    """Return the date of the pieces: each of day, month and year once at most, a month among them or two numbers."""
    named = {piece.part for piece in pieces if piece.part not in {"link", "number"}}
    if len([piece for piece in pieces if piece.part in named]) != len(named):
        return None
    bare = [at for at, piece in enumerate(pieces) if piece.part == "number"]
    missing = [part for part in (("month", "day") if month_first else ("day", "month")) if part not in named]
    if "year" not in named and len(bare) == len(missing) + 1:
        missing.append("year")
    if len(bare) != len(missing) or ("month" not in named and "month" not in missing):
        if named not in ({"month"}, {"month", "year"}) or bare:
            return None
        missing = []
    values = {piece.part: piece.value for piece in pieces}
    for at, part in zip(bare, missing, strict=True):
        values[part] = pieces[at].value
    if not month_first and values.get("month", 1) > len(MONTHS) >= values.get("day", 1) and "month" in missing:
        missing = ["month" if part == "day" else "day" if part == "month" else part for part in missing]
        values["day"], values["month"] = values["month"], values["day"]
    when = _date(_full(values["year"], 2) if "year" in values else year, values["month"], values.get("day", 15))
    if when is None:
        return None
    parts = dict(zip(bare, missing, strict=True))
    done = tuple(
        Piece(parts[at], piece.value, piece.words, _bare(piece, parts[at])) if at in parts else piece
        for at, piece in enumerate(pieces)
    )
    return Said(when, done, has_year="year" in values)


def _bare(piece: Piece, part: str) -> Render:
    """Return how a bare number tells a part: in figures as wide as they were, or in words."""
    text = piece.render(date(2000, 1, 1))
    one = look(text)
    width = len(one.core)

    def render(when: date) -> str:
        value = {"day": when.day, "month": when.month, "year": when.year}[part]
        if one.core.isdecimal():
            return f"{one.lead}{_as_wide(value, min(width, 2), one.core)}{one.trail}"
        words = year_in_words(value) if part == "year" else said.cardinal(value)
        return f"{one.lead}{words}{one.trail}"

    return render


def _full(year: int, width: int) -> int:
    if width > 2 or year >= CENTURY:  # noqa: PLR2004 - two figures
        return year
    return year + (2000 if year < _THISCENTURY else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
