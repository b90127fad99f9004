"""Dates of birth and ages: a date that a cue announces, however it is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from redaction import lexicon
from redaction.asked import REPLIES, only_replies, only_replies_since
from redaction.context import CallContext
from redaction.cues import Cue
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.ages import ages
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

RULE = "spoken_births"
KINDS = ("DATE_OF_BIRTH", "AGE", "CARD_EXPIRY")
REACH = 25
DATE_DIGITS = 4
SCALE_OF_YEARS = 2
EXPIRY_REACH = 12
MOST_AFTER_AS = 6
STALLED = 70
_IN_FRONT = lexicon.words("front me until till valid through expires expiring of")
_AS = frozenset({"as", "is", "for"})
_LINKS = lexicon.words("the of and a on in , - uh um")
_LEAD = lexicon.words("the of end beginning start late early mid middle day month")
_DATE_SAID = NUMERIC | {Said.ORDINAL, Said.CODE, Said.TIME}
_BIRTH_YEAR = re.compile(r"(?:19[2-9]\d|200\d|201[0-2])$")
_WRITTEN_BIRTH = re.compile(
    r"^\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d|201[0-2])$|^(?:19[2-9]\d|200\d|201[0-2])-\d\d-\d\d$"
)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield dates that follow a cue of birth or expiry, dates of long ago, and ages; worked out once per view."""
    kept = context.view.talk.kept
    if RULE not in kept:
        kept[RULE] = tuple(_look(context))
    yield from kept[RULE]


def _look(context: CallContext) -> Iterator[Hit]:
    talk = context.view.talk
    for cue in context.cues.cues:
        if cue.kind == "DATE_OF_BIRTH":
            yield from _stated_before(context, cue)
        answer = talk[cue.place + 1 : cue.place + 1 + REACH]
        if cue.kind == "DATE_OF_BIRTH":
            yield from _first(context, cue, _dates(answer))
        elif cue.kind == "CARD_EXPIRY":
            for hit in _first(context, cue, _dates(answer[:EXPIRY_REACH])):
                if _month_and_year(hit.tokens):
                    yield replace(hit, kind="CARD_EXPIRY", reason="a month after a cue of expiry")
    yield from _expiries_after_stalling(context)
    yield from _full_dates(context.view.tokens)
    yield from ages(context)


def _expiries_after_stalling(context: CallContext) -> Iterator[Hit]:
    """Yield a month and a year that are all of a sentence, when nothing else was asked since a card's expiry was."""
    talk = context.view.talk
    for cue in context.cues.cues:
        if cue.kind != "CARD_EXPIRY" or not cue.asked:
            continue
        later = (one.place for one in context.cues.cues if one.place > cue.place and one.asked and one.kind != cue.kind)
        end = min(next(later, len(talk)), cue.place + STALLED)
        for sentence in context.view.sentences(talk[cue.place + 1 : end]):
            told = [token for token in sentence if token.norm not in REPLIES and token.norm not in _IN_FRONT]
            code = fold([part for part in parts_of(told) if part.said in NUMERIC])
            if len(told) in {2, 3} and _month_and_year(told) and len(code) in {2, 4} and told[0].norm in lexicon.MONTHS:
                yield Hit(tuple(told), "CARD_EXPIRY", 0.7, RULE, "a month after a cue of expiry")
                break


def _month_and_year(tokens: Sequence[Token]) -> bool:
    """Say whether a date names a month but no day ("the 12th of March" is an appointment, not an expiry)."""
    ordinal = any(part.said is Said.ORDINAL for part in parts_of(tokens))
    return not ordinal and any(token.norm in lexicon.MONTHS for token in tokens)


def _stated_before(context: CallContext, cue: Cue) -> Iterator[Hit]:
    """Yield the date that a sentence says before its cue: "I have the 9th of April, '08 as your date of birth"."""
    first = cue.place
    while first and cue.place - first < REACH and talk_goes_on(context.view.talk, first, cue.token):
        first -= 1
    before = context.view.talk[first : cue.place + 1]
    norms = [token.norm for token in before]
    link = next((at for at in range(len(norms) - 1, 0, -1) if norms[at] in _AS), None)
    if link is None or len(before) - link > MOST_AFTER_AS:
        return
    for hit in _dates(before[:link]):
        if context.cues.places[hit.tokens[-1].at] == first + link - 1:
            yield hit


