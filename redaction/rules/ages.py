"""Ages: "seventy one years old", "she is 71", "a nine year old", and what answers "how old are you?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.asked import ordinary_noun
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

RULE = "spoken_births"
AGE_DIGITS = range(1, 4)
OLDEST = 120
ANSWER_TOKENS = 30
_AGED = frozenset({"aged", "turned", "turning", "turns", "turn", "pushing", "approaching", "hitting", "nearing"})
_DECADE = re.compile(r"^(?:[2-9]0|twent|thirt|fort|fift|sixt|sevent|eight|ninet)(?:'?s|ies)$")
_PART = re.compile(r"^(?:early|mid|late)-(?:[2-9]0'?s|twenties|(?:thir|for|fif|six|seven|eigh)ties)$")
_PART_OF_LIFE = frozenset({"early", "mid", "late", "middle", "my", "his", "her", "their", "your"})
_KIN = lexicon.words(
    "he she son daughter child kid baby boy girl grandson granddaughter nephew niece toddler youngest eldest oldest "
    "twins kids children boys girls sons daughters grandchildren one"
)
_PEOPLE = (
    _KIN
    | frozenset({"adult", "pensioner"})
    | lexicon.words(
        "i you age mother father husband wife mum mom mummy dad daddy brother sister partner grandmother grandfather "
        "grandma grandpa granny nan aunt uncle patient applicant nominee passenger driver insured client customer "
        "tenant spouse policyholder borrower proposer cardholder holder fiancé fiancee they who boyfriend girlfriend "
        "parent cousin we"
    )
)
_BE = frozenset({"am", "is", "was", "are", "were", "be"})
_SHORT = {
    "i'm": "i",
    "im": "i",
    "he's": "he",
    "hes": "he",
    "she's": "she",
    "shes": "she",
    "you're": "you",
    "they're": "they",
    "we're": "they",
}
_GROWN = lexicon.words("man woman boy girl lady gentleman child kid lad age")
_WILL = frozenset(["you'd", "we'll"]) | frozenset(
    {"i'll", "he'll", "she'll", "you'll", "they'll", "will", "would", "i'd", "he'd", "she'd"}
)
_AFTER_AGE = frozenset(
    {"male", "female", "man", "woman", "years", "year", "yrs", "y/o", "yo", "y.o", "when", "sir", "madam", "ma'am"}
)
_YEARS = frozenset({"years", "year", "yrs", "yr", "months", "month", "y/o", "yo", "y.o"})
_YEAR_OLD = frozenset({"year-old", "years-old", "yr-old", "month-old", "months-old"})
_MODIFIERS = lexicon.words("almost nearly about just only around now already over past")
_COMPOUND = ("-year-old", "-years-old", "-yr-old", "-year", "yo", "y/o")


def ages(context: CallContext) -> Iterator[Hit]:
    """Yield the ages of people."""
    talk = context.view.talk
    parts = parts_of(talk)
    for at, token in enumerate(talk):
        if token.placeholder:
            continue
        if token.norm in {"old", "of"} | _YEAR_OLD and (hit := _years_old(talk, parts, at)):
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
    yield from _answers(context, parts)


def _years_old(talk: Sequence[Token], parts: Sequence[Part], at: int) -> Hit | None:
    """Return "seventy one years old", "42 years of age", found at "old" or "of"."""
    joined = talk[at].norm in _YEAR_OLD
    if at < 2 or not (joined or talk[at - 1].norm in _YEARS):  # noqa: PLR2004 - a number and "years" come before
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
    if first < 2 or talk[first - 1].norm not in _BE:  # noqa: PLR2004 - the thing and the verb come before
        return False
    who = talk[first - 2]
    named = who.placeholder or who.capital or who.norm in _PEOPLE - {"one"}
    return not named and (vocabulary.ordinary(who.norm) or who.norm == "one")


def _of_a_thing(asked: Sequence[Token]) -> bool:
    """Say whether "how old" asks after a thing: "… is your boiler"."""
    norms = [token.norm.removesuffix("'s") for token in asked]
    led = norms[:1] in (["is"], ["are"], ["was"]) and norms[1:2] in (["the"], ["your"], ["this"], ["that"], ["our"])
    return led and not _PEOPLE.intersection(norms[2:]) and any(vocabulary.ordinary(norm) for norm in norms[2:3])


def _birthday(talk: Sequence[Token], at: int) -> bool:
    """Say whether a token counts birthdays: "my 50th birthday"."""
    ordinal = talk[at].norm in lexicon.ORDINALS or talk[at].norm.endswith(("th", "ieth", "st", "nd", "rd"))
    follows = talk[at + 1].norm if at + 1 < len(talk) else ""
    year = follows == "year" and at > 0 and talk[at - 1].norm in {"my", "his", "her"}
    return ordinal and (follows == "birthday" or year)


def _number_first(norm: str) -> bool:
    first = norm.partition("-")[0]
    return norm[0].isdigit() or first in lexicon.DIGITS or first in lexicon.TEENS or first in lexicon.TENS


def _stated(talk: Sequence[Token], parts: Sequence[Part], at: int) -> Hit | None:
    """Return "she is seventy one" where nothing counted follows, and "turned fifty"."""
    back = at - 1
    while back > 0 and talk[back].norm in _MODIFIERS:
        back -= 1
    if back < 0 or parts[back].said in NUMERIC or talk[back].placeholder:
        return None
    aside = talk[back].comma and talk[back].norm in _PEOPLE and back == at - 1
    who = "kids" if aside or _listed(talk, parts, back) else _of(talk, back) or _who(talk, back)
    if who is None:
        return None
    end = _number_end(talk, parts, at)
    code = fold(parts[at:end])
    ends = _ends(talk, end)
    whole = _ends(talk, _with_unit(talk, end)) or (not ends and talk[end].norm == "and")
    least = 1 if whole and (who in _KIN or _with_unit(talk, end) > end) else 2
    if who == "you" and not ends:
        return None
    if least <= len(code) <= 2 and (ends or _plain(talk[end], parts[end])):  # noqa: PLR2004 - a person's age
        return Hit(tuple(talk[at : _with_unit(talk, end)]), "AGE", 0.6, RULE, "an age said of a person")
    return None


def _listed(talk: Sequence[Token], parts: Sequence[Part], link: int) -> bool:
    """Say whether an "and" joins a number to an age before it: "the kids are 4 and 6"."""
    if talk[link].norm != "and" or not link:
        return False
    before = talk[link - 1]
    return before.raw == "[AGE]" or (parts[link - 1].said in NUMERIC and _stated(talk, parts, link - 1) is not None)


def _with_unit(talk: Sequence[Token], end: int) -> int:
    """Return the end with the "years", "years old" or "years young" that belong to the number."""
    if [token.norm for token in talk[end : end + 3]] == ["and", "a", "half"]:
        end += 3
    for words in (_YEARS | _YEAR_OLD, {"old", "young"}):
        more = end < len(talk) and talk[end].segment == talk[end - 1].segment and not talk[end - 1].closes
        if not (more and talk[end].norm in words):
            break
        end += 1
    return end


def _who(talk: Sequence[Token], verb: int) -> str | None:
    """Return who is so old: the word before "is" or "turned", or the one that is short for both ("she's")."""
    norm, before = talk[verb].norm, talk[verb - 1].norm if verb else ""
    bare = norm.removesuffix("'s")
    if norm in _AGED or (norm, before) == ("on", "going"):
        return before if before in _PEOPLE else "he"
    if norm in _SHORT or (bare != norm and bare in _PEOPLE):
        return _SHORT.get(norm, bare)
    if norm not in _BE or not verb or _any_one(talk, verb):
        return None
    if before in _PEOPLE or before in _WILL:
        return before
    named = talk[verb - 1].placeholder or (talk[verb - 1].capital and not vocabulary.ordinary(before))
    return "you" if named else None


def _of(talk: Sequence[Token], before: int) -> str | None:
    """Return somebody whose age follows without a verb: "a man of 54", "that makes you 54"."""
    two = (talk[before - 1].norm if before else "", talk[before].norm)
    made = two[0] in {"makes", "made", "making"} and two[1] in {"me", "you", "him", "her", "them"}
    return "he" if made or (two[1] == "of" and two[0] in _GROWN) else None


def _any_one(talk: Sequence[Token], verb: int) -> bool:
    """Say whether the "one" before a verb is a thing rather than somebody's "little one"."""
    young = verb > 1 and talk[verb - 2].norm in {"little", "young", "older", "younger", "eldest"}
    return talk[verb - 1].norm == "one" and not young


