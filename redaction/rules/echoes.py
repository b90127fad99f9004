"""Digits that repeat a code in another writing: "I have $6.93, $6.29" after "my employee id is 693629".

A recogniser writes what is read back as sums, decimals or times, which other rules leave readable. What the digits say
is the same, so they are compared as digits and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules import births
from redaction.rules.age_answers import counted, number_end, with_unit
from redaction.rules.numbers import found
from redaction.spoken import NUMERIC, fold
from redaction.view import Token

RULE = "echoed_digits"
KINDS = ("NUMBER_SEQUENCE", "AGE")
LEAST = 5
NEARLY_FROM = 6
LONGEST = 12
SOON = 50
AGE_DIGITS = 2


def find(context: CallContext) -> Iterator[Hit]:
    """Yield tokens with digits that together repeat a code of this call, and that no other rule took."""
    yield from _ages(context)
    hits = found(context)
    codes = {code for hit in hits if len(code := _digits_of(hit)) >= LEAST}
    if not codes:
        return
    mine = {token.at for hit in hits for token in hit.tokens}
    for group in _groups(context.view.tokens):
        if all(token.at in mine for token in group):
            continue
        told = "".join(char for token in group for char in token.norm if char.isdigit())
        if len(told) >= LEAST and any(_same(told, code) for code in codes):
            yield Hit(tuple(token for token in group), "NUMBER_SEQUENCE", 0.7, RULE, "a code in another writing")


def _ages(context: CallContext) -> Iterator[Hit]:
    """Yield an age that is said once more soon after, in whatever words: "right, forty five it is"."""
    ages = [hit for hit in births.find(context) if hit.kind == "AGE"]
    talk = context.view.talk
    parts = parts_of(talk) if ages else ()
    mine = {token.at for hit in ages for token in hit.tokens}
    for hit in ages:
        code = _digits_of(hit)
        first = context.cues.places[hit.tokens[-1].at] + 1
        at, last = first, min(len(talk), first + SOON)
        while at < last:
            end = number_end(talk, parts, at) if parts[at].said in NUMERIC else at + 1
            same = parts[at].said in NUMERIC and fold(parts[at:end]) == code and len(code) == AGE_DIGITS
            if same and talk[at].at not in mine and not counted(talk[at : end + 1]):
                yield Hit(tuple(talk[at : with_unit(talk, end)]), "AGE", 0.6, RULE, "an age said once more")
            at = end


def _digits_of(hit: Hit) -> str:
    return "".join(char for char in fold(parts_of(hit.tokens)) if char.isdigit())


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield tokens of figures that stand side by side in one segment, fillers between them left out."""
    group: list[Token] = []
    for token in tokens:
        figures = any(map(str.isdigit, token.norm)) and not token.placeholder
        if figures and (not group or (token.segment == group[-1].segment and len(group) < LONGEST)):
            group.append(token)
            continue
        if group and token.segment == group[-1].segment and token.norm in lexicon.FILLERS and not figures:
            continue
        if group:
            yield group
        group = [token] if figures else []
    if group:
        yield group


def _same(told: str, code: str) -> bool:
    """Say whether digits are a code, or differ from a long one in a single place."""
    if told == code:
        return True
    if min(len(told), len(code)) < NEARLY_FROM or abs(len(told) - len(code)) > 1:
        return False
    longer, shorter = (told, code) if len(told) >= len(code) else (code, told)
    at = next((place for place, char in enumerate(shorter) if char != longer[place]), len(shorter))
    return longer[at + 1 :] == shorter[at + (len(longer) == len(shorter)) :]
