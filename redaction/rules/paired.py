"""Numbers read out in pieces that a recogniser wrote as decimals: "51.05." "Go ahead." "10.51." and so on.

One decimal by itself is a price or a size. A row of sentences that are nothing but a number, with only short replies
between them, is somebody reading a number aloud while the other writes it down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction.context import CallContext
from redaction.hits import Hit
from redaction.view import Token

RULE = "paired_numbers"
KINDS = ("NUMBER_SEQUENCE",)
LONGEST_REPLY = 3
FEWEST = 2
COUNTDOWN = 3
"""Three single digits one after the other are counted down rather than read out."""
_BARE = re.compile(r"^\d{1,4}(?:[.,:\-]\d{1,4})*$")
_DIGIT = re.compile(r"\d")


def find(context: CallContext) -> Iterator[Hit]:
    """Yield each piece of a row of bare numbers; a number that is hidden already counts as one of the row."""
    row: list[Sequence[Token]] = []
    for sentence in _in_time(context):
        if _bare(sentence) or _hidden(sentence):
            row.append(sentence)
        elif not _reply(sentence):
            yield from _row(row)
            row = []
    yield from _row(row)


def _in_time(context: CallContext) -> list[Sequence[Token]]:
    sentences = [one for stretch in context.view.stretches for one in context.view.sentences(stretch) if one]
    return sorted(sentences, key=lambda sentence: (sentence[0].start, sentence[0].at))


def _bare(sentence: Sequence[Token]) -> bool:
    return len(sentence) == 1 and not sentence[0].placeholder and bool(_BARE.match(sentence[0].norm))


def _hidden(sentence: Sequence[Token]) -> bool:
    return len(sentence) == 1 and sentence[0].placeholder


def _reply(sentence: Sequence[Token]) -> bool:
    return len(sentence) <= LONGEST_REPLY and not any(_DIGIT.search(token.raw) for token in sentence)


def _row(row: Sequence[Sequence[Token]]) -> Iterator[Hit]:
    bare = [sentence for sentence in row if _bare(sentence)]
    digits = sum(len(_DIGIT.findall(sentence[0].norm)) for sentence in bare)
    if len(row) >= FEWEST and bare and (digits > len(bare) or len(row) > COUNTDOWN):
        for sentence in bare:
            yield Hit(tuple(sentence), "NUMBER_SEQUENCE", 0.6, RULE, "numbers read out in pieces")
