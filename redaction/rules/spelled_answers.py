"""The answer to "how do you spell that?": letters and alphabets that were heard as any words.

"C and in tune, R and R, in Agra, B and in Bomb" spells nothing that a pattern knows, but it answers a request to spell.
So what the other side says next is taken whole, unless it asks back, asks to wait or speaks of something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.asked import REPLIES
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.view import Token

RULE = "spelled_answers"
KINDS = ("PERSON",)
ANSWER_S = 12.0
TURNS = 3
LAST_WORDS = 9
LONGEST = 40
FEWEST = 2
_SPELL = lexicon.words("spell spells spelling spelled spelt")
_OTHERWISE = lexicon.words(
    "i'm i've i'll i'd you you're your he she they we can can't could would will don't didn't minute second sec "
    "moment hold wait normal normally usual usually way sounds same what where why how sorry pardon again please "
    "correctly wrong right fine written spell spelt spelling spelled"
)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield what answers a request to spell."""
    stretches = context.view.stretches
    for number, stretch in enumerate(stretches):
        last = [token.norm for token in stretch[-LAST_WORDS:]]
        if not _SPELL.intersection(last) or any(token.placeholder for token in stretch[-LAST_WORDS:]):
            continue
        asks = stretch[-1].raw.endswith("?") or last[-1] in _SPELL | {"that", "it", "name", "me", "please", "out"}
        if asks:
            yield from _answer(context, stretches[number + 1 : number + 1 + TURNS], stretch[-1])


def _answer(context: CallContext, stretches: Sequence[Sequence[Token]], asked: Token) -> Iterator[Hit]:
    several = len(context.view.channels) > 1
    for stretch in stretches:
        if stretch[0].start - asked.stop > ANSWER_S:
            return
        if several and stretch[0].channel == asked.channel:
            continue
        for sentence in context.view.sentences(stretch[:LONGEST]):
            first = next((at for at, one in enumerate(sentence) if one.norm not in REPLIES or _letter(one)), None)
            if first is None:
                continue
            places = [at for at, token in enumerate(sentence) if _letter(token) or "-" in token.norm]
            letters = len(places)
            rest = sentence[places[0] if letters >= FEWEST else first :]
            sense = sentence[-1].raw.endswith("?") or any(token.norm in _OTHERWISE for token in sentence)
            if any(token.placeholder for token in rest) or (sense and letters < FEWEST):
                return
            yield Hit(tuple(rest), "PERSON", 0.6, RULE, "the answer to a request to spell")
            return


def _letter(token: Token) -> bool:
    return len(token.norm) == 1 and token.norm.isalpha() and token.norm.upper() in token.raw and token.norm != "i"
