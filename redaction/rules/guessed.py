"""Names that only the language model sees: asked last, and only where an answer would be believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from redaction import vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.addressed import trimmed
from redaction.rules.firms import FIRMS
from redaction.rules.naming import STOP, bare, listed, maybe_name, name_like
from redaction.view import Token

LONGEST_GUESS = 8
"""No name of a person has more words than this."""


def find(context: CallContext, found: Sequence[Hit], rule: str) -> Iterator[Hit]:
    """Yield what the language model takes for people, asked only for segments with a capital that nothing explains."""
    if context.guess is None:
        return
    certain = {token.at for hit in found for token in hit.tokens}
    doubtful = {token.segment for token in _undecided(context) if token.at not in certain}
    asked = _worth_asking(context, doubtful)
    for person in context.guess(context.view, asked) if asked else ():
        real = trimmed([token for token in person if not token.placeholder])
        if _believed(real):
            yield Hit(real, "PERSON", 0.85, rule, "a name by the language model")


def _worth_asking(context: CallContext, doubtful: AbstractSet[int]) -> AbstractSet[int]:
    """Return the segments about which some guess of the model would be believed: most are not worth its time.

    What `_believed` wants holds one listed name, or begins and ends with capitals; no name is longer than
    `LONGEST_GUESS`.
    """
    asked: set[int] = set()
    last: Token | None = None
    for token in context.view.tokens:
        if token.segment not in doubtful or not token.capital or token.placeholder or token.norm in STOP:
            continue
        word = bare(token.norm)
        beside = last is not None and last.segment == token.segment and token.at - last.at < LONGEST_GUESS
        if beside or (listed(word) and not vocabulary.place(word)):
            asked.add(token.segment)
        last = token
    return asked


def _believed(real: Sequence[Token]) -> bool:
    """Say whether a guess is worth more than a capital: a listed name, or several words of which one is unknown."""
    if not real or any(vocabulary.brand(token.norm) or token.norm in FIRMS for token in real):
        return False
    words = [bare(token.norm) for token in real]
    if any(listed(word) and not vocabulary.place(word) for word in words):
        return True
    several = len(real) > 1 and any(name_like(token) for token in real) and not any(map(vocabulary.place, words))
    return several and "and" not in words


def _undecided(context: CallContext) -> Iterator[Token]:
    """Yield capitalised words that may be names: unknown ones, and names that are words too amid a sentence."""
    last: Token | None = None
    for token in context.view.tokens:
        if token.capital and not token.placeholder and token.norm not in STOP:
            begins = last is None or last.segment != token.segment or last.closes
            if name_like(token) or (not begins and maybe_name(token)):
                yield token
        last = token
