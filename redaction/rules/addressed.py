"""Names by their place in the talk: somebody addressed, somebody who says who they are, a short answer to "name?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.lexicon import FILLERS, words
from redaction.rules.firms import FIRMS
from redaction.rules.naming import STOP, bare, maybe_name, name_like, taken, wordy
from redaction.view import Token

MAX_ANSWER_TOKENS = 4
MAX_ANSWERS = 3
MIN_LETTERS = 3
FEWEST = 2
WEAK = 0.55
"""The score of a guess that does not make a name known in the rest of the call."""
_BEFORE_PLACES = words(
    "from at in to near via on of into a an calling called reached welcome with the this our your my using use "
    "download through"
)
_DOES = words(
    "is was has had lives lived will says said called calls wants wanted asked told works worked went came began "
    "from here "
    "speaking who would who's can could did does doesn't didn't isn't wasn't needs need knows thinks sent signed "
    "booked "
    "handles handled mentioned promised helped explained answered spoke emailed texted rang paid"
)
"""What people do, said right after their name."""
_TOWARDS = words(
    "and or but with to for by from tell told ask asked is was am said says than met meet mister contact call "
    "called calling "
    "email emailed text texted saw see know knows named thank thanks about remind reminded let get put gave give "
    "sent send "
    "like cc"
)
"""What stands before somebody's name more often than before a thing's."""
_FRAME = FILLERS | words(
    "it's it is that's the name's my name this sure of course under for spelled last first surname haan han "
    "here speaking"
)
_SELF = frozenset({("speaking",), ("here",), ("this", "side"), ("on", "the", "line"), ("calling",)})
_ADDRESSING = words(
    "you your i my we our me can could would will how may what what's where when do did is are the please it's"
)
_THINGS = FIRMS | lexicon.STREETS_STRONG


def find(context: CallContext, rule: str) -> Iterator[Hit]:
    """Yield names that only their place in a sentence gives away."""
    for tokens in context.view.channels:
        for at, token in enumerate(tokens):
            if not token.capital or not maybe_name(token):
                continue
            if _self(tokens, at):
                yield Hit((token,), "PERSON", 0.85, rule, "before speaking, here or this side")
            elif _called(tokens, at) or _last(tokens, at):
                yield Hit((token,), "PERSON", 0.65, rule, "somebody is addressed")
            elif _bare_name(token) and (stands_out(tokens, at) or _subject(tokens, at)):
                yield Hit(taken(tokens, at, begins=True), "PERSON", WEAK, rule, "an unknown word written as a name")
            elif name_like(token) and (several := _several(tokens, at)):
                yield Hit(several, "PERSON", 0.6, rule, "several unknown words written as a name")
    for cue in context.cues.cues:
        if cue.kind == "PERSON":
            yield from _answered(context, context.view.talk[cue.place + 1 : cue.place + 25], rule)


def _bare_name(token: Token) -> bool:
    return name_like(token) or not (vocabulary.brand(bare(token.norm)) or token.norm in lexicon.MONTHS)


def _self(tokens: Sequence[Token], at: int) -> bool:
    ahead = tuple(token.norm for token in tokens[at + 1 : at + 4])
    return not tokens[at].closes and any(ahead[: len(one)] == one for one in _SELF)


def _begins(tokens: Sequence[Token], at: int) -> bool:
    return not at or tokens[at - 1].segment != tokens[at].segment or tokens[at - 1].closes


def _called(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a sentence begins with the token, a comma follows, and then somebody is spoken to."""
    if tokens[at].raw.endswith(":") and name_like(tokens[at]) and _begins(tokens, at):
        return True
    if not tokens[at].comma or at + 1 >= len(tokens) or tokens[at + 1].segment != tokens[at].segment:
        return False
    return _begins(tokens, at) and tokens[at + 1].norm in _ADDRESSING


