"""What each token of a stretch of talk is in a code, homophones and doubtful letters settled by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from redaction import lexicon, vocabulary
from redaction.letters import CASES, letter_here, near
from redaction.spoken import NUMERIC, STRONG, Part, Said
from redaction.view import Line, Token

ENOUGH_AROUND = 4
"""So many digits around a homophone make it one: "three to five" is a range."""
_HESITATIONS = frozenset({"uh", "uhh", "umm", "um", "er", "erm", "ah", "dash", "hyphen", "", "-"})
_DOUBTFUL = frozenset({Said.WEAK_DIGIT, Said.WEAK_LETTER, Said.REPEAT, Said.SCALE, Said.DIGIT})
_SOLID = STRONG | {Said.REPEAT}
_ROWS = frozenset({Said.DIGIT, Said.WRITTEN, Said.REPEAT})
_DIGITAL = STRONG | {Said.WEAK_DIGIT}
_CASED = CASES - {"double"}
_OTHER = Part(Said.OTHER)
_POINTED_AT = lexicon.words(
    "the that this these new old other another later earlier which every each first last any right wrong same work "
    "home spare second only next"
)
"""Before "one" these make it stand for a thing: "the new one", not the digit."""
_HAVING = lexicon.words("have got need want get without")
"""Before a "one" that ends a sentence: "if you have one?"."""


def parts_of(tokens: Sequence[Token]) -> Sequence[Part]:
    """Say what each token is, homophones and doubtful letters settled by their neighbours; once for a whole line."""
    if not isinstance(tokens, Line):
        return _settled(tokens)
    if "parts" not in tokens.kept:
        tokens.kept["parts"] = tuple(_settled(tokens))
    parts: tuple[Part, ...] = tokens.kept["parts"]
    return parts


def _settled(tokens: Sequence[Token]) -> list[Part]:
    parts = [token.part for token in tokens]
    for at, part in enumerate(parts):
        if part.said not in _DOUBTFUL:
            continue
        if part.said is Said.WEAK_DIGIT and at and tokens[at].norm == "o" and tokens[at - 1].norm in _CASED:
            parts[at] = Part(Said.LETTER, "O")
        elif part.said is Said.WEAK_DIGIT:
            parts[at] = Part(Said.DIGIT, part.code) if _digit_here(tokens, parts, at) else _weak_rest(tokens[at])
        elif part.said is Said.WEAK_LETTER:
            parts[at] = Part(Said.LETTER, part.code) if letter_here(tokens, parts, at) else _OTHER
        elif (
            (tokens[at].norm == "one" and _pronoun(tokens, parts, at))
            or (part.said is Said.REPEAT and not _repeats(tokens, parts, at))
            or (part.said is Said.SCALE and not near(parts, at, -1, NUMERIC))
        ):
            parts[at] = _OTHER
    return parts


def _repeats(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a "double" stands before what it doubles, or breaks off amid a number ("five double, no wait")."""
    if near(parts, at, 1, _DIGITAL):
        return True
    return tokens[at].comma and near(parts, at, -1, STRONG) and tokens[at - 1].segment == tokens[at].segment


def _pronoun(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether "one" means a thing already spoken of, rather than a digit at the head of a number."""
    opens = at + 1 < len(tokens) and tokens[at + 1].segment == tokens[at].segment and not tokens[at].comma
    headed = at > 0 and tokens[at - 1].segment == tokens[at].segment and _saidnear(tokens, parts, at, -1)
    if opens and not headed and not tokens[at].closes and tokens[at + 1].norm in vocabulary.OPENING:
        return True
    if tokens[at].closes and at and tokens[at - 1].norm in _HAVING:
        return True
    if not at or tokens[at - 1].norm not in _POINTED_AT or tokens[at - 1].segment != tokens[at].segment:
        return False
    return tokens[at].closes or tokens[at].comma or not near(parts, at, 1, _SOLID)


def _weak_rest(token: Token) -> Part:
    return Part(Said.FILLER) if token.norm in {"oh", "o"} else _OTHER


def _digit_here(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    if tokens[at].norm in {"oh", "o"}:
        return any(_saidnear(tokens, parts, at, step) for step in (-1, 1))
    before, after = near(parts, at, -1, _SOLID), near(parts, at, 1, _SOLID)
    if not (before and after):
        return False
    singles = (parts[at - 1].code, parts[at + 1].code)
    return all(len(code) == 1 for code in singles) and _digits_around(parts, at) >= ENOUGH_AROUND


def _saidnear(tokens: Sequence[Token], parts: Sequence[Part], at: int, step: int) -> bool:
    """Say whether a digit, a letter or another "oh" is next in a direction, hesitations left out."""
    place = at + step
    while 0 <= place < len(parts) and tokens[place].norm in _HESITATIONS:
        place += step
    if step < 0 and place >= 0 and tokens[place].segment != tokens[at].segment and tokens[place].closes:
        return False
    return 0 <= place < len(parts) and (parts[place].said in _SOLID or tokens[place].norm in {"oh", "o"})


def _digits_around(parts: Sequence[Part], at: int) -> int:
    count = 0
    for step in (-1, 1):
        position = at + step
        while 0 <= position < len(parts) and parts[position].said in _ROWS:
            if count >= ENOUGH_AROUND:
                return count
            count += 1
            position += step
    return count
