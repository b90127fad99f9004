"""Special categories (GDPR Art. 9 and 10): health, belief, union, politics, sexuality, body, crime, said of a person.

They are flagged, not hidden: which words tell such a thing only their owner can say, and a call about insurance is
full of them. A policy may hide them. The reason names the category.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from redaction import vocabulary
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import words
from redaction.phrases import Phrases
from redaction.rules.naming import norms_of
from redaction.rules.special_words import CATEGORY, MEMBERS, NEEDS, PHRASES, STEMS, TELLING
from redaction.view import REMEMBERED, Token

RULE = "special_categories"
KINDS = ("SPECIAL_CATEGORY",)
REACH = 9
NEAR = 4
LONGEST_ANSWER = 8
SHORTEST_MEDICINE = 7
_PERSON = words(
    "i i'm i've i'd my me myself he he's she she's his her him they they're their them we we're our us you you're your "
    "husband wife son daughter mother father mum mom dad brother sister partner patient member employee child baby "
    "grandmother grandfather aunt uncle friend colleague nephew niece girlfriend boyfriend"
)
_ANSWERS = REPLIES | words("a an not no quite listen she he they practising practicing devout strict") - words("the is")
_OTHER_UNIONS = words("credit european western soviet african students' student's customs")


@cache
def _phrases() -> Phrases[str]:
    return Phrases((phrase, category) for category, phrases in PHRASES.items() for phrase in phrases)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the words of a special category in sentences that speak of a person, or that hold nothing else."""
    for tokens in context.view.channels:
        norms = norms_of(tokens)
        for found in _phrases().find(norms):
            if _said_of_somebody(tokens, found.first, found.end, found.meaning, needed=found.meaning in TELLING):
                yield _hit(tokens[found.first : found.end], found.meaning)
        for at in [place for place, norm in enumerate(norms) if norm in CATEGORY or _medicine(norm)]:
            category = CATEGORY.get(norms[at], "health")
            near = set(norms[max(0, at - NEAR) : at] + norms[at + 1 : at + 1 + NEAR])
            needs = NEEDS.get(norms[at])
            if (needs and not near & needs) or (at and norms[at] == "union" and norms[at - 1] in _OTHER_UNIONS):
                continue
            told = bool(needs) and category in TELLING
            if _said_of_somebody(tokens, at, at + 1, category, needed=told or bool(near & MEMBERS)):
                yield _hit(tokens[at : at + 1], category)


def _hit(tokens: Sequence[Token], category: str) -> Hit:
    return Hit(tuple(tokens), "SPECIAL_CATEGORY", 0.6, RULE, f"{category}, said of a person")


@lru_cache(maxsize=REMEMBERED)
def _medicine(norm: str) -> bool:
    """Say whether a word that no list holds ends like the name of a medicine: "amlodipine"."""
    named = len(norm) >= SHORTEST_MEDICINE and norm.endswith(STEMS) and norm.isalpha()
    return named and not (vocabulary.english(norm) or vocabulary.place(norm) or vocabulary.brand(norm))


def _said_of_somebody(tokens: Sequence[Token], first: int, end: int, category: str, *, needed: bool) -> bool:
    """Say whether a person is spoken of before the words, or the words are all that an answer holds."""
    if any(token.placeholder for token in tokens[first:end]):
        return False
    opposite = category == "trade union" and first and tokens[first - 1].norm in _OTHER_UNIONS
    if needed or opposite:
        return not opposite
    start = first
    while start > 0 and tokens[start - 1].segment == tokens[first].segment and not tokens[start - 1].closes:
        start -= 1
        person = tokens[start].norm in _PERSON or (tokens[start].placeholder and tokens[start].raw == "[PERSON]")
        if person and first - start <= REACH:
            return True
    return _all_of_it(tokens, start, first, end)


def _all_of_it(tokens: Sequence[Token], start: int, first: int, end: int) -> bool:
    """Say whether a sentence that begins at `start` holds nothing but the words and replies: "It's Buddhist."."""
    last = end
    while last < len(tokens) and tokens[last].segment == tokens[first].segment and not tokens[last - 1].closes:
        last += 1
    rest = (*tokens[start:first], *tokens[end:last])
    told = start > 0 or tokens[start].segment > 0
    return told and last - start <= LONGEST_ANSWER and all(token.norm in _ANSWERS for token in rest)