def talk_goes_on(talk: Sequence[Token], at: int, token: Token) -> bool:
    """Say whether the token before a place belongs to the sentence of another one that is said behind it."""
    before = talk[at - 1]
    return before.segment == token.segment and not before.closes


def _first(context: CallContext, cue: Cue, dates: Iterator[Hit]) -> Iterator[Hit]:
    """Yield the first date and what still belongs to it (its year in the next breath), not a later topic's date."""
    end: int | None = None
    talk = context.view.talk
    for hit in dates:
        place = context.cues.places[hit.tokens[0].at]
        between = talk[(cue.place if end is None else end) + 1 : place]
        if not (only_replies_since(between) if end is None else only_replies(between)):
            return
        end = context.cues.places[hit.tokens[-1].at]
        yield hit


def _full_dates(tokens: Sequence[Token]) -> Iterator[Hit]:
    """Yield dates whose year makes them somebody's birth rather than anybody's business, with or without a cue."""
    for hit in _dates(tokens):
        folded = [part for part in parts_of(hit.tokens) if part.said in NUMERIC]
        code = fold(folded)
        if any(token.norm in lexicon.MONTHS for token in hit.tokens) and _BIRTH_YEAR.search(code):
            yield Hit(hit.tokens, "DATE_OF_BIRTH", 0.6, RULE, "a full date of long ago")
    for token in tokens:
        if token.norm[:1].isdigit() and not token.placeholder and _WRITTEN_BIRTH.match(token.norm):
            yield Hit((token,), "DATE_OF_BIRTH", 0.6, RULE, "a written date of long ago")


def _dates(tokens: Sequence[Token]) -> Iterator[Hit]:
    parts = parts_of(tokens)
    dated = [part.said in _DATE_SAID or token.norm in lexicon.MONTHS for part, token in zip(parts, tokens, strict=True)]
    at = dated.index(True) if True in dated else len(tokens)
    while at < len(tokens):
        if not dated[at]:
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and (dated[end] or (tokens[end].norm in _LINKS and any(dated[end + 1 : end + 3]))):
            if tokens[end].segment != tokens[end - 1].segment and not _goes_on(tokens, dated, end):
                break
            end += 1
        while at > 0 and tokens[at - 1].norm in _LEAD and tokens[at - 1].segment == tokens[at].segment:
            at -= 1
        group = tuple(tokens[at:end])
        code = fold(parts[at:end])
        after = tokens[end].norm if end < len(tokens) else ""
        counted = after in lexicon.UNITS or after in lexicon.CURRENCY or (len(group) == 1 and "," in group[0].norm)
        month = any(token.norm in lexicon.MONTHS for token in group) and len(group) > 1
        ordinals = sum(part.said is Said.ORDINAL for part in parts[at:end])
        enough = month or ordinals > 1 or (ordinals and code) or len(code) >= DATE_DIGITS
        if enough and not counted and not _sum(parts[at:end]):
            yield Hit(group, "DATE_OF_BIRTH", 0.9, RULE, "a date after a cue of birth")
        at = end


def _goes_on(tokens: Sequence[Token], dated: Sequence[bool], at: int) -> bool:
    """Say whether the next turn begins with nothing but more of a date."""
    while at < len(tokens) and (dated[at] or tokens[at].norm in _LINKS):
        if tokens[at].closes:
            return True
        at += 1
    return at >= len(tokens) or tokens[at].segment != tokens[at - 1].segment


def _sum(parts: Sequence[Part]) -> bool:
    """Say whether a number of thousands is no year: "forty one thousand two hundred"."""
    scaled = any(part.said is Said.SCALE and len(part.code) > SCALE_OF_YEARS for part in parts)
    return scaled and not fold(parts).startswith("2000")
