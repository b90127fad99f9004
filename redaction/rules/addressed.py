"""Names by their place in the talk: somebody addressed, somebody who says who they are, a short answer to "your name?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import FILLERS, words
from redaction.rules.naming import name_like, wordy
from redaction.view import Token

MAX_ANSWER_TOKENS = 4
MAX_ANSWERS = 3
_FRAME = FILLERS | words("it's it is that's the name's my name this sure of course under for spelled")
_SELF = frozenset({("speaking",), ("here",), ("this", "side"), ("on", "the", "line"), ("calling",)})
_ADDRESSING = words("you your i my we our me can could would will how may what's where when do did is are the please")


def find(context: CallContext, rule: str) -> Iterator[Hit]:
    """Yield names that only their place in a sentence gives away."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if name_like(token) and _self(tokens, at):
                yield Hit((token,), "PERSON", 0.85, rule, "before speaking, here or this side")
            elif name_like(token) and _called(tokens, at):
                yield Hit((token,), "PERSON", 0.65, rule, "somebody is addressed")
    for cue in context.cues.cues:
        if cue.kind == "PERSON":
            yield from _answered(context, context.view.talk[cue.place + 1 :], rule)


def _self(tokens: Sequence[Token], at: int) -> bool:
    ahead = tuple(token.norm for token in tokens[at + 1 : at + 4])
    return not tokens[at].closes and any(ahead[: len(one)] == one for one in _SELF)


def _called(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a sentence begins with the token, a comma follows, and then somebody is spoken to."""
    if not tokens[at].comma or at + 1 >= len(tokens) or tokens[at + 1].segment != tokens[at].segment:
        return False
    begins = not at or tokens[at - 1].segment != tokens[at].segment or tokens[at - 1].closes
    return begins and tokens[at + 1].norm in _ADDRESSING


def _answered(context: CallContext, talk: Sequence[Token], rule: str) -> Iterator[Hit]:
    """Yield the whole of a short answer that holds a word like a name: what stands beside it was misheard."""
    for sentence in list(context.view.sentences(talk[:24]))[:MAX_ANSWERS]:
        told = [token for token in sentence if token.norm not in _FRAME and not token.placeholder]
        if not told or len(told) > MAX_ANSWER_TOKENS or sentence[-1].raw.endswith("?"):
            continue
        if all(wordy(token) for token in told) and any(name_like(token) for token in told):
            yield Hit(tuple(told), "PERSON", 0.65, rule, "a short answer to a question for a name")
            return


def trimmed(person: Sequence[Token]) -> tuple[Token, ...]:
    """Return a guess of the language model without the ordinary small words at its edges."""
    first, end = 0, len(person)
    while first < end and not person[first].capital:
        first += 1
    while end > first and not person[end - 1].capital:
        end -= 1
    return tuple(person[first:end])
