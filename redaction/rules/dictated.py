"""Dictated numbers that were half heard: digits amid words that make no sense, and answers that are mostly digits.

On a bad line a recogniser writes "three emanates two, eight two" or "60 times, 40". No pattern knows these, but nobody
says so many digits so close together unless a number is read aloud, and after a question for one, a turn that is mostly
digits is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.asked import REPLIES, only_replies_since
from redaction.context import CallContext
from redaction.expected import FORMS
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.numbers import taken
from redaction.spoken import Part, Said
from redaction.view import Token

RULE = "dictated_numbers"
KINDS = tuple(FORMS)
ASKED, NAMED = 0.6, 0.85
"""The score of an answer, and of one in which nothing else was named since the question."""
MAX_GAP = 2
MIN_DIGITS = 4
MAX_EDGE = 3
MAX_TURN = 12
MAX_REST = 3
MAX_ASIDE = 4
_CLOCKED = re.compile(r"^\d{1,3}[.:]\d{1,2}$")
_SHORT = frozenset({"PIN", "CARD_CVV", "OTP", "SORT_CODE", "CREDIT_CARD", "BANK_ACCOUNT", "PHONE_NUMBER", "SSN"})
"""Kinds that nobody answers with a time or a sum."""
_BETWEEN = lexicon.words("then begins starts and by with")
_DIGITS = frozenset({Said.DIGIT, Said.WRITTEN, Said.CODE, Said.TEEN, Said.TENS, Said.REPEAT})
_HEARD_AS_DIGITS = frozenset(lexicon.HOMOPHONES) | lexicon.words("times time or and i row know")
_FRAME = lexicon.words("my the is number that's that this its it's for at end on a to")
_AMOUNTS = frozenset({Said.MONEY, Said.TIME, Said.PERCENT, Said.SCALE})
_LISTING = lexicon.words("between either about nearly almost only")
_NOTHING = _HEARD_AS_DIGITS | _FRAME | REPLIES
_COUNTED = (lexicon.UNITS | lexicon.CURRENCY | lexicon.SCALES.keys()) - {"times", "time"}
_NOT_TOLD = REPLIES | _FRAME | _BETWEEN
_CODED = _DIGITS | {Said.LETTER}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield half-heard numbers, and the mostly numeric answers to questions for a number."""
    mine = taken(context)
    for tokens in context.view.channels:
        parts = parts_of(tokens)
        for first, end in _clusters(tokens, parts):
            shown = context.cues.aside.intersection(token.at for token in tokens[max(0, first - MAX_ASIDE) : first])
            if shown or mine.issuperset(tokens[at].at for at in range(first, end) if parts[at].said in _DIGITS):
                continue
            first, end = _widened(tokens, first, end)  # noqa: PLW2901 - the cluster with its edges
            yield Hit(tuple(tokens[first:end]), "NUMBER_SEQUENCE", 0.55, RULE, "many digits close together")
    for stretch in context.view.stretches:
        for sentence in context.view.sentences(stretch):
            yield from _answer(context, sentence)


