"""The same answer once more, after an item that is hidden by now.

"How old is she?" - "[AGE]." - "So that's sixty three?" - "No, sixty two." None of the repetitions has a question of its
own, and none needs to have the same value: what answers a placeholder with a bare value of its form is that value, or
corrects it. Looked at in redacted talk, so a second look finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.alphabets import ACRONYMS
from redaction.asked import REPLIES, holds
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.age_answers import OLDEST
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

RULE = "repeated_answers"
KINDS = ("AGE", "CARD_EXPIRY", "PERSON")
REACH = 4
"""Sentences after an item in which a bare value repeats it."""
FEWEST_LETTERS = 3
_AROUND = REPLIES | lexicon.words(
    "yours you your his her hers him and mine tomorrow today soon well next month nearly almost "
    "put down read back let listen confirm that me again more once got we've i've noted wrote written so erm quite "
    "making pardon years year old until valid expires expiry slash of not to quite listen no that's it's he she "
    "they you"
)
_VALUES = NUMERIC | {Said.CODE, Said.TIME, Said.ORDINAL}
_CODED = NUMERIC | {Said.CODE}


def find(context: CallContext) -> Iterator[Hit]:
    """Yield repeated ages and expiry dates, and words spelled in capitals one by one."""
    sentences = [
        sentence for stretch in context.view.stretches for sentence in context.view.sentences(stretch) if sentence
    ]
    yield from _repeated(sentences)
    for sentence in sentences:
        yield from _letters(sentence)


def _repeated(sentences: Sequence[Sequence[Token]]) -> Iterator[Hit]:
    kind, left = "", 0
    for sentence in sentences:
        shown = {one.raw.strip(".,?![] ") for one in sentence if one.placeholder} & {"AGE", "CARD_EXPIRY"}
        if shown:
            kind, left = min(shown), REACH
            continue
        left -= 1
        if left < 0 or any(token.placeholder for token in sentence):
            kind = ""
        if not kind:
            continue
        bare = [(token, part) for token, part in zip(sentence, parts_of(sentence), strict=True) if _value(token, part)]
        others = [token for token in sentence if not any(token is one for one, _ in bare)]
        if not all(token.norm in _AROUND or not token.norm for token in others):
            kind = kind if holds(others) else ""
        elif bare and _fits(kind, [part for _, part in bare], [token for token, _ in bare]):
            yield Hit(tuple(token for token, _ in bare), kind, 0.7, RULE, "an answer said once more")
            left = REACH


def _value(token: Token, part: Part) -> bool:
    if token.placeholder:
        return False
    return part.said in _VALUES or (token.norm in lexicon.MONTHS and token.capital)


def _fits(kind: str, parts: Sequence[Part], tokens: Sequence[Token]) -> bool:
    code = fold(parts)
    if kind == "AGE":
        return all(part.said in NUMERIC for part in parts) and code.isdigit() and int(code) <= OLDEST
    month = any(token.norm in lexicon.MONTHS for token in tokens)
    return len(code) in ({2, 4} if month else {3, 4, 5, 6})


def _letters(sentence: Sequence[Token]) -> Iterator[Hit]:
    """Yield single capitals in a row, "A" and "I" among them: "it's A, I, N, S"."""
    if [len(token.norm) for token in sentence].count(1) < FEWEST_LETTERS:
        return
    if any(part.said in _CODED for part in parts_of(sentence)):
        return  # letters beside digits are a code, which other rules name
    row: list[Token] = []
    for token in (*sentence, None):
        if token is not None and not token.placeholder and len(token.norm) == 1 and token.norm.isalpha():
            if token.norm.upper() in token.raw:
                row.append(token)
                continue
        elif token is not None and row and token.norm in lexicon.FILLERS:
            continue
        word = "".join(one.norm for one in row).upper()
        plain = word in ACRONYMS or word.lower() in lexicon.UNITS
        if len(word) >= FEWEST_LETTERS and not plain:
            yield Hit(tuple(row), "PERSON", 0.7, RULE, "letters one by one")
        row = []