def _ends(talk: Sequence[Token], end: int) -> bool:
    last = talk[end - 1]
    return last.closes or last.comma or end == len(talk) or talk[end].segment != last.segment


def _plain(token: Token, part: Part) -> bool:
    """Say whether what follows a number leaves it an age: nothing that is counted, no sum, no more digits."""
    if token.norm in _AFTER_AGE:
        return True
    thing = ordinary_noun(token) and token.norm.endswith("s")
    counted = token.norm in lexicon.UNITS | lexicon.CURRENCY | {"percent", "of", "th", "more"} or thing
    return not counted and part.said in {Said.OTHER, Said.FILLER}


def _number_end(talk: Sequence[Token], parts: Sequence[Part], at: int) -> int:
    end = at + 1
    while end < len(talk) and parts[end].said in NUMERIC and not (talk[end - 1].closes or talk[end - 1].comma):
        end += 1
    return end


def _answers(context: CallContext, parts: Sequence[Part]) -> Iterator[Hit]:
    """Yield the first short number after a question for an age."""
    talk = context.view.talk
    for cue in context.cues.cues:
        if cue.kind != "AGE" or _of_a_thing(talk[cue.place + 1 : cue.place + 5]):
            continue
        for at in range(cue.place + 1, min(len(talk), cue.place + 1 + ANSWER_TOKENS)):
            if talk[at].placeholder:
                break
            if parts[at].said in NUMERIC:
                end = _number_end(talk, parts, at)
                code = fold(parts[at:end])
                fits = len(code) in AGE_DIGITS and int(code) <= OLDEST
                after = _with_unit(talk, end)
                if fits and (_ends(talk, end) or after > end or _plain(talk[end], parts[end])):
                    yield Hit(tuple(talk[at:after]), "AGE", 0.8, RULE, "an age after a cue")
                    if talk[end - 1].comma and end < len(talk) and parts[end].said in NUMERIC:
                        continue  # the ages of several
                break
