"""What answers a question for an age, and where a number that is an age ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.asked import REPLIES, ordinary_noun, sentence_around
from redaction.context import CallContext
from redaction.cues import Cue
from redaction.hits import Hit
from redaction.rules.age_words import PEOPLE, THINGS
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

AGE_DIGITS = range(1, 4)
OLDEST = 120
ANSWER_TOKENS = 30
FAR_TOKENS = 90
"""So far a number that is all of a sentence still answers: people stall, and are asked again."""
QUESTION = 12
_LIMITS = frozenset({"over", "under", "above", "below", "least", "than"})
_AFTER_AGE = frozenset(
    {"male", "female", "man", "woman", "years", "year", "yrs", "y/o", "yo", "y.o", "when", "sir", "madam", "ma'am"}
)
YEARS = frozenset({"years", "year", "yrs", "yr", "months", "month", "y/o", "yo", "y.o"})
YEAR_OLD = frozenset({"year-old", "years-old", "yr-old", "month-old", "months-old"})
_REPLIED = REPLIES | lexicon.words("uh begins found yes years old")
_COUNTED = (lexicon.UNITS | lexicon.CURRENCY) - YEARS - YEAR_OLD
_UNITS = (YEARS | YEAR_OLD, {"old", "young"})
_NO_AGE = lexicon.UNITS | lexicon.CURRENCY | {"percent", "of", "th", "more"}


def find(context: CallContext, parts: Sequence[Part], rule: str) -> Iterator[Hit]:
    """Yield the first short number after a question for an age, and what follows a hidden age in a list."""
    talk = context.view.talk
    for cue in context.cues.cues:
        if cue.kind == "AGE" and not _of_a_thing(talk[cue.place + 1 : cue.place + 5]):
            yield from _first(context, parts, cue, rule)
    for at, token in enumerate(talk):
        if token.raw.startswith("[AGE]") and (more := _listed(talk, parts, at + 1)):
            yield Hit(more, "AGE", 0.6, rule, "an age after another")
        elif token.norm in _LIMITS and (more := _limited(context, parts, at)):
            yield Hit(more, "AGE", 0.6, rule, "an age after a question for one")


def _first(context: CallContext, parts: Sequence[Part], cue: Cue, rule: str) -> Iterator[Hit]:
    talk = context.view.talk
    for at in range(cue.place + 1, min(len(talk), cue.place + 1 + FAR_TOKENS)):
        if talk[at].placeholder:
            if talk[at].raw.startswith("[PERSON]"):
                continue
            return
        near = at - cue.place <= ANSWER_TOKENS
        if parts[at].said is Said.ORDINAL and near and _alone(talk, at):
            yield Hit((talk[at],), "AGE", 0.6, rule, "an age after a cue")
            return
        if parts[at].said not in NUMERIC:
            continue
        end = number_end(talk, parts, at)
        if not near and (not _bare(talk, at, end) or _asked_since(context, cue, at)):
            return
        code = fold(parts[at:end])
        fits = len(code) in AGE_DIGITS and int(code) <= OLDEST
        after = with_unit(talk, end)
        if _up_to(talk, parts, end):
            return
        if fits and (ends_here(talk, end) or after > end or plain(talk[end], parts[end])):
            yield Hit(tuple(talk[at:after]), "AGE", 0.8, rule, "an age after a cue")
            if talk[end - 1].comma and end < len(talk) and parts[end].said in NUMERIC:
                continue  # the ages of several
        return


def _up_to(talk: Sequence[Token], parts: Sequence[Part], end: int) -> bool:
    """Say whether a number begins a range of something that is counted: "eight to ten months"."""
    after = talk[end : end + 3]
    ranged = len(after) > 2 and after[0].norm in {"to", "or"} and parts[end + 1].said in NUMERIC  # noqa: PLR2004
    return ranged and after[2].norm in lexicon.UNITS - {"years", "year"}


def _asked_since(context: CallContext, cue: Cue, at: int) -> bool:
    """Say whether something else was asked for between a cue and a place in the talk."""
    return any(
        one.kind != "AGE" and (one.asked or not one.mention) for one in context.cues.cues if cue.place < one.place < at
    )


def _bare(talk: Sequence[Token], at: int, end: int) -> bool:
    return all(token.norm in _REPLIED for token in sentence_around(talk, at, end - 1))


def _listed(talk: Sequence[Token], parts: Sequence[Part], at: int) -> tuple[Token, ...]:
    """Return the short number right behind a hidden age: "the kids are [AGE] 9 and 4"."""
    if at >= len(talk) or parts[at].said not in NUMERIC or talk[at].segment != talk[at - 1].segment:
        return ()
    end = number_end(talk, parts, at)
    follows = ends_here(talk, end) or talk[end].norm in {"and", "or"}
    return tuple(talk[at:end]) if follows and len(fold(parts[at:end])) < AGE_DIGITS[-1] else ()


def _limited(context: CallContext, parts: Sequence[Part], at: int) -> tuple[Token, ...]:
    """Return the age that answers "are you over eighteen?" - "yes, twenty six"."""
    talk = context.view.talk
    if at + 1 >= len(talk) or parts[at + 1].said not in NUMERIC:
        return ()
    last = at + 1
    while last + 1 < len(talk) and last - at < QUESTION and not talk[last].closes:
        last += 1
    if not talk[last].raw.endswith("?") or counted(talk[at + 1 : last + 1]):
        return ()
    for place in range(last + 1, min(len(talk), last + QUESTION)):
        if talk[place].placeholder:
            return ()
        if parts[place].said in NUMERIC and talk[place].channel != talk[last].channel:
            end = number_end(talk, parts, place)
            short = len(fold(parts[place:end])) == AGE_DIGITS[1]
            return tuple(talk[place:end]) if short and _bare(talk, place, end) else ()
    return ()


def counted(tokens: Sequence[Token]) -> bool:
    """Say whether something other than years of age is counted among the tokens."""
    norms = {token.norm for token in tokens}
    return bool(norms & (_COUNTED))


def _alone(talk: Sequence[Token], at: int) -> bool:
    """Say whether an ordinal is all of an answer: "how old are you?" - "12th, please"."""
    digits = talk[at].norm[:1].isdigit()
    return digits and (not at or talk[at - 1].segment != talk[at].segment) and (talk[at].comma or talk[at].closes)


def _of_a_thing(asked: Sequence[Token]) -> bool:
    """Say whether "how old" asks after a thing: "… is your boiler". A word that was misheard may be anybody."""
    norms = [token.norm.removesuffix("'s") for token in asked]
    return not PEOPLE.intersection(norms) and bool(THINGS.intersection(norms))


def with_unit(talk: Sequence[Token], end: int) -> int:
    """Return the end with the "years", "years old" or "years young" that belong to the number."""
    if [token.norm for token in talk[end : end + 3]] == ["and", "a", "half"]:
        end += 3
    for words in _UNITS:
        more = end < len(talk) and talk[end].segment == talk[end - 1].segment and not talk[end - 1].closes
        if not (more and talk[end].norm in words):
            break
        end += 1
    return end


def ends_here(talk: Sequence[Token], end: int) -> bool:
    """Say whether a clause ends before a place in the talk."""
    last = talk[end - 1]
    return last.closes or last.comma or end == len(talk) or talk[end].segment != last.segment


def plain(token: Token, part: Part) -> bool:
    """Say whether what follows a number leaves it an age: nothing that is counted, no sum, no more digits."""
    if token.norm in _AFTER_AGE:
        return True
    thing = ordinary_noun(token) and token.norm.endswith("s")
    counted = token.norm in _NO_AGE or thing
    return not counted and part.said in {Said.OTHER, Said.FILLER}


def number_end(talk: Sequence[Token], parts: Sequence[Part], at: int) -> int:
    """Return the end of the number that begins at a place in the talk."""
    end = at + 1
    while end < len(talk) and parts[end].said in NUMERIC and not (talk[end - 1].closes or talk[end - 1].comma):
        end += 1
    return end
