"""Places and organisations by name: not personal data by themselves, hidden only where a policy says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.rules.naming import STOP, bare, listed, wordy
from redaction.view import Token

RULE = "named_places"
KINDS = ("LOCATION", "ORGANIZATION")
LONGEST = 3
MAX_FIRM = 5
_BEFORE = lexicon.words("in near at from to of around outside via through visit visiting towards toward across into")
_FIRM_ENDS = lexicon.words(
    "bank insurance limited ltd inc llc plc gmbh corporation corp company group hospital clinic university college "
    "school "
    "airlines airways telecom technologies systems solutions services industries enterprises associates partners "
    "foundation "
    "trust council ministry department authority energy motors logistics pharmacy hotel hotels orchestra institute "
    "society "
    "broadband mobile finance financial capital holdings media studios stores foods"
)


def find(context: CallContext) -> Iterator[Hit]:
    """Yield towns, regions and countries, and runs of capitals that end like the name of a firm."""
    for tokens in context.view.channels:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if not token.capital or token.placeholder or token.norm in STOP:
                at += 1
                continue
            end = _place(tokens, at)
            if end:
                yield Hit(tuple(tokens[at:end]), "LOCATION", 0.6, RULE, "the name of a place")
            else:
                end = _firm(tokens, at)
                if end:
                    yield Hit(tuple(tokens[at:end]), "ORGANIZATION", 0.6, RULE, "the name of an organisation")
            at = max(end, at + 1)


def _place(tokens: Sequence[Token], at: int) -> int:
    """Return the end of the place that begins at `at`, 0 where none does; the longest name wins."""
    for length in range(LONGEST, 0, -1):
        said = tokens[at : at + length]
        if (
            len(said) < length
            or any(one.closes or one.comma for one in said[:-1])
            or said[-1].segment != said[0].segment
        ):
            continue
        if not all(one.capital or one.norm in {"of", "and", "the"} for one in said):
            continue
        if vocabulary.place("_".join([*(one.norm for one in said[:-1]), bare(said[-1].norm)])) and (
            length > 1 or _alone(tokens, at)
        ):
            return at + length
    return 0


def _alone(tokens: Sequence[Token], at: int) -> bool:
    """Say whether one word is meant as the place: it is nothing else, or stands after "in", "from" or "near"."""
    word = bare(tokens[at].norm)
    before = tokens[at - 1] if at and tokens[at - 1].segment == tokens[at].segment else None
    if before is not None and before.norm in _BEFORE:
        return not vocabulary.english(word) or vocabulary.major_place(word)
    if vocabulary.english(word) or listed(word):
        return False
    return vocabulary.major_place(word) or before is None or not before.capital


def _firm(tokens: Sequence[Token], at: int) -> int:
    """Return the end of a run of capitals whose last word is that of a firm, 0 where there is none."""
    end, last = at, 0
    while end < len(tokens) and end - at < MAX_FIRM and tokens[end].segment == tokens[at].segment:
        token = tokens[end]
        joined = token.norm in {"&", "and", "of"} and end > at
        if not joined and not (token.capital and wordy(token) and token.norm not in STOP):
            break
        if end > at and token.norm in _FIRM_ENDS and token.capital:
            last = end + 1
        if token.closes or token.comma:
            break
        end += 1
    return last
