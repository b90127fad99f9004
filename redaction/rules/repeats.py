"""What is said around an item that is hidden by now: the same answer once more, and the rest of an address.

"How old is she?" - "[AGE]." - "So that's sixty three?" - "No, sixty two." None of the repetitions has a question of its
own, and none needs to have the same value: what answers a placeholder with a bare value of its form is that value, or
corrects it. Looked at in redacted talk, so a second look finds nothing new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.alphabets import ACRONYMS
from redaction.asked import REPLIES, holds
from redaction.context import CallContext
from redaction.hits import Hit
from redaction.neighbours import parts_of
from redaction.rules.ages import OLDEST
from redaction.spoken import NUMERIC, Part, Said, fold
from redaction.view import Token

RULE = "repeated_answers"
KINDS = ("ADDRESS", "AGE", "CARD_EXPIRY", "PERSON")
REACH = 4
"""Sentences after an item in which a bare value repeats it."""
NEAR_ADDRESS = 3
"""Sentences after an address in which the name of a place belongs to it."""
FEWEST_LETTERS = 3
_AROUND = REPLIES | lexicon.words(
    "put down read back let listen confirm that me again more once got we've i've noted wrote written so erm quite "
    "making pardon years year old until valid expires expiry slash of not to quite listen no that's it's he she "
    "they you"
)
_FLOORS = lexicon.words("ground first second third fourth top upper lower basement garden rear front back left right")
_FLATS = lexicon.words("floor flat basement maisonette annexe annex lodge cottage")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield repeated ages and expiry dates, words spelled in capitals one by one, and what is left of addresses."""
    sentences = [
        sentence for stretch in context.view.stretches for sentence in context.view.sentences(stretch) if sentence
    ]
    yield from _repeated(sentences)
    for sentence in sentences:
        yield from _letters(sentence)
    yield from _rest_of_addresses(sentences)


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
    return part.said in NUMERIC | {Said.CODE, Said.TIME, Said.ORDINAL} or (
        token.norm in lexicon.MONTHS and token.capital
    )


def _fits(kind: str, parts: Sequence[Part], tokens: Sequence[Token]) -> bool:
    code = fold(parts)
    if kind == "AGE":
        return all(part.said in NUMERIC for part in parts) and code.isdigit() and int(code) <= OLDEST
    month = any(token.norm in lexicon.MONTHS for token in tokens)
    return len(code) in ({2, 4} if month else {3, 4, 5, 6})


def _letters(sentence: Sequence[Token]) -> Iterator[Hit]:
    """Yield single capitals in a row, "A" and "I" among them: "it's A, I, N, S"."""
    if any(part.said in NUMERIC | {Said.CODE} for part in parts_of(sentence)):
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


def _rest_of_addresses(sentences: Sequence[Sequence[Token]]) -> Iterator[Hit]:
    left = 0
    for sentence in sentences:
        at = next((place for place, token in enumerate(sentence) if token.raw.startswith("[ADDRESS]")), -1)
        if at >= 0:
            left = NEAR_ADDRESS + 1
            if head := _floor(sentence[:at]):
                yield Hit(tuple(head), "ADDRESS", 0.7, RULE, "a dwelling before an address")
        if not left:
            continue
        left -= 1
        for token in sentence[at + 1 :]:
            town = token.capital and not token.placeholder and vocabulary.place(token.norm)
            if town and not vocabulary.english(token.norm):
                yield Hit((token,), "ADDRESS", 0.6, RULE, "a place after an address")


def _floor(before: Sequence[Token]) -> Sequence[Token]:
    """Return the "ground floor flat" that ends right before an address."""
    first = len(before)
    while first and before[first - 1].norm in _FLOORS | _FLATS:
        first -= 1
    head = before[first:]
    return head if any(token.norm in _FLATS or token.capital for token in head) else ()
