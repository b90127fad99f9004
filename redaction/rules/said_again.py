"""The odd words of an address, a user name or a password where they are said once more: "k dot vandermeer?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.spoken import NUMERIC, Said
from redaction.view import Token

SHORTEST = 4
LONGEST = 12
_SIGNS = lexicon.words("dot underscore dash hyphen point . _ @")
_KINDS = frozenset({"EMAIL_ADDRESS", "UPI_ID", "USERNAME", "SOCIAL_HANDLE"})
_CODED = NUMERIC | {Said.CODE, Said.LETTER, Said.REPEAT}
_HOSTS = lexicon.MAIL_HOSTS | lexicon.TLDS


def again(context: CallContext, found: Sequence[Hit], rule: str) -> Iterator[Hit]:
    """Yield every other place of a word that only an address found before has, with signs and figures beside it."""
    odd: dict[str, str] = {}
    for hit in found:
        if hit.kind in _KINDS:
            odd.update({token.norm: hit.kind for token in hit.tokens if _odd(token)})
    if not odd:
        return
    mine = {token.at for hit in found for token in hit.tokens}
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if token.norm in odd and token.at not in mine:
                first, end = _grown(tokens, at)
                yield Hit(tuple(tokens[first:end]), odd[token.norm], 0.65, rule, "a part of an address said again")


def told_again(context: CallContext, found: Sequence[Hit], rule: str) -> Iterator[Hit]:
    """Yield what was told when it is read back: all of it in a row, and each of its words that is no ordinary one."""
    whole: dict[str, set[tuple[str, ...]]] = {}
    odd: dict[str, str] = {}
    for hit in found:
        norms = tuple(token.norm for token in hit.tokens)
        whole.setdefault(norms[0], set()).add(norms)
        odd.update({norm: hit.kind for norm in norms if len(norm) > SHORTEST - 1 and not vocabulary.ordinary(norm)})
    tokens = context.view.tokens
    for at, token in enumerate(tokens if found else ()):
        if token.norm in odd and not token.placeholder:
            yield Hit((token,), odd[token.norm], 0.65, rule, "told before in the call")
        for norms in whole.get(token.norm, ()):
            said = tokens[at : at + len(norms)]
            if len(norms) > 1 and tuple(one.norm for one in said) == norms:
                yield Hit(tuple(said), found[0].kind, 0.65, rule, "told before in the call")


def _odd(token: Token) -> bool:
    norm = token.norm
    plain = not norm.isalpha() or norm in _HOSTS or vocabulary.english(norm) or vocabulary.place(norm)
    return len(norm) >= SHORTEST and not plain


def _grown(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Return the stretch of signs, letters and figures around a word, in its own sentence."""
    parts = parts_of(tokens)

    def joined(place: int) -> bool:
        token = tokens[place]
        coded = token.norm in _SIGNS or parts[place].said in _CODED
        return coded and token.segment == tokens[at].segment and not token.placeholder

    first, end = at, at + 1
    while first and at - first < LONGEST and joined(first - 1) and not tokens[first - 1].closes:
        first -= 1
    while end < len(tokens) and end - at < LONGEST and not tokens[end - 1].closes and joined(end):
        end += 1
    return first, end
