"""Codes as they are said: which digits and letters the words of a span spell, and others said in the same words.

A word is never copied because it is not understood: what is not a digit, a letter or one of a few small words becomes
another word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from corpus.deid import number_words as said
from corpus.deid.vocabulary import Look, look, words

SMALL: Final = frozenset(
    words(
        "a an the and then of is it it's its my so uh uhh um umm er erm ah eh hmm mm yes yeah no sorry wait again "
        "okay ok dash hyphen minus dot point space slash stroke comma hash star plus underscore at in as like for "
        "to sign dollar capital small upper lower case letter number digit that's "
    )
)
"""Said inside of codes and of no meaning there: these stay."""
_NAMES_A_LETTER: Final = frozenset(words("for as in like"))
_BETWEEN: Final = re.compile(r"[-.,/]")
_SHORT: Final = 4
"""Capitals written together are letters of a code up to so many."""
_LETTERS: Final = re.compile(r"[A-Za-z](?:[-.][A-Za-z])+|[A-Za-z]")


class Form(Enum):
    """How a word says its part of a code."""

    WRITTEN = auto()
    ONE = auto()
    TWO = auto()
    TENS = auto()
    """The tens of a pair of words: "forty" before "two"; its two digits are said over both."""
    ONES = auto()
    TIMES = auto()
    SCALE = auto()
    ALPHABET = auto()
    SMALL = auto()
    NAMING = auto()
    """"Mumbai" in "M for Mumbai": a word that begins with the letter before it."""
    JOINED = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a code; `code` is what it spells, digits and capitals, `times` how often its digit is repeated."""

    look: Look
    form: Form
    code: str = ""
    times: int = 1
    parts: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Spelled:
    """The words of a span as a code."""

    pieces: tuple[Piece, ...]

    @property
    def code(self) -> str:
        """All that it spells."""
        return "".join(piece.code for piece in self.pieces)

    @property
    def letters(self) -> str:
        """What it spells when it spells letters one by one and nothing else, else nothing."""
        one_by_one = all(
            piece.form is Form.SMALL
            or piece.form is Form.NAMING
            or piece.form is Form.ALPHABET
            or _LETTERS.fullmatch(piece.look.core)
            for piece in self.pieces
        )
        letters = "".join(piece.code for piece in self.pieces)
        return letters.lower() if one_by_one and letters.isalpha() and len(letters) > 1 else ""

    def ties(self) -> Iterator[int]:
        """Yield the places whose character must be that of the place before: "double five"."""
        at = 0
        for piece in self._flat():
            if piece.times > 1:
                yield from range(at + 1, at + piece.times)
            at += len(piece.code)

    def fixed(self) -> Iterator[int]:
        """Yield the places that stay: the noughts of "hundred"."""
        at = 0
        for piece in self._flat():
            if piece.form is Form.SCALE:
                yield from range(at, at + len(piece.code))
            at += len(piece.code)

    def _flat(self) -> Iterator[Piece]:
        for piece in self.pieces:
            yield from piece.parts or (piece,)


def spelled(words: Sequence[str]) -> Spelled:
    """Return what the words of a span spell."""
    looks = [look(word) for word in words]
    numeric = any(_says_digits(one) for one in looks)
    pieces: list[Piece] = []
    for at, one in enumerate(looks):
        pieces.append(_piece(one, pieces[-1] if pieces else None, looks[at + 1] if at + 1 < len(looks) else None,
                             numeric=numeric))  # fmt: skip
    return Spelled(tuple(pieces))


def _says_digits(one: Look) -> bool:
    return one.digits > 0 or (
        one.norm not in {"o", "oh"} and (one.norm in said.DIGIT_OF or one.norm in said.TWO_DIGITS_OF)
    )


def _piece(one: Look, before: Piece | None, after: Look | None, *, numeric: bool) -> Piece:
    return _number(one, before, after, numeric=numeric) or _letters(one, before, after)


def _number(one: Look, before: Piece | None, after: Look | None, *, numeric: bool) -> Piece | None:
    """Return the piece of a word that says a number; None for another."""
    norm = one.norm
    digit = said.DIGIT_OF.get(norm)
    if digit is not None and (numeric or norm not in {"o", "oh"}):
        times = before.times if before is not None and before.form is Form.TIMES else 1
        pair = before is not None and before.form is Form.TENS
        return Piece(one, Form.ONES if pair else Form.ONE, digit * times, times)
    if norm in said.TWO_DIGITS_OF:
        code = said.TWO_DIGITS_OF[norm]
        pair = code[1] == "0" and norm not in said.TEENS and _one_follows(after)
        return Piece(one, Form.TENS, code[0]) if pair else Piece(one, Form.TWO, code)
    if norm in said.TIMES_OF and _one_follows(after, nought=True):
        return Piece(one, Form.TIMES, times=said.TIMES_OF[norm])
    if norm in said.SCALE_OF and before is not None and before.code:
        return Piece(one, Form.SCALE, said.SCALE_OF[norm])
    heard = said.SOUNDS_LIKE.get(norm) if _digits_around(before, after) else None
    return Piece(one, Form.ONE, heard) if heard else None


