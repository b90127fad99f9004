"""Words made comparable: what a voice said and what an engine wrote, both as the same tokens.

Lower case, no punctuation, numbers digit by digit whether written `45`, `forty-five` or `four five`, British spelling
as American, contractions in full, letters spelled one by one as one token.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.speech import numbers

CONTRACTIONS = {
    "i'm": "i am",
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "let's": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "o'clock": "oclock",
    "ok": "okay",
    "alright": "all right",
    "e-mail": "email",
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
}
ENDINGS = (("n't", " not"), ("'re", " are"), ("'ll", " will"), ("'ve", " have"), ("'d", " would"), ("'s", " is"))
BRITISH = (
    (re.compile(r"^(colo|favo|hono|labo|neighbo|behavio|flavo|harbo)ur"), r"\1r"),
    (re.compile(r"(?<=[a-z]{3})is(e|ed|es|ing|ation)$"), r"iz\1"),
    (re.compile(r"^(cent|theat|met|lit)re(s?)$"), r"\1er\2"),
    (re.compile(r"^cheque"), "check"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"^programme"), "program"),
    (re.compile(r"^catalogue"), "catalog"),
    (re.compile(r"^licence"), "license"),
    (re.compile(r"^(cance|trave|labe|mode)ll(ed|ing|er)"), r"\1l\2"),
)
"""Patterns that fold spelling; used on both sides, so a word that only looks British is harmed on both alike."""
SIGNS = {"$": "dollars", "£": "pounds", "€": "euros", "₹": "rupees", "%": "percent", "&": "and", "+": "plus"}
PAIRS = {("per", "cent"): "percent", ("e", "mail"): "email", ("post", "code"): "postcode", ("o", "clock"): "oclock"}
_AROUND = ".,;:!?\"()[]…'-–—"
_PIECES = re.compile(r"\d+(?:st|nd|rd|th)?(?![^\W\d])|\d+|(?:(?!\d)\w|[\u0900-\u097f])+")
SPELLED = 3
"""This many single letters in a row are a word that was spelled."""


@dataclass(frozen=True, slots=True)
class Token:
    """A comparable word and where it came from: word `first` of the text begins with it, word `last` ends with it.

    None where the token stands in the middle of what the word became (`415` is three tokens, one word).
    """

    text: str
    first: int | None
    last: int | None


def normalised(text: str) -> list[str]:
    """Return the comparable tokens of a text."""
    return [token.text for token in tokens(text.split())]


def tokens(words: Sequence[str]) -> list[Token]:
    """Return the comparable tokens of words, each knowing where it came from."""
    parts = [Token(part, number, number) for number, word in enumerate(words) for part in _parts(word)]
    return _with_edges(list(_numbers(_spelled(_paired(parts)))))


def _parts(word: str) -> list[str]:
    """Return the pieces of one written word: lower case, signs in words, hyphens and dots opened."""
    text = unicodedata.normalize("NFKC", word).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip(_AROUND)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(?<=\d)\.(?=\d)", " point ", text)
    text = re.sub(r"(?<=\w)@(?=\w)", " at ", text)
    text = re.sub(r"(?<=[^\W\d])\.(?=\w)|(?<=\w)\.(?=[^\W\d])", " dot ", text)
    money = re.match(r"^([$£€₹])([\d ]+(?: point [\d ]+)?)(.*)$", text)
    if money:
        text = f"{money[2]}{money[3]} {SIGNS[money[1]]}"
    text = "".join(f" {SIGNS[one]} " if one in SIGNS else one for one in text)
    found: list[str] = []
    for part in text.split():
        for piece in _contracted(part).split():
            found += _PIECES.findall(piece.replace("'", ""))
    return [_american(one) for one in found]


def _contracted(word: str) -> str:
    if word in CONTRACTIONS:
        return CONTRACTIONS[word]
    for ending, full in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending) + full
    return word


def _american(word: str) -> str:
    for pattern, to in BRITISH:
        word = pattern.sub(to, word)
    return word


def _paired(parts: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for part in parts:
        if joined and (whole := PAIRS.get((joined[-1].text, part.text))):
            joined[-1] = Token(whole, joined[-1].first, part.last)
        else:
            joined.append(part)
    return joined


def _spelled(parts: list[Token]) -> list[Token]:
    """Join single letters in a row, three or more, to the word that they spell."""
    done: list[Token] = []
    at = 0
    while at < len(parts):
        end = at
        while end < len(parts) and len(parts[end].text) == 1 and parts[end].text.isalpha():
            end += 1
        if end - at >= SPELLED:
            done.append(Token("".join(one.text for one in parts[at:end]), parts[at].first, parts[end - 1].last))
            at = end
        else:
            done.append(parts[at])
            at += 1
    return done


def _numbers(parts: list[Token]) -> Iterator[Token]:
    """Write every number digit by digit; `oh` is a digit beside digits only."""
    for digits, start, end in numbers.read([part.text for part in parts]):
        first, last = parts[start].first, parts[end - 1].last
        if digits is None:
            yield parts[start]
            continue
        for number, digit in enumerate(digits):
            yield Token(digit, first if number == 0 else None, last if number == len(digits) - 1 else None)


def _with_edges(found: list[Token]) -> list[Token]:
    """Of several tokens of one word, only the first begins it and only the last ends it."""
    edged = list(found)
    for at in range(len(edged)):
        before = found[at - 1] if at else None
        after = found[at + 1] if at + 1 < len(found) else None
        if before is not None and before.last is not None and before.last == found[at].first:
            edged[at] = replace(edged[at], first=None)
        if after is not None and after.first is not None and after.first == found[at].last:
            edged[at] = replace(edged[at], last=None)
    return edged
