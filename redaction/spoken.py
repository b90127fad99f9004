"""Spoken forms: what a token says as digits and letters, whichever way it was said or written.

"double five", "forty-one", "4111-1111", "NW7", "Sierra", "K-R-I" all become a `Part`: a class and a canonical code. The
tokens stay the measure: a code is only ever used to decide, and what is covered are the tokens it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cached_property
from typing import TYPE_CHECKING

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS, CHUNK, SOUNDS

if TYPE_CHECKING:
    from redaction.view import Token


class Said(IntEnum):
    """What a token is in a run of digits and letters."""

    DIGIT = auto()
    TEEN = auto()
    TENS = auto()
    SCALE = auto()
    REPEAT = auto()
    WRITTEN = auto()
    CODE = auto()
    LETTER = auto()
    WEAK_DIGIT = auto()
    WEAK_LETTER = auto()
    FILLER = auto()
    MONEY = auto()
    TIME = auto()
    PERCENT = auto()
    ORDINAL = auto()
    PLACEHOLDER = auto()
    OTHER = auto()


STRONG = frozenset({Said.DIGIT, Said.TEEN, Said.TENS, Said.WRITTEN, Said.CODE, Said.LETTER})
NUMERIC = frozenset({Said.DIGIT, Said.TEEN, Said.TENS, Said.SCALE, Said.WRITTEN})

_MONEY = re.compile(
    r"^[-+]?[$£€₹¥]\s?\d[\d.,]*(?:[kmb]|bn|cr|l|/-?)?$|^\d[\d.,]*(?:[$£€₹¥]|/-?)$|^(?:rs|usd|inr|gbp|eur)\.?\d[\d.,]*(?:/-?)?$"
)
_TIME = re.compile(r"^\d{1,2}[:.]\d{2}(?:am|pm|a\.m|p\.m)?$|^\d{1,2}(?:am|pm|a\.m|p\.m)$")
_ORDINAL = re.compile(r"^\d{1,2}(?:st|nd|rd|th)$")
_WRITTEN = re.compile(r"^[+#(]*\d[\d\s\-.,/()#+']*$")
_CODE = re.compile(r"^(?=.*\d)[+(#*]*[a-z0-9][a-z0-9\-./#()_*]*$|^[a-z]{1,6}:[a-z\d\-]*\d[a-z\d\-]*$")
_MEASURE = re.compile(
    r"^\d{1,5}(?:\.\d+)?(?:gb|mb|tb|kb|kg|km|cm|mm|ml|k|m|g|x|s|hrs?|mins?|secs?|mbps|ghz|mhz|kwh?|p|w|v)$"
)
_PLACES = re.compile(r"^\d{1,3}-(?:digits?|characters?|letters?|figures?|places?)$")
_LETTERS = re.compile(r"^[a-z](?:[-.,][a-z])+$")
_DECADE = re.compile(r"^(?:\d0|(?:19|20)\d0)'?s$")
VOWEL = re.compile("[aeiouy]")
_NOT_SINGLE = frozenset("ai")
MOSTLY_SPELLED = 3
DENSE = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A token's class and its canonical code: digits and capital letters, for REPEAT the count."""

    said: Said
    code: str = ""


_OTHER = Part(Said.OTHER)
PLACEHOLDER = Part(Said.PLACEHOLDER)


def part_of(token: Token) -> Part:
    """Say what one token is, without looking at its neighbours."""
    return token.part


def said_as(raw: str, norm: str) -> Part:
    """Say what something written is, whatever stands beside it: `norm` is its normal form (`redaction.view`)."""
    return _closed_class(norm) or _letter(raw, norm) or _shaped(raw, norm) or _joined(norm) or _dense(norm) or _OTHER


def _dense(norm: str) -> Part | None:
    """Read a token of any form as a code when it holds many digits: what stands between them does not matter."""
    digits = sum(char.isdecimal() for char in norm)
    plain = "".join(char for char in norm.upper() if char.isalnum() and (char.isascii() or char.isdecimal()))
    code = "".join(str(int(char)) if char.isdecimal() else char for char in plain)
    return Part(Said.CODE, code) if digits >= DENSE else None


_TABLES: tuple[tuple[Mapping[str, str], Said], ...] = (
    (lexicon.DIGITS, Said.DIGIT),
    (lexicon.TEENS, Said.TEEN),
    (lexicon.TENS, Said.TENS),
    (lexicon.SCALES, Said.SCALE),
    ({word: str(times) for word, times in lexicon.REPEATS.items()}, Said.REPEAT),
    (lexicon.HOMOPHONES, Said.WEAK_DIGIT),
    (dict.fromkeys(lexicon.FILLERS, ""), Said.FILLER),
    (dict.fromkeys(lexicon.ORDINALS, ""), Said.ORDINAL),
)


def _closed_class(norm: str) -> Part | None:
    if not norm:
        return Part(Said.FILLER)
    return next((Part(said, table[norm]) for table, said in _TABLES if norm in table), None)


