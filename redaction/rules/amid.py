"""What stands between, before and behind the parts of one item that are hidden by now.

A recogniser that loses the thread writes "[IBAN] for gold, [IBAN]", "below to [URL]", "[NUMBER] at when I do dot F.":
a rule that knows a form takes the parts that have it, and the words that it misheard stay. They are the same answer, so
they go with it. Looked at in redacted talk, so a second look finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.readback import CODES, LINKS, placeholder
from redaction.spoken import Said
from redaction.view import Token

RULE = "amid_items"
_ADDRESSES = frozenset({"EMAIL_ADDRESS", "URL", "UPI_ID", "USERNAME"})
KINDS = (*sorted(CODES | _ADDRESSES), "PERSON", "PASSWORD")
MOST_AMID = 5
MOST_SENSE = 2
MOST_LEAD = 4
FEWEST_LETTERS = 3
MOST_BEHIND = 7
SHORT = 2
_NAMED = lexicon.words("for as in is was")
_READ_BACK = lexicon.words("back down confirm quite listen got wrote have")
_STATES = lexicon.words("is it's as in under")
_SUBJECTS = lexicon.words(
    "i i'll i'm i've we we'll we're you your he she they it there can could would will don't what how my our that "
    "registered says said sorry mean meant actually wait scratch"
)
_SUMS = frozenset({Said.MONEY, Said.TIME, Said.PERCENT, Said.SCALE})
_DOTS = lexicon.words("dot . point")
_SIGNS = _DOTS | lexicon.words("at @ underscore dash hyphen")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield the misheard words of an item whose other parts are hidden."""
    for stretch in context.view.stretches:
        yield from _spelled(context, stretch)
        for sentence in context.view.sentences(stretch):
            places = [at for at, token in enumerate(sentence) if token.placeholder]
            for one, two in pairwise(places):
                yield from _between(context, sentence, one, two)
            if places:
                yield from _before(context, sentence, places[0])
                yield from _behind(context, sentence, places[-1])


def _between(context: CallContext, sentence: Sequence[Token], one: int, two: int) -> Iterator[Hit]:
    """Yield up to a few words between two parts of a code, or between two letters of a word that is spelled."""
    amid = sentence[one + 1 : two]
    kind, other = placeholder(sentence[one]), placeholder(sentence[two])
    if not 0 < len(amid) <= MOST_AMID or not _mute(context, amid):
        return
    sense = [token for token in amid if token.norm not in LINKS | REPLIES]
    if {kind, other} <= CODES and sense and (_letter(amid) or len(sense) <= MOST_SENSE):
        yield Hit(tuple(amid), kind, 0.6, RULE, "amid the parts of a code")


def _spelled(context: CallContext, stretch: Sequence[Token]) -> Iterator[Hit]:
    """Yield "I was in Agra" between two stretches of letters that are named by words, in one turn."""
    places = [at for at, token in enumerate(stretch) if token.placeholder and placeholder(token) == "PERSON"]
    if len(places) < FEWEST_LETTERS:
        return
    for one, two in pairwise(places):
        amid = stretch[one + 1 : two]
        together = stretch[one].segment == stretch[two].segment
        mute = not any(token.at in context.cues.said or token.placeholder for token in amid)
        if together and mute and 0 < len(amid) <= MOST_AMID and _letter(amid):
            yield Hit(tuple(amid), "PERSON", 0.6, RULE, "amid letters that are named by words")


def _mute(context: CallContext, amid: Sequence[Token]) -> bool:
    """Say whether words tell nothing of their own: no cue, no sum, no unit, no subject of another matter."""
    if any(token.at in context.cues.said or token.norm in _SUBJECTS for token in amid):
        return False
    counted = lexicon.UNITS | lexicon.CURRENCY
    return not any(part.said in _SUMS for part in parts_of(amid)) and not any(one.norm in counted for one in amid)


def _letter(amid: Sequence[Token]) -> bool:
    """Say whether one of the words may name a letter: "0G for gold", "I was in Agra"."""
    return any(one.norm in _NAMED and two.norm.isalpha() and len(two.norm) > SHORT for one, two in pairwise(amid))


def _before(context: CallContext, sentence: Sequence[Token], first: int) -> Iterator[Hit]:
    """Yield the words between "let me read that back" or "my user name is" and what was found of an address."""
    kind = placeholder(sentence[first])
    cue = context.cues.before(sentence[first])
    own = cue is not None and cue.kind in _ADDRESSES and any(token.at == cue.token.at for token in sentence[:first])
    if kind not in _ADDRESSES | {"PASSWORD"} and not (own and kind in CODES):
        return
    start = first
    while start and first - start <= MOST_LEAD + 1:
        token = sentence[start - 1]
        if token.norm in _READ_BACK | _STATES or token.at in context.cues.said or token.placeholder:
            break
        start -= 1
    rest = sentence[start:first]
    led = start > 0 and (sentence[start - 1].norm in _READ_BACK or (own and kind in CODES))
    while rest and rest[0].norm in REPLIES:
        rest = rest[1:]
    odd = led or any(not vocabulary.ordinary(token.norm) and token.norm.isalpha() for token in rest)
    if start and 0 < len(rest) <= MOST_LEAD and odd and _mute(context, rest):
        yield Hit(tuple(rest), kind, 0.6, RULE, "before what was found of an address")


def _behind(context: CallContext, sentence: Sequence[Token], last: int) -> Iterator[Hit]:
    """Yield "at when I do dot F" behind a part of an address that was found."""
    kind, rest = placeholder(sentence[last]), sentence[last + 1 : last + 1 + MOST_BEHIND]
    cue = context.cues.before(sentence[last])
    asked = kind in _ADDRESSES or (cue is not None and cue.kind in _ADDRESSES)
    dotted = any(token.norm in _DOTS for token in rest[1:-1])
    if host := _host(context, rest, kind, asked=kind == "UPI_ID" or (cue is not None and cue.kind == "UPI_ID")):
        yield Hit(host, "UPI_ID", 0.6, RULE, "behind what was found of an address")
        return
    whole = len(rest) < MOST_BEHIND and len(rest) > 1 and rest[0].norm in _SIGNS
    if whole and (asked or kind in CODES | {"PERSON"}) and dotted and rest[0].norm in {"at", "@"}:
        yield Hit(tuple(rest), "EMAIL_ADDRESS", 0.6, RULE, "behind what was found of an address")


def _host(context: CallContext, rest: Sequence[Token], kind: str, *, asked: bool) -> tuple[Token, ...]:
    """Return the misheard bank of a UPI id: "[UPI_ID] edible" for "at ybl", "[PHONE_NUMBER] at OctBank"."""
    told = [token for token in rest if token.norm not in {"at", "the", "rate"}]
    if not told or not rest[-1].closes or len(rest) > MOST_SENSE + 1 or kind not in CODES | {"UPI_ID"}:
        return ()
    if asked and len(told) <= MOST_SENSE and _mute(context, told):
        return () if any(token.norm in REPLIES for token in told) else tuple(rest)
    strange = told[0].norm.isalpha() and not vocabulary.ordinary(told[0].norm)
    return tuple(rest) if rest[0].norm == "at" and len(rest) == MOST_SENSE and strange else ()
