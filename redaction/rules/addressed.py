"""Names by their place in the talk: somebody addressed, somebody who says who they are, a short answer to "name?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import FILLERS, words
from redaction.rules.naming import name_like, wordy
from redaction.view import Token

MAX_ANSWER_TOKENS = 4
MAX_ANSWERS = 3
MIN_LETTERS = 4
WEAK = 0.55
"""The score of a guess that does not make a name known in the rest of the call."""
_BEFORE_PLACES = words("from at in to near via on of into a an calling called reached welcome with")
_FIRMS = words(
    "bank finance insurance travel hotel hotels energy broadband mobile airlines airways air parcels health clinic "
    "hospital pharmacy group limited ltd inc company support online card pay app plan school college university city "
    "county airport station council systems services solutions telecom networks technologies motors foods stores"
)
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
            elif name_like(token) and _unknown(tokens, at):
                yield Hit((token,), "PERSON", WEAK, rule, "an unknown word written as a name")
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


def _unknown(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a capital in the middle of a sentence makes an unknown word a name, rather than a firm or a place."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if before is None or before.segment != token.segment or before.closes or before.norm in _BEFORE_PLACES:
        return False
    beside = [one.norm for one in (before, *tokens[at + 1 : at + 3])]
    firm = any(norm in _FIRMS or norm in lexicon.STREETS for norm in beside)
    plain = token.norm.isalpha() and token.raw[1:2].islower() and len(token.norm) >= MIN_LETTERS
    return plain and not firm


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
