"""A call as one text, and what of that text it is worth showing to Presidio's own patterns."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import Final

from presidio_analyzer import RecognizerResult

from redaction.view import Line, Token

PLACEHOLDER = "it"
Found = tuple[int, int]
NEEDED: Final[Mapping[str, re.Pattern[str]]] = {
    "CreditCardRecognizer": re.compile(r"\d{4}[- ]?\d{3}"),
    "CryptoRecognizer": re.compile(r"[a-z0-9]{26}", re.IGNORECASE),
    "IbanRecognizer": re.compile(r"[A-Z]{2}[0-9]{2}"),
    "IpRecognizer": re.compile(r"[0-9]\.[0-9]|:[0-9a-fA-F:%]"),
}
"""What a text holds wherever one of Presidio's own patterns matches: looked for first, it is much cheaper than they."""


@dataclass(frozen=True, slots=True)
class TextMap:
    """The call as one text, and where each token stands in it."""

    text: str
    starts: tuple[int, ...]

    def found(self, result: RecognizerResult) -> Found:
        """Return the places [first, end) of the tokens that a result touches."""
        first = max(0, bisect.bisect_right(self.starts, result.start) - 1)
        return first, max(first + 1, bisect.bisect_left(self.starts, result.end))

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> TextMap:
        """Return the text of the tokens, a line per segment."""
        if isinstance(tokens, Line) and "text" in tokens.kept:
            kept: TextMap = tokens.kept["text"]
            return kept
        words = [shown(token) for token in tokens]
        marks = [" " if one.segment == other.segment else "\n" for one, other in pairwise(tokens)]
        text = "".join(chain.from_iterable(zip(words, (*marks, ""), strict=True))) if words else ""
        made = cls(text, tuple(accumulate((len(word) + 1 for word in words[:-1]), initial=0)))
        if isinstance(tokens, Line):
            tokens.kept["text"] = made
        return made


def shown(token: Token) -> str:
    """Return how a token stands in the text: placeholders as a pronoun, so that they are no names and no capitals."""
    if token.placeholder:
        return PLACEHOLDER
    raw = token.raw
    return raw if raw.isalnum() else "".join(raw.split()) or "-"


def may_match(recognizer: str, text: str) -> bool:
    """Say whether a recognizer can find anything in a text; always of one that `NEEDED` does not know."""
    needed = NEEDED.get(recognizer)
    return needed is None or needed.search(text) is not None
