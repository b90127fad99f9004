"""Street addresses: number and street name wherever they stand, and what answers a question for an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.spoken import NUMERIC, Part, Said, fold, part_of
from redaction.view import Token

RULE = "spoken_addresses"
KINDS = ("ADDRESS",)
MAX_NAME_TOKENS = 4
REACH = 28
MAX_GAP = 2
MAX_TAIL = 8
_LINKS = lexicon.words("of the on and in at near number no")
_NUMBERED = lexicon.words("flat apartment apt unit suite house block sector door plot floor phase building tower room")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield streets with their numbers, and the parts of an address that follow a cue."""
    for tokens in context.view.channels:
        yield from _streets(tokens)
    for cue in context.cues.cues:
        if cue.kind == "ADDRESS":
            yield from _answer(context.view.talk[cue.place + 1 : cue.place + 1 + REACH])


def _streets(tokens: Sequence[Token]) -> Iterator[Hit]:
    parts = parts_of(tokens)
    numbered = [part.said in NUMERIC | {Said.CODE} for part in parts]
    for at, token in enumerate(tokens):
        if token.norm in lexicon.STREETS and (first := _street_start(tokens, numbered, at)) is not None:
            yield Hit(
                tuple(tokens[first : _tail(tokens, numbered, at)]), "ADDRESS", 0.85, RULE, "a number and a street"
            )
        elif token.norm in lexicon.STREETS_STRONG and token.capital and at and _titled(tokens[at - 1]):
            yield Hit(tuple(tokens[at - 1 : at + 1]), "ADDRESS", 0.7, RULE, "a street by name")
        if token.norm in _NUMBERED and at + 1 < len(tokens) and numbered[at + 1] and not token.closes:
            end = at + 2
            while end < len(tokens) and parts[end].said in NUMERIC | {Said.LETTER}:
                end += 1
            yield Hit(tuple(tokens[at:end]), "ADDRESS", 0.7, RULE, "a numbered dwelling")


def _tail(tokens: Sequence[Token], numbered: Sequence[bool], street: int) -> int:
    """Return where the town, the code and the flat that follow a street end."""
    end, looked = street + 1, street + 1
    while looked < len(tokens) and looked - street <= MAX_TAIL and tokens[looked].segment == tokens[street].segment:
        if tokens[looked].placeholder or (tokens[looked - 1].closes and not numbered[looked]):
            break
        if _telling(tokens[looked], numbered[looked]):
            end = looked + 1
        elif looked - end >= MAX_GAP:
            break
        looked += 1
    return end


def _titled(token: Token) -> bool:
    return token.capital and not token.closes and not token.comma and not vocabulary.ordinary(token.norm)


def _street_start(tokens: Sequence[Token], numbered: Sequence[bool], street: int) -> int | None:
    """Return where the house number begins, when one stands at most a few name words before the street word."""
    at = street - 1
    while at >= 0 and street - at <= MAX_NAME_TOKENS and not numbered[at]:
        token = tokens[at]
        if token.placeholder or token.closes or (not token.capital and vocabulary.ordinary(token.norm)):
            return None
        at -= 1
    if at < 0 or not numbered[at] or (at == street - 1 and tokens[street].norm not in lexicon.STREETS_STRONG):
        return None
    while at > 0 and numbered[at - 1] and tokens[at - 1].segment == tokens[at].segment:
        at -= 1
    return at


def _answer(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield stretches of numbers, street words and unknown capitalised words after a cue."""
    parts = parts_of(tokens)
    numbered = [
        part.said in NUMERIC | {Said.CODE, Said.LETTER} and not _counted(tokens, at) for at, part in enumerate(parts)
    ]
    telling = [_telling(token, one) for token, one in zip(tokens, numbered, strict=True)]
    group: list[int] = []
    for at, one in enumerate(telling):
        if not one:
            continue
        if group and (at - group[-1] > MAX_GAP + 1 or tokens[at].segment != tokens[group[-1]].segment):
            yield from _group(tokens, parts, group)
            group = []
        group.append(at)
    yield from _group(tokens, parts, group)


def _counted(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a number counts something ("three to five working days", "500 GB", "between nine and five")."""
    ahead = at + 1
    while ahead < len(tokens) and (part_of(tokens[ahead]).said in NUMERIC or tokens[ahead].norm == "and"):
        ahead += 1
    following = (*tokens[at + 1 : at + 3], *tokens[ahead : ahead + 1])
    if any(token.norm in lexicon.UNITS or token.norm in lexicon.CURRENCY for token in following):
        return True
    return "between" in {token.norm for token in tokens[max(0, at - 3) : at]}


def _group(tokens: Sequence[Token], parts: Sequence[Part], group: Sequence[int]) -> Iterator[Hit]:
    if not group:
        return
    taken = tuple(token for token in tokens[group[0] : group[-1] + 1] if not token.placeholder)
    named = any(_telling(tokens[at], numbered=False) for at in group)
    if named or len(fold(parts[at] for at in group if parts[at].said is not Said.OTHER)) > MAX_GAP:
        yield Hit(taken, "ADDRESS", 0.75, RULE, "a part of an address after a cue")


def _telling(token: Token, numbered: bool) -> bool:
    if token.placeholder:
        return False
    if numbered or token.norm in lexicon.STREETS:
        return True
    if token.norm in lexicon.UNITS or token.norm in lexicon.MONTHS:
        return False
    return token.capital and token.norm.isalpha() and len(token.norm) > 1 and not vocabulary.ordinary(token.norm)