def _clusters(tokens: Sequence[Token], parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    group: list[int] = []
    for at, part in enumerate(parts):
        if part.said not in _DIGITS or _counts(tokens, at):
            continue
        if group and not _together(tokens, parts, group[-1], at):
            yield from _cluster(parts, group)
            group = []
        group.append(at)
    yield from _cluster(parts, group)


def _cluster(parts: Sequence[Part], group: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the group when it holds four digits said one by one, two side by side, and more digits than other words."""
    singles = sum(len(parts[at].code) == 1 and parts[at].said not in {Said.REPEAT, Said.TENS} for at in group)
    beside = any(two - one == 1 for one, two in pairwise(group))
    if singles >= MIN_DIGITS and beside and 2 * len(group) > group[-1] - group[0]:
        yield group[0], group[-1] + 1


def _together(tokens: Sequence[Token], parts: Sequence[Part], before: int, at: int) -> bool:
    if at - before > MAX_GAP + 1 or tokens[at].segment != tokens[before].segment:
        return False
    between = range(before + 1, at)
    return not any(parts[place].said in _AMOUNTS or tokens[place].norm in _LISTING for place in between)


def _sensible(token: Token) -> bool:
    """Say whether a word means something of its own, rather than standing for a misheard digit or for nothing."""
    return token.norm not in _NOTHING and vocabulary.ordinary(token.norm)


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """Say whether the number counts something or is part of a date."""
    near = [tokens[place].norm for place in (at - 1, at + 1) if 0 <= place < len(tokens)]
    after = tokens[at + 1].norm if at + 1 < len(tokens) and not tokens[at].closes else ""
    units = _COUNTED
    return after in units or any(norm in lexicon.MONTHS for norm in near)


def _widened(tokens: Sequence[Token], first: int, end: int) -> tuple[int, int]:
    """Return the cluster with the misheard digits at its edges: homophones, single words between commas, a rest."""
    segment = tokens[first].segment
    for _ in range(MAX_EDGE):
        if not first or tokens[first - 1].segment != segment or tokens[first - 1].placeholder:
            break
        alone = (
            tokens[first - 1].comma
            and tokens[first - 1].norm not in lexicon.TURN_FILLERS
            and (first == 1 or tokens[first - 2].comma or tokens[first - 2].closes)
        )
        if not (tokens[first - 1].norm in _HEARD_AS_DIGITS or alone):
            break
        first -= 1
    rest = end
    while rest < len(tokens) and tokens[rest].segment == segment and not tokens[rest - 1].closes:
        rest += 1
        if rest - end > MAX_REST:
            return first, end
    left = tokens[end:rest]
    polite = any(token.norm in lexicon.TURN_FILLERS or token.placeholder for token in left)
    return first, rest if 0 < len(left) <= MAX_REST and not polite else end


def _as_times(sentence: Sequence[Token], kind: str) -> tuple[Token, ...]:
    """Return an answer that was written as times or decimals: "7.02" for the PIN 702, "8.3, then 6.1"."""
    told = [token for token in sentence if token.norm not in _NOT_TOLD]
    clocked = [token for token in told if _CLOCKED.match(token.norm)]
    digits = sum(char.isdigit() for token in told for char in token.norm)
    bare = all(token in clocked or token.norm.isdigit() for token in told)
    return tuple(told) if clocked and bare and digits > MAX_GAP and kind in _SHORT else ()


def _answer(context: CallContext, sentence: Sequence[Token]) -> Iterator[Hit]:
    cue = context.cues.before(sentence[0])
    if cue is None or cue.kind not in KINDS or len(sentence) > MAX_TURN or sentence[-1].raw.endswith("?"):
        return
    if cue.kind in {"AGE", "DATE_OF_BIRTH"} or not only_replies_since(
        context.cues.between(cue, sentence[0]), taken(context)
    ):
        return
    if clocked := _as_times(sentence, cue.kind):
        yield Hit(clocked, cue.kind, ASKED, RULE, "digits written as times after a question for a number")
        return
    parts = parts_of(sentence)
    told = [
        at
        for at, token in enumerate(sentence)
        if parts[at].said is not Said.FILLER and not token.placeholder and token.at not in context.cues.said
    ]
    neutral = sum(sentence[at].norm in _HEARD_AS_DIGITS for at in told)
    numeric = [at for at in told if parts[at].said in _CODED]
    digits = sum(len(parts[at].code) for at in numeric if parts[at].said is not Said.REPEAT)
    sense = [at for at in told if at not in numeric and _sensible(sentence[at])]
    topic = context.cues.before(sentence[numeric[0]]) if numeric else None
    amount = (
        len(sense) > 1
        or (topic is not None and topic.kind not in KINDS)
        or any(parts[at].said in _AMOUNTS for at in told)
        or any(_counts(sentence, at) for at in numeric)
    )
    if amount or digits < MAX_GAP or 2 * len(numeric) + neutral < len(told):
        return
    mine = taken(context)
    understood = all(sentence[at].at in mine for at in numeric)
    if understood and sense:
        return
    while told[0] not in numeric and (understood or sentence[told[0]].norm in REPLIES):
        del told[0]
    while told[-1] not in numeric and (understood or sentence[told[-1]].norm in REPLIES):
        del told[-1]
    if mine.issuperset(token.at for token in sentence[told[0] : told[-1] + 1]) and topic is not cue:
        return
    score = NAMED if topic is cue else ASKED
    reason = "a turn of digits after a question for a number"
    yield Hit(tuple(sentence[told[0] : told[-1] + 1]), cue.kind, score, RULE, reason)
