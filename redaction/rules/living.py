"""Where somebody lives: what follows "I live at …" or "deliver it to …", and what answers a question for an address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import streets
from redaction.rules.naming import STOP, bare, phrase_ends
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

REACH = 28
MAX_GAP = 2
NEAR = 10
_LIVING = tuple((phrase, "living") for phrase in streets.LIVING)
_STATED = frozenset({"live", "lives", "living", "in", "at", "on"})
"""Cues that tell where somebody lives rather than ask, when no sentence ends with them."""
_NUMBERED = NUMERIC | {Said.CODE, Said.LETTER}
MOST_MISHEARD = 4
_FRAME = (REPLIES | STOP | lexicon.FILLERS) - lexicon.words("the of in on o oh st")
_SUBJECTS = lexicon.words("i you we they he she there who quite confirm back since until because if but while by after")
_BEFORE_COUNT = frozenset({"between", "about", "around", "over", "under"})
_CODED = NUMERIC | {Said.CODE, Said.LETTER}


def find(context: CallContext, rule: str) -> Iterator[Hit]:
    """Yield what is said of where somebody lives, and the parts of an address after a question for one."""
    for tokens in context.view.channels:
        for at, _ in phrase_ends(tokens, _LIVING):
            yield from _answer(tokens[at : at + REACH], rule, own=True)
    for cue in context.cues.cues:
        if cue.kind == "ADDRESS":
            talk = context.view.talk[cue.place + 1 : cue.place + 1 + REACH]
            own = next((at for at, token in enumerate(talk) if token.segment != cue.token.segment), len(talk))
            yield from _answer(talk[:own], rule, own=True)
            if cue.token.norm not in _STATED or cue.token.closes:
                yield from _answer(_other_side(context, talk[own:], cue.token), rule, own=False)


def _other_side(context: CallContext, talk: Sequence[Token], asked: Token) -> Sequence[Token]:
    """Return what the side that was asked says, where the channels tell the sides apart."""
    several = len(context.view.channels) > 1
    return [token for token in talk if token.channel != asked.channel] if several else talk


def _answer(tokens: Sequence[Token], rule: str, *, own: bool) -> Iterator[Hit]:
    """Yield stretches of numbers, street words and unknown capitalised words after a cue; `own`: in its sentence."""
    if own:
        tokens = tokens[: next((at for at, one in enumerate(tokens, 1) if _ends(tokens, at)), len(tokens))]
    parts = parts_of(tokens)
    numbered = [part.said in _CODED and not _counted(tokens, parts, at) for at, part in enumerate(parts)]
    told = [telling(token, numbered=one) for token, one in zip(tokens, numbered, strict=True)]
    group: list[int] = []
    for at, one in enumerate(told):
        if not one:
            continue
        if group and (at - group[-1] > MAX_GAP + 1 or tokens[at].segment != tokens[group[-1]].segment):
            yield from _group(tokens, parts, group, rule, own=own)
            group = []
        group.append(at)
    yield from _group(tokens, parts, group, rule, own=own)


def _ends(tokens: Sequence[Token], at: int) -> bool:
    last = tokens[at - 1]
    changed = at < len(tokens) and tokens[at].segment != last.segment
    return changed or (last.closes and not streets.abbreviation(last))


def _counted(tokens: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a number counts something ("three to five working days", "500 GB", "between nine and five")."""
    ahead = at + 1
    while ahead < len(tokens) and (parts[ahead].said in NUMERIC or tokens[ahead].norm == "and"):
        ahead += 1
    following = (*tokens[at + 1 : at + 3], *tokens[ahead : ahead + 1])
    if any(token.norm in lexicon.UNITS or token.norm in lexicon.CURRENCY for token in following):
        return True
    return bool(_BEFORE_COUNT & {token.norm for token in tokens[max(0, at - 3) : at]})


def _group(
    tokens: Sequence[Token], parts: Sequence[Part], group: Sequence[int], rule: str, *, own: bool
) -> Iterator[Hit]:
    if not group:
        return
    taken = tuple(token for token in tokens[group[0] : group[-1] + 1] if not token.placeholder)
    named = [tokens[at] for at in group if telling(tokens[at], numbered=False)]
    digits = len(fold(parts[at] for at in group if parts[at].said is not Said.OTHER))
    town = all(vocabulary.place(bare(token.norm)) for token in named)
    plain = any(vocabulary.english(token.norm) and not vocabulary.place(token.norm) for token in named)
    alone = named and not plain and group[0] <= NEAR
    enough = (named and digits) or (not own and (alone or digits > MAX_GAP)) or (own and len(named) > 1 and not town)
    if enough and (named or not _told_of(tokens, group[0])):
        first, end = _whole(tokens, group[0], group[-1] + 1)
        taken = tuple(token for token in tokens[first:end] if not token.placeholder)
        yield Hit(taken, "ADDRESS", 0.75, rule, "a part of an address after a cue")


def _whole(tokens: Sequence[Token], first: int, end: int) -> tuple[int, int]:
    """Return a part of an address with the few misheard words that its sentence begins or ends with."""
    start, last = first, end
    while start and _same(tokens, start - 1):
        start -= 1
    while last < len(tokens) and _same(tokens, last - 1):
        last += 1
    if any(_speaks(token) for token in tokens[start:last]):
        return first, end
    while start < first and _framing(tokens[start]):
        start += 1
    head, rest = tokens[start:first], tokens[end:last]
    begins = len(head) <= MOST_MISHEARD and not any(map(_framing, head))
    whole = len(rest) <= MOST_MISHEARD and not any(map(_framing, rest))
    return (start if begins else first), (last if whole else end)


def _told_of(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a sentence tells of something else before a place in it: "you'd owe nine hundred"."""
    while at and _same(tokens, at - 1):
        at -= 1
        if _speaks(tokens[at]):
            return True
    return False


def _speaks(token: Token) -> bool:
    """Say whether a word shows that a sentence tells of something else: a subject, a sum, a time."""
    return token.norm.partition("'")[0] in _SUBJECTS or token.norm in lexicon.UNITS or token.norm in lexicon.CURRENCY


def _same(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the token behind a place goes on with its sentence."""
    return not tokens[at].closes and at + 1 < len(tokens) and tokens[at + 1].segment == tokens[at].segment


def _framing(token: Token) -> bool:
    return token.placeholder or token.norm in _FRAME


def telling(token: Token, *, numbered: bool) -> bool:
    """Say whether a token is likely a part of an address, where one was announced or begun."""
    if token.placeholder:
        return False
    if numbered or token.norm in lexicon.STREETS or (token.capital and streets.street(token.norm)):
        return True
    if token.norm in lexicon.UNITS or token.norm in lexicon.MONTHS or token.norm in STOP:
        return False
    word = bare(token.norm)
    if len(word) < 2:  # noqa: PLR2004 - initials apart
        return False
    if not token.capital:
        return len(word) > MAX_GAP + 1 and word.isalpha() and not vocabulary.english(word) and word not in STOP
    return vocabulary.place(word) or not (vocabulary.ordinary(word) or vocabulary.brand(word))
