"""Special categories (GDPR Art. 9 and 10): health, belief, union, politics, sexuality, body, crime, said of a person.

They are flagged, not hidden: which words tell such a thing only their owner can say, and a call about insurance is
full of them. A policy may hide them. The reason names the category.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import words
from redaction.rules.special_words import CATEGORY, MEMBERS, NEEDS
from redaction.view import Token

RULE = "special_categories"
KINDS = ("SPECIAL_CATEGORY",)
REACH = 9
NEAR = 4
_PERSON = words(
    "i i'm i've i'd my me myself he he's she she's his her him they they're their them we we're our us you you're your "
    "husband wife son daughter mother father mum mom dad brother sister partner patient member employee child baby "
    "grandmother grandfather aunt uncle friend colleague nephew niece girlfriend boyfriend"
)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the words of a special category in sentences that speak of a person."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            category = CATEGORY.get(token.norm)
            if category and not token.placeholder and _of_person(tokens, at):
                yield Hit((token,), "SPECIAL_CATEGORY", 0.6, RULE, f"{category}, said of a person")


def _of_person(tokens: Sequence[Token], at: int) -> bool:
    near = {token.norm for token in tokens[max(0, at - NEAR) : at + 1 + NEAR]} - {tokens[at].norm}
    needed = NEEDS.get(tokens[at].norm)
    if needed and not near & needed:
        return False
    if near & MEMBERS:
        return True
    for place in range(at - 1, max(-1, at - 1 - REACH), -1):
        if tokens[place].closes or tokens[place].segment != tokens[at].segment:
            break
        if tokens[place].norm in _PERSON or (tokens[place].placeholder and tokens[place].raw.strip() == "[PERSON]"):
            return True
    return False
