"""What is left of an address beside its placeholder, and in the short turns after it.

People give an address a line at a time and are answered "uh-huh" in between: "[ADDRESS]" - "Got it." - "Koramangala,"
- "Lot 33". Looked at in redacted talk, so a second look finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import streets
from redaction.rules.naming import STOP, bare
from redaction.rules.readback import placeholder
from redaction.spoken import NUMERIC, Said
from redaction.view import Token

RULE = "rest_of_addresses"
KINDS = ("ADDRESS",)
REACH = 4
"""Sentences after an address in which more of it may come."""
LONGEST = 6
MAX_BETWEEN = 2
MAX_HOUSE = 4
MAX_HEAD = 5
_FLOORS = lexicon.words("ground first second third fourth top upper lower basement garden rear front back left right")
_FLATS = lexicon.words("floor flat basement maisonette annexe annex lodge cottage")
_NUMBERED = NUMERIC | {Said.CODE, Said.LETTER}
_INDOORS = lexicon.words("room no number main level section stage ward floor and")
_NOT_PLACES = lexicon.MONTHS | lexicon.words(
    "monday tuesday wednesday thursday friday saturday sunday sir madam ma'am mr mrs ms miss dr"
)
_COUNTED = lexicon.UNITS | lexicon.CURRENCY
_BEFORE = _FLOORS | _FLATS
_DWELLINGS = streets.PARTS - _INDOORS
_NOT_NAMED = STOP | _NOT_PLACES


def find(context: CallContext) -> Iterator[Hit]:
    """Yield towns, dwellings and codes after an address, and what stands right before or between its parts."""
    left = 0
    for stretch in context.view.stretches:
        for sentence in context.view.sentences(stretch):
            places = [at for at, token in enumerate(sentence) if token.placeholder and _address(context, token)]
            if places:
                if left and (town := _misheard_town(sentence[: places[0]])):
                    yield Hit(town, "ADDRESS", 0.6, RULE, "an address goes on")
                left = REACH + 1
                yield from _around(sentence, places)
            if not left:
                continue
            left -= 1
            yield from _towns(sentence[places[0] + 1 if places else 0 :])
            if not places and _part(context, sentence):
                left = REACH
                rest = tuple(token for token in sentence if token.norm not in REPLIES)
                yield Hit(rest, "ADDRESS", 0.6, RULE, "an address goes on")


def _address(context: CallContext, token: Token) -> bool:
    """Say whether a placeholder stands for an address, or for a name that answers a question for one."""
    kind = placeholder(token)
    if kind == "ADDRESS":
        return True
    cue = context.cues.before(token) if kind == "PERSON" else None
    return cue is not None and cue.kind == "ADDRESS" and cue.asked and cue.token.segment != token.segment


def _around(sentence: Sequence[Token], places: Sequence[int]) -> Iterator[Hit]:
    first = places[0]
    if head := _floor(sentence[:first]):
        yield Hit(tuple(head), "ADDRESS", 0.7, RULE, "a dwelling before an address")
    elif numbered := _numbered_head(sentence[:first]):
        yield Hit(tuple(numbered), "ADDRESS", 0.6, RULE, "the head of an address")
    elif house := _house(sentence[:first]):
        yield Hit(tuple(house), "ADDRESS", 0.55, RULE, "the head of an address")
    for one, two in pairwise(places):
        if 0 < two - one - 1 <= MAX_BETWEEN:
            yield Hit(tuple(sentence[one + 1 : two]), "ADDRESS", 0.6, RULE, "amid an address")
    behind = sentence[places[-1] + 1 : places[-1] + 2]
    after = sentence[places[-1] + 2 : places[-1] + 3]
    counted = any(token.norm in _COUNTED for token in after)
    if behind and any(map(str.isdigit, behind[0].norm)) and not behind[0].placeholder and not counted:
        yield Hit(tuple(behind), "ADDRESS", 0.6, RULE, "a code behind an address")


def _house(before: Sequence[Token]) -> Sequence[Token]:
    """Return the "The Old" before what was found of "The Old Bakery, 12 High Street"."""
    first = len(before)
    while first and len(before) - first < MAX_HOUSE and before[first - 1].raw[:1].isupper():
        first -= 1
        if before[first].raw == "The":
            return before[first:]
    return ()


def _misheard_town(before: Sequence[Token]) -> tuple[Token, ...]:
    """Return the word or two that an answer begins with before more of an address: "indoor 795 532"."""
    plain = any(not token.norm.isalpha() or token.norm in STOP | _NOT_PLACES | REPLIES for token in before)
    return () if plain or len(before) > MAX_BETWEEN else tuple(before)


def _numbered_head(before: Sequence[Token]) -> Sequence[Token]:
    """Return the "567 on North 5th" right before what was found of an address."""
    parts = parts_of(before)
    first = len(before)
    while first and len(before) - first < MAX_HEAD:
        token, part = before[first - 1], parts[first - 1]
        numbered = part.said in _NUMBERED | {Said.ORDINAL}
        named = token.raw[:1].isupper() and token.norm.isalpha() and token.norm not in STOP
        if token.placeholder or not (numbered or named or token.norm in {"on", "of", "the"}):
            break
        first -= 1
    while first < len(before) and parts[first].said not in _NUMBERED:
        first += 1
    return before[first:]


def _floor(before: Sequence[Token]) -> Sequence[Token]:
    """Return the "ground floor flat" that ends right before an address."""
    first = len(before)
    while first and before[first - 1].norm in _BEFORE:
        first -= 1
    head = before[first:]
    return head if any(token.norm in _FLATS or token.capital for token in head) else ()


def _towns(sentence: Sequence[Token]) -> Iterator[Hit]:
    for at, token in enumerate(sentence):
        town = token.capital and not token.placeholder and vocabulary.place(token.norm)
        if town and not vocabulary.english(token.norm):
            first = at - 1 if at and vocabulary.place(f"{sentence[at - 1].norm}_{token.norm}") else at
            yield Hit(tuple(sentence[first : at + 1]), "ADDRESS", 0.6, RULE, "a place after an address")


def _part(context: CallContext, sentence: Sequence[Token]) -> bool:
    """Say whether a short sentence is nothing but a town, a quarter or "Lot 33"."""
    rest = [token for token in sentence if token.norm not in REPLIES]
    if not rest or len(rest) > LONGEST or any(token.placeholder for token in rest):
        return False
    if any(token.at in context.cues.said and token.norm not in streets.PARTS for token in rest):
        return False
    parts = parts_of(rest)
    numbered = [part.said in _NUMBERED for part in parts]
    named = [_named(token) for token in rest]
    if not all(one or two for one, two in zip(numbered, named, strict=True)):
        return False
    dwelling = any(token.norm in _DWELLINGS or streets.street(token.norm) for token in rest)
    if dwelling and any(numbered):
        return True
    strange = [
        token for token, one in zip(rest, named, strict=True) if one and not vocabulary.english(bare(token.norm))
    ]
    return bool(strange) and not any(numbered)


def _named(token: Token) -> bool:
    word = bare(token.norm)
    dwelling = word in _DWELLINGS or streets.street(word)
    capital = token.capital and word.replace("-", "").isalpha() and word not in _NOT_NAMED
    return dwelling or (capital and not vocabulary.brand(word) and not (vocabulary.ordinary(word)))
