"""Whether a doubtful letter is one: "a", "see", "Mike" and "KA" are letters only beside other letters and digits."""

from __future__ import annotations

from collections.abc import Sequence

from redaction import lexicon
from redaction.alphabets import SOUNDS
from redaction.spoken import NUMERIC, STRONG, Part, Said
from redaction.view import Token

CASES = frozenset({"capital", "small", "letter", "uppercase", "lowercase", "caps", "double"})
"""Said before a letter."""
MAX_BETWEEN = 2
_BETWEEN = lexicon.words("dash hyphen space slash stroke minus then and followed by capital -")
_PUNCTUATION = frozenset({"colon", "dash", "slash", "hyphen"})
_LETTERS = frozenset({Said.LETTER, Said.CODE, Said.WEAK_LETTER})
_SOLID = frozenset({Said.LETTER, Said.CODE})
_CODED = _LETTERS | NUMERIC


def letter_here(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a token that may be a letter is one. The parts before it are settled, those after it are not."""
    norm = tokens[at].norm
    if norm in SOUNDS:
        return all(_beside(tokens, parts, at, step) for step in (-1, 1)) and _letters_around(parts, at)
    if len(norm) == 1:
        return _single(tokens, parts, at)
    return _alone(tokens, at) or (_named if norm in lexicon.NATO else _chunk)(tokens, parts, at)


def near(parts: Sequence[Part], at: int, step: int, wanted: frozenset[Said]) -> bool:
    """Say whether the next part in a direction is of a class."""
    position = at + step
    return 0 <= position < len(parts) and parts[position].said in wanted


def _chunk(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Capitals together ("KA", "HDFC"): beside a digit or letter, over a dash or two."""
    return any(_beside(tokens, parts, at, step, over=_BETWEEN) for step in (-1, 1))


def _named(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """A letter by its name in an alphabet: beside letters, before digits, or amid them."""
    if _of_letters(tokens, parts, at, -1) or _of_letters(tokens, parts, at, 1):
        return True
    if near(parts, at, 1, NUMERIC) and near(parts, at + 1, 1, NUMERIC):
        return True
    return all(_beside(tokens, parts, at, step) for step in (-1, 1))


def _single(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Tell whether an "a" or "i" is a letter by itself."""
    if _subject(tokens, parts, at):
        return False
    before, after = _of_letters(tokens, parts, at, -1), _of_letters(tokens, parts, at, 1)
    cased = at > 0 and tokens[at - 1].norm in CASES and tokens[at - 1].segment == tokens[at].segment
    if cased or (before and after):
        return True
    if after and near(parts, at, -1, NUMERIC) and near(parts, at + 1, 1, _CODED):
        return True
    if tokens[at].norm == "a" and tokens[at].raw[:1].isupper():
        return _capital_a(tokens, parts, at) or (before and near(parts, at - 1, -1, _LETTERS))
    if tokens[at].norm == "a" and _punctuated(tokens, parts, at):
        return True
    digits = near(parts, at, 1, NUMERIC) or near(parts, at - 1, -1, _LETTERS)
    return before and near(parts, at, -1, _SOLID) and digits


def _subject(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether an "I" begins a sentence: "… 4 4. I run a shop"."""
    opens = not at or tokens[at - 1].closes or tokens[at - 1].segment != tokens[at].segment
    goes_on = at + 1 < len(tokens) and not tokens[at].closes and not tokens[at].comma
    return tokens[at].raw == "I" and opens and goes_on and parts[at + 1].said is Said.OTHER


def _capital_a(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a capital "A" is a letter: before one, or amid a sentence beside a digit."""
    inside = at > 0 and tokens[at - 1].segment == tokens[at].segment and not tokens[at - 1].closes
    beside = any(_beside(tokens, parts, at, step, over=_BETWEEN) for step in (-1, 1))
    amid = near(parts, at, -1, NUMERIC) and near(parts, at, 1, NUMERIC)
    return amid or (inside and beside) or near(parts, at, 1, _SOLID)


def _punctuated(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a dash or a colon follows: "one a colon two b"."""
    return at + 1 < len(tokens) and tokens[at + 1].norm in _PUNCTUATION and near(parts, at, -1, STRONG)


def _of_letters(tokens: Sequence[Token], parts: Sequence[Part], at: int, step: int) -> bool:
    return near(parts, at, step, _LETTERS) and tokens[at + step].segment == tokens[at].segment


def _alone(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a token is all that its side says in a turn."""
    own = tokens[at].segment
    return all(not 0 <= place < len(tokens) or tokens[place].segment != own for place in (at - 1, at + 1))


def _beside(
    tokens: Sequence[Token], parts: Sequence[Part], at: int, step: int, over: frozenset[str] = frozenset()
) -> bool:
    """Say whether a digit or letter stands beside a token in its own segment, `over` a dash or two."""
    place = at + step
    for _ in range(MAX_BETWEEN):
        if 0 <= place < len(tokens) and tokens[place].norm in over:
            place += step
    beside = 0 <= place < len(tokens) and tokens[place].segment == tokens[at].segment
    return beside and parts[place].said in STRONG


def _letters_around(parts: Sequence[Part], at: int) -> bool:
    """Say whether the neighbours are single letters or digits, one of them a letter: somebody is spelling."""
    beside = (parts[at - 1], parts[at + 1])
    return all(len(part.code) == 1 for part in beside) and any(part.said is Said.LETTER for part in beside)