def _last(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a sentence ends with the token after a comma: "how are you today, Grace?"."""
    token = tokens[at]
    if not token.closes or not at or not tokens[at - 1].comma or tokens[at - 1].segment != token.segment:
        return False
    listing = (
        maybe_name(tokens[at - 1]) or vocabulary.place(tokens[at - 1].norm) or tokens[at - 1].norm in lexicon.MONTHS
    )
    return not listing and not vocabulary.place(token.norm)


def _plain(token: Token) -> bool:
    """Say whether a token is written like a name and not like a product: letters, only the first one large."""
    word = bare(token.norm)
    return word.isalpha() and len(word) >= MIN_LETTERS and token.raw.lstrip("\"'(>*-")[1:2].islower()


def _subject(tokens: Sequence[Token], at: int) -> bool:
    """Say whether an unknown word begins a sentence and does what people do: "Shovda is …", "Timotea lives …"."""
    if not _begins(tokens, at) or at + 1 >= len(tokens) or tokens[at].closes or tokens[at].comma:
        return False
    return tokens[at + 1].norm in _DOES and tokens[at + 1].segment == tokens[at].segment and _plain(tokens[at])


def _several(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """Return a name of two words or more that are both unknown, wherever it stands, unless a firm is named so."""
    name = taken(tokens, at, begins=True)
    unknown = sum(name_like(token) and _plain(token) for token in name)
    other = sum(maybe_name(token) for token in name)
    if not unknown or other < FEWEST or any(vocabulary.place(token.norm) for token in name):
        return ()
    after = tokens[at + len(name)].norm if at + len(name) < len(tokens) and not name[-1].closes else ""
    beside = {after, tokens[at - 1].norm if at else ""} | {token.norm for token in name}
    return () if beside & (_THINGS) else name


def stands_out(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a capital in the middle of a sentence makes an unknown word a name, rather than a firm or a place."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if before is None or before.segment != token.segment or before.closes or before.norm in _BEFORE_PLACES:
        return False
    beside = [one.norm for one in (before, *tokens[at + 1 : at + 3])]
    firm = any(norm in FIRMS or norm in lexicon.STREETS_STRONG for norm in beside)
    after = tokens[at + 1].norm if at + 1 < len(tokens) and not token.closes else ""
    if not (before.norm in _TOWARDS or after in _DOES or token.norm.endswith("'s") or (before.comma and token.closes)):
        return False
    next_one = tokens[at + 1] if at + 1 < len(tokens) and not token.closes and not token.comma else None
    if next_one is not None and next_one.capital and not maybe_name(next_one) and next_one.norm not in STOP:
        return False
    capital_run = before.capital and not maybe_name(before) and before.norm not in STOP
    return _plain(token) and not firm and not capital_run and not vocabulary.place(token.norm)


def _answered(context: CallContext, talk: Sequence[Token], rule: str) -> Iterator[Hit]:
    """Yield the whole of a short answer that holds a word like a name: what stands beside it was misheard."""
    for sentence in list(context.view.sentences(talk))[:MAX_ANSWERS]:
        told = [token for token in sentence if token.norm not in _FRAME and not token.placeholder]
        if any(token.at in context.cues.said for token in told):
            continue
        if not told or len(told) > MAX_ANSWER_TOKENS or sentence[-1].raw.endswith("?"):
            continue
        strange = all(token.capital and not vocabulary.ordinary(token.norm) for token in told)
        if all(wordy(token) for token in told) and (strange or any(maybe_name(token) for token in told)):
            begins = next((at for at, one in enumerate(told) if maybe_name(one) or not vocabulary.english(one.norm)), 0)
            yield Hit(tuple(told[begins:]), "PERSON", 0.65, rule, "a short answer to a question for a name")
            return


def trimmed(person: Sequence[Token]) -> tuple[Token, ...]:
    """Return a guess of the language model without the ordinary small words at its edges."""
    first, end = 0, len(person)
    while first < end and (not person[first].capital or person[first].norm in STOP):
        first += 1
    while end > first and (not person[end - 1].capital or person[end - 1].norm in STOP):
        end -= 1
    return tuple(person[first:end])
