"""Numbers and codes in plain talk that no span covers: they get one here, so that they are told as others are.

A kept order number, a serial, a row of digits that nobody asked for: whose they are is not known, so they become
nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from corpus.deid.number_words import DIGIT_OF, TIMES_OF, TWO_DIGITS_OF
from corpus.deid.vocabulary import look
from domain.spans import Span
from domain.speech import Word

DIGITS_FROM: Final = 6
"""So many digits in a row, in however many words, are taken for somebody's number."""
CODE_FROM: Final = 6
"""So many letters and digits in one word, with two digits at least, are taken for a code."""
_SUM: Final = re.compile(r"[$£€₹¥%]|\d{1,3}(?:,\d{2,3})+(?!\d)|^\D*\d+\.\d{1,2}\D*$|\d{1,2}:\d\d")
_FIGURES: Final = re.compile(r"[\d\s().+/,-]+")
_CODE: Final = -1


def digits_in(text: str) -> int:
    """Return how many digits a word adds to a row of digits; 0: it ends the row; -1: it is a code by itself."""
    one = look(text)
    if one.norm in DIGIT_OF or one.norm in TIMES_OF:
        return 1
    if one.norm in TWO_DIGITS_OF:
        return 2
    if not one.digits or _SUM.search(text):
        return 0
    if _FIGURES.fullmatch(one.core):
        return one.digits
    mixed = one.digits > 1 and sum(map(str.isalnum, one.core)) >= CODE_FROM and "@" not in text
    return _CODE if mixed and not one.core.islower() else 0


def loose_codes(
    segment: int, words: Sequence[Word], spans: Sequence[Span], digits: Mapping[str, int]
) -> Iterator[Span]:
    """Yield spans over rows of digits and over codes among the words of a segment that no span covers.

    Args:
        segment: its number.
        words: its words.
        spans: its spans, without overlap.
        digits: what `digits_in` says of the words of the call, where it says anything.
    """
    counts = [digits.get(word.text, 0) for word in words]
    if not any(counts):
        return
    for span in spans:
        counts[span.first_word : span.end_word] = [0] * (min(span.end_word, len(words)) - span.first_word)
    begin, total = 0, 0
    for at, count in enumerate([*counts, 0]):
        if count > 0:
            total += count
            continue
        if total >= DIGITS_FROM:
            yield Span(segment, begin, at, "NUMBER_SEQUENCE", 1.0, "corpus", reason="digits that no span covers")
        if count == _CODE:
            yield Span(segment, at, at + 1, "REFERENCE_NUMBER", 1.0, "corpus", reason="a code that no span covers")
        begin, total = at + 1, 0