def _is_letter(one: Look | None) -> bool:
    return one is not None and len(one.core) == 1 and one.core.isalpha()


def _letters(one: Look, before: Piece | None, after: Look | None) -> Piece:
    """Return the piece of a word that is no number word: letters, figures, small words, and all else."""
    norm = one.norm
    named = before is not None and before.form is Form.SMALL and before.look.norm in _NAMES_A_LETTER
    if named and norm.isalpha() and len(norm) > 1 and norm not in SMALL:
        return Piece(one, Form.NAMING)
    alone = norm in {"a", "i"} and (
        one.capital or _is_letter(after) or (before is not None and _is_letter(before.look))
    )
    if not norm or (norm in SMALL and not alone):
        return Piece(one, Form.SMALL)
    if one.digits or _LETTERS.fullmatch(one.core) or (one.core.isupper() and len(one.core) <= _SHORT):
        return Piece(one, Form.WRITTEN, "".join(char for char in one.core.upper() if char.isalnum()))
    if norm in said.LETTER_OF:
        return Piece(one, Form.ALPHABET, said.LETTER_OF[norm])
    return _joined(one) or Piece(one, Form.OTHER)


def _joined(one: Look) -> Piece | None:
    """Return the piece of number words that are written together: "four-one-five"."""
    parts = [look(part) for part in _BETWEEN.split(one.core) if part]
    if len(parts) < 2 or not all(_says_digits(part) or part.norm in {"o", "oh", *said.TIMES_OF} for part in parts):  # noqa: PLR2004 - one part is no join
        return None
    pieces = spelled([part.core for part in parts]).pieces
    return Piece(one, Form.JOINED, "".join(piece.code for piece in pieces), parts=pieces)


def _one_follows(after: Look | None, *, nought: bool = False) -> bool:
    return after is not None and after.norm in said.DIGIT_OF and (nought or said.DIGIT_OF[after.norm] != "0")


def _digits_around(before: Piece | None, after: Look | None) -> bool:
    follows = after is not None and (_says_digits(after) or after.norm in said.DIGIT_OF)
    return follows and before is not None and before.code.isdigit()


def say(spelling: Spelled, code: str, other: Callable[[Look], str]) -> list[str]:
    """Return the words of a span saying another code of the same length.

    Args:
        spelling: how the words said theirs.
        code: digits and capitals, as many as `spelling.code` has.
        other: makes the word that stands for one that spells nothing.
    """
    return _said(spelling.pieces, code, other)


def _said(pieces: Sequence[Piece], code: str, other: Callable[[Look], str]) -> list[str]:
    words: list[str] = []
    at = 0
    for number, piece in enumerate(pieces):
        own = code[at : at + len(piece.code)]
        if piece.form is Form.TENS:
            ones = code[at + 1 : at + 2]
            made = said.tens_then_ones(own, ones)[0]
        elif piece.form is Form.ONES:
            made = said.tens_then_ones(code[at - 1], own)[1]
        elif piece.form is Form.NAMING:
            made = said.ALPHABET.get(code[at - 1 : at], "Alpha")
        else:
            made = _one_word(piece, own, other)
        words.append(piece.look.lead + (made if number or not piece.look.capital else made[:1].upper() + made[1:])
                     + piece.look.trail)  # fmt: skip
        at += len(piece.code)
    return words


def _one_word(piece: Piece, own: str, other: Callable[[Look], str]) -> str:
    core = piece.look.core
    match piece.form:
        case Form.WRITTEN:
            return poured(own, core)
        case Form.ONE:
            return core if own[0] == "0" and piece.look.norm in {"o", "oh"} else said.ONES[int(own[0])]
        case Form.TWO:
            return said.two_digits(*own)
        case Form.ALPHABET:
            return said.ALPHABET[own]
        case Form.JOINED:
            return "-".join(_said(piece.parts, own, other))
    return other(piece.look) if piece.form is Form.OTHER else core


def poured(code: str, template: str) -> str:
    """Return the text with its letters and digits replaced in order; marks between them and small letters stay so."""
    fresh = iter(code)
    return "".join(
        (made if not char.islower() else made.lower()) if char.isalnum() and (made := next(fresh)) else char
        for char in template
    )
