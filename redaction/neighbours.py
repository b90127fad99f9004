"""What each token of a stretch of talk is in a code, homophones and doubtful letters settled by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from redaction import lexicon
from redaction.spoken import NUMERIC, STRONG, Part, Said, part_of
from redaction.view import Token

_HESITATIONS = frozenset({"uh", "um", "er", "erm", "ah", "dash", "hyphen", "", "-"})
_OTHER = Part(Said.OTHER)
_POINTED_AT = lexicon.words(
    "the that this these new old other another later earlier which every each first last any right wrong same work "
    "home spare second only next"
)
"""Before "one" these make it stand for a thing: "the new one", not the digit."""


def parts_of(tokens: Sequence[Token]) -> list[Part]:
    """Say what each token is, homophones and doubtful letters settled by their neighbours."""
    parts = [part_of(token) for token in tokens]
    for at, part in enumerate(parts):
        if part.said is Said.WEAK_DIGIT:
            parts[at] = Part(Said.DIGIT, part.code) if _digit_here(tokens, parts, at) else _weak_rest(tokens[at])
        elif part.said is Said.WEAK_LETTER:
            parts[at] = Part(Said.LETTER, part.code) if _letter_here(tokens, parts, at) else _OTHER
        elif (
            (tokens[at].norm == "one" and _pronoun(tokens, parts, at))
            or (part.said is Said.REPEAT and not _near(parts, at, 1, STRONG | {Said.WEAK_DIGIT}))
            or (part.said is Said.SCALE and not _near(parts, at, -1, NUMERIC))
        ):
            parts[at] = _OTHER
    return parts


def _pronoun(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether "one" means a thing already spoken of, rather than a digit at the head of a number."""
    if not at or tokens[at - 1].norm not in _POINTED_AT or tokens[at - 1].segment != tokens[at].segment:
        return False
    return tokens[at].closes or tokens[at].comma or not _near(parts, at, 1, STRONG | {Said.REPEAT})


def _weak_rest(token: Token) -> Part:
    return Part(Said.FILLER) if token.norm in {"oh", "o"} else _OTHER


def _near(parts: Sequence[Part], at: int, step: int, wanted: frozenset[Said]) -> bool:
    position = at + step
    return 0 <= position < len(parts) and parts[position].said in wanted


def _digit_here(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    solid = STRONG | {Said.REPEAT}
    if tokens[at].norm in {"oh", "o"}:
        return any(_said_near(tokens, parts, at, step) for step in (-1, 1))
    before, after = _near(parts, at, -1, solid), _near(parts, at, 1, solid)
    if not (before and after):
        return False
    singles = (parts[at - 1].code, parts[at + 1].code)
    return all(len(code) == 1 for code in singles) and _digits_around(parts, at) >= 4  # noqa: PLR2004 - "three to five" is a range


def _said_near(tokens: Sequence[Token], parts: Sequence[Part], at: int, step: int) -> bool:
    """Say whether a digit, a letter or another "oh" is next in a direction, hesitations left out."""
    place = at + step
    while 0 <= place < len(parts) and tokens[place].norm in _HESITATIONS:
        place += step
    if step < 0 and place >= 0 and tokens[place].segment != tokens[at].segment and tokens[place].closes:
        return False
    return 0 <= place < len(parts) and (
        parts[place].said in STRONG | {Said.REPEAT} or tokens[place].norm in {"oh", "o"}
    )


def _digits_around(parts: Sequence[Part], at: int) -> int:
    count = 0
    for step in (-1, 1):
        position = at + step
        while 0 <= position < len(parts) and parts[position].said in {Said.DIGIT, Said.WRITTEN, Said.REPEAT}:
            count += 1
            position += step
    return count


def _letter_here(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    token = tokens[at]
    near = frozenset({Said.LETTER, Said.CODE, Said.WEAK_LETTER})
    before = _near(parts, at, -1, near) and tokens[at - 1].segment == token.segment
    after = _near(parts, at, 1, near) and tokens[at + 1].segment == token.segment
    if len(token.norm) > 1:
        return before or after or (_near(parts, at, 1, NUMERIC) and _near(parts, at + 1, 1, NUMERIC))
    if before and after:
        return True
    solid = frozenset({Said.LETTER, Said.CODE})
    if token.raw[:1].isupper() and token.norm == "a":
        return _near(parts, at, 1, solid) or (before and _near(parts, at - 1, -1, near))
    return before and _near(parts, at, -1, solid) and (_near(parts, at, 1, NUMERIC) or _near(parts, at - 1, -1, near))