def _letter(raw: str, norm: str) -> Part | None:
    if len(norm) == 1 and norm.isascii() and norm.isalpha():
        return Part(Said.WEAK_LETTER if norm in _NOT_SINGLE else Said.LETTER, norm.upper())
    if norm in lexicon.NATO:
        return Part(Said.WEAK_LETTER, lexicon.NATO[norm])
    if _LETTERS.match(norm) and norm not in {"a.m", "p.m", "e.g", "i.e"}:
        return Part(Said.LETTER, re.sub(r"[^a-z]", "", norm).upper())
    if norm in SOUNDS:
        return Part(Said.WEAK_LETTER, SOUNDS[norm])
    return Part(Said.WEAK_LETTER, norm.upper()) if _chunk(raw, norm) else None


def _chunk(raw: str, norm: str) -> bool:
    """Say whether a token is a few capitals together that are no word and no abbreviation of the trade."""
    if raw[:1] == "(" or len(norm) not in CHUNK or not norm.isascii() or not norm.isalpha() or norm.upper() in ACRONYMS:
        return False
    return norm.upper() in raw and not (VOWEL.search(norm) and vocabulary.ordinary(norm))


_SHAPES: tuple[tuple[re.Pattern[str], Said], ...] = (
    (_MONEY, Said.MONEY),
    (_MEASURE, Said.MONEY),
    (_DECADE, Said.MONEY),
    (_PLACES, Said.MONEY),
    (_TIME, Said.TIME),
    (_ORDINAL, Said.ORDINAL),
    (_WRITTEN, Said.WRITTEN),
    (_CODE, Said.CODE),
)


def _shaped(raw: str, norm: str) -> Part | None:
    if not any(char.isdigit() for char in norm):
        return None
    if raw.rstrip(".,;:!?)").endswith("%"):
        return Part(Said.PERCENT)
    said = next((said for pattern, said in _SHAPES if pattern.match(norm)), None)
    if said is None:
        return None
    if said is Said.CODE:
        return Part(said, re.sub(r"[^A-Z0-9]", "", norm.upper()))
    return Part(said, "" if said is Said.MONEY else "".join(str(int(char)) for char in norm if char.isdecimal()))


def _joined(norm: str) -> Part | None:
    """Read "forty-one", "four-one-five", "079-double-1", "N-W-1-6" and "B-as-in-boy" piece by piece."""
    pieces = [piece for piece in re.split(r"[-./,]", norm) if piece]
    singles = [piece for piece in pieces if len(piece) == 1 and piece.isalnum() and piece.isascii()]
    if len(singles) >= MOSTLY_SPELLED and len(pieces) - len(singles) == 1 and singles[0] == pieces[0]:
        code = "".join(singles).upper()
        return Part(Said.LETTER if code.isalpha() else Said.CODE, code)
    if len(pieces) < 2:  # noqa: PLR2004 - one piece is no join
        return None
    code = ""
    times = 1
    for piece in pieces:
        found = _piece_code(piece)
        if found is None:
            return None
        if piece in lexicon.REPEATS:
            times = lexicon.REPEATS[piece]
            continue
        code += found * times if times > 1 else found
        times = 1
    if not any(char.isdigit() for char in code):
        return (
            Part(Said.LETTER, code)
            if len(code) > 1 and all(len(piece) == 1 or piece in lexicon.NATO for piece in pieces)
            else None
        )
    return Part(Said.WRITTEN if code.isdigit() else Said.CODE, code)


def _piece_code(piece: str) -> str | None:
    if piece in lexicon.NATO:
        return lexicon.NATO[piece]
    for table in (lexicon.DIGITS, lexicon.TEENS, lexicon.SCALES, lexicon.HOMOPHONES):
        if piece in table:
            return table[piece]
    if piece in lexicon.TENS:
        return lexicon.TENS[piece]
    if piece in lexicon.REPEATS:
        return ""
    if piece.isdigit() or (len(piece) == 1 and piece.isascii() and piece.isalpha()):
        return piece.upper()
    return None


def fold(parts: Iterable[Part]) -> str:
    """Return the digits and letters that the parts spell, in one string."""
    code = ""
    times = 1
    tens = False
    for part in parts:
        if part.said is Said.REPEAT:
            times = int(part.code)
            continue
        if part.said is Said.TENS:
            code += ("0" if tens else "") + part.code
            tens = True
            continue
        if tens and not (part.said is Said.DIGIT and part.code != "0"):
            code += "0"
        tens = False
        code += part.code[:1] * times + part.code[1:] if part.code else ""
        times = 1
    return code + ("0" if tens else "")


@dataclass(frozen=True)
class Run:
    """Tokens that together say one code, fillers between them left out; `parts` matches `tokens`."""

    tokens: tuple[Token, ...]
    parts: tuple[Part, ...]

    @cached_property
    def code(self) -> str:
        """The canonical string."""
        return fold(self.parts)

    @cached_property
    def digits(self) -> str:
        """The digits of the canonical string."""
        return "".join(char for char in self.code if char.isdigit())

    @cached_property
    def letters(self) -> str:
        """The letters of the canonical string."""
        return "".join(char for char in self.code if char.isalpha())
