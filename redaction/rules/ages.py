"""Ages: "seventy one years old", "she is 71", "a nine year old", and what answers "how old are you?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import age_answers
from redaction.rules.age_answers import YEAR_OLD, YEARS, ends_here, number_end, plain, with_unit
from redaction.rules.age_words import AGED, BE, GROWN, KIN, PEOPLE, SHORT, WILL
from redaction.spoken import NUMERIC, Part, fold
from redaction.view import REMEMBERED, Token

RULE = "spoken_births"
_DECADE = re.compile(r"^(?:[2-9]0|twent|thirt|fort|fift|sixt|sevent|eight|ninet)(?:'?s|ies)$")
_PART = re.compile(r"^(?:early|mid|late)-(?:[2-9]0'?s|twenties|(?:thir|for|fif|six|seven|eigh)ties)$")
_PART_OF_LIFE = frozenset({"early", "mid", "late", "middle", "my", "his", "her", "their", "your"})
_MODIFIERS = lexicon.words("almost nearly about just only around now already over past")
_ORDINAL = ("th", "ieth", "st", "nd", "rd")
_COMPOUND = ("-year-old", "-years-old", "-yr-old", "-year", "yo", "y/o")
_OLD = {"old", "of"} | YEAR_OLD
_BESIDE = PEOPLE | {"me"}


def ages(context: CallContext) -> Iterator[Hit]:
    """Yield the ages of people."""
    talk = context.view.talk
    parts = parts_of(talk)
    for at in [at for at, token in enumerate(talk) if parts[at].said in NUMERIC or _may_tell(token.norm)]:
        token = talk[at]
        if token.placeholder:
            continue
        if token.norm in _OLD and (hit := _years_old(talk, parts, at)):
            yield hit
        elif token.norm.endswith(_COMPOUND) and _number_first(token.norm):
            old = at + 1 < len(talk) and talk[at + 1].norm == "old"
            first = at - 1 if at and talk[at - 1].norm in lexicon.TENS else at
            yield Hit(tuple(talk[first : at + 1 + old]), "AGE", 0.8, RULE, "an age in years")
        elif _PART.match(token.norm) or (_DECADE.match(token.norm) and at > 1 and talk[at - 1].norm in _PART_OF_LIFE):
            first = at - 1 if talk[at - 1].norm in {"early", "mid", "late", "middle"} else at
            yield Hit(tuple(talk[first : at + 1]), "AGE", 0.6, RULE, "a decade of somebody's life")
        elif _birthday(talk, at):
            yield Hit((token,), "AGE", 0.7, RULE, "which birthday it is")
        elif parts[at].said in NUMERIC and (hit := _stated(talk, parts, at)):
            yield hit
    yield from age_answers.find(context, parts, RULE)


@lru_cache(maxsize=REMEMBERED)
def _may_tell(norm: str) -> bool:
    """Say whether a word that is no number can belong to an age."""
    decade = _PART.match(norm) or _DECADE.match(norm)
    return bool(decade) or norm in _OLD or norm in lexicon.ORDINALS or norm.endswith((*_COMPOUND, *_ORDINAL))


def _years_old(talk: Sequence[Token], parts: Sequence[Part], at: int) -> Hit | None:
    """Return "seventy one years old", "42 years of age", found at "old" or "of"."""
    joined = talk[at].norm in YEAR_OLD
    if at < 2 or not (joined or talk[at - 1].norm in YEARS):  # noqa: PLR2004 - a number and "years" come before
        return None
    end = at + 1
    if talk[at].norm == "of":
        if end >= len(talk) or talk[end].norm != "age":
            return None
        end += 1
    first = last = at if joined else at - 1
    if [token.norm for token in talk[max(0, first - 3) : first]] == ["and", "a", "half"]:
        first = last = first - 3
    while first > 0 and last - first < 4 and parts[first - 1].said in NUMERIC:  # noqa: PLR2004 - "a hundred and two"
        first -= 1
    if first == last or _thing(talk, first):
        return None
    return Hit(tuple(talk[first:end]), "AGE", 0.8, RULE, "an age in years")


def _thing(talk: Sequence[Token], first: int) -> bool:
    """Say whether a thing, not a person, is so many years old: "the phone is two years old"."""
    if first < 2 or talk[first - 1].norm not in BE:  # noqa: PLR2004 - the thing and the verb come before
        return False
    who = talk[first - 2]
    named = who.placeholder or who.capital or who.norm in PEOPLE - {"one"}
    return not named and (vocabulary.ordinary(who.norm) or who.norm == "one")


def _birthday(talk: Sequence[Token], at: int) -> bool:
    """Say whether a token counts birthdays: "my 50th birthday"."""
    ordinal = talk[at].norm in lexicon.ORDINALS or talk[at].norm.endswith(_ORDINAL)
    follows = talk[at + 1].norm if at + 1 < len(talk) else ""
    kept = ordinal and at > 1 and talk[at - 1].norm in {"my", "his", "her"} and talk[at - 2].norm.startswith("celebrat")
    year = kept or (follows == "year" and at > 0 and talk[at - 1].norm in {"my", "his", "her"})
    return ordinal and (follows == "birthday" or year)


def _number_first(norm: str) -> bool:
    first = norm.partition("-")[0]
    return norm[0].isdigit() or first in lexicon.DIGITS or first in lexicon.TEENS or first in lexicon.TENS


def _stated(talk: Sequence[Token], parts: Sequence[Part], at: int) -> Hit | None:
    """Return "she is seventy one" where nothing counted follows, and "turned fifty"."""
    back = at - 1
    while back > 0 and talk[back].norm in _MODIFIERS:
        back -= 1
    if back < 0 or parts[back].said in NUMERIC or (talk[back].placeholder and not _named(talk, parts, at)):
        return None
    beside = talk[back].norm in _BESIDE
    aside = talk[back].placeholder or (talk[back].comma and beside and back == at - 1)
    who = "kids" if aside or _listed(talk, parts, back) else _of(talk, back) or _who(talk, back)
    if who is None:
        return None
    end = number_end(talk, parts, at)
    code = fold(parts[at:end])
    ends = ends_here(talk, end)
    whole = ends_here(talk, with_unit(talk, end)) or (not ends and talk[end].norm == "and")
    least = 1 if whole and (who in KIN or with_unit(talk, end) > end) else 2
    if who == "you" and not ends:
        return None
    if least <= len(code) <= 2 and (ends or plain(talk[end], parts[end])):  # noqa: PLR2004 - a person's age
        return Hit(tuple(talk[at : with_unit(talk, end)]), "AGE", 0.6, RULE, "an age said of a person")
    return None


def _listed(talk: Sequence[Token], parts: Sequence[Part], link: int) -> bool:
    """Say whether an "and" joins a number to an age before it: "the kids are 4 and 6"."""
    if talk[link].norm != "and" or not link:
        return False
    before = talk[link - 1]
    return before.raw == "[AGE]" or (parts[link - 1].said in NUMERIC and _stated(talk, parts, link - 1) is not None)


def _named(talk: Sequence[Token], parts: Sequence[Part], at: int) -> bool:
    """Say whether a hidden name stands right before a number that ends its sentence: "my daughter [PERSON] 7."."""
    before = talk[at - 1]
    end = number_end(talk, parts, at)
    beside = before.raw.startswith("[PERSON]") and before.segment == talk[at].segment
    return beside and (talk[end - 1].closes or talk[end - 1].comma)


def _who(talk: Sequence[Token], verb: int) -> str | None:
    """Return who is so old: the word before "is" or "turned", or the one that is short for both ("she's")."""
    norm, before = talk[verb].norm, talk[verb - 1].norm if verb else ""
    bare = norm.removesuffix("'s")
    if norm in AGED or (norm, before) in {
        ("on", "going"),
        ("to", "up"),
        ("at", "died"),
        ("at", "retired"),
        ("as", "down"),
    }:
        return before if before in PEOPLE else "he"
    if norm in SHORT or (bare != norm and bare in PEOPLE):
        return SHORT.get(norm, bare)
    if norm not in BE or not verb or _any_one(talk, verb):
        return None
    if before in PEOPLE or before in WILL:
        return before
    named = talk[verb - 1].placeholder or (talk[verb - 1].capital and not vocabulary.ordinary(before))
    return "you" if named else None


def _of(talk: Sequence[Token], before: int) -> str | None:
    """Return somebody whose age follows without a verb: "a man of 54", "that makes you 54"."""
    two = (talk[before - 1].norm if before else "", talk[before].norm)
    made = two[0] in {"makes", "made", "making"} and two[1] in {"me", "you", "him", "her", "them"}
    return "he" if made or (two[1] == "of" and two[0] in GROWN) else None


def _any_one(talk: Sequence[Token], verb: int) -> bool:
    """Say whether the "one" before a verb is a thing rather than somebody's "little one"."""
    young = verb > 1 and talk[verb - 2].norm in {"little", "young", "older", "younger", "eldest"}
    return talk[verb - 1].norm == "one" and not young
