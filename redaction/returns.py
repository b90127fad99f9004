"""What comes back: hidden words that the redacted sound still tells whoever transcribes it.

Compared are digits and letters in a row, and words, whatever form they are written in. Only what the redacted text does
not show at that place counts: what can be read anyway is no secret of the sound. Nothing here leaves as words: the
result is where something came back.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.spans import Span, TimeRange, hidden, merge_ranges, merge_spans
from domain.speech import Segment, Transcript, Word
from redaction import lexicon, vocabulary

NEAR_S: Final = 2.0
"""So far from a hidden item its parts count even when they are short or common."""
FEW: Final = 3
"""Digits or letters in a row that tell something near the item; of a shorter one, all of them."""
LEAST: Final = 2
MANY: Final = 6
"""Digits or letters in a row that tell something anywhere in the call."""
LETTERS: Final = 3
FAR_LETTERS: Final = 5
ALIKE: Final = 0.8

_SAID: Final = lexicon.DIGITS | lexicon.TEENS | {"oh": "0"} | {word: ten + "0" for word, ten in lexicon.TENS.items()}
_UNITS: Final = frozenset(lexicon.DIGITS) - {"zero", "nought", "naught", "nil"}
_PIECES: Final = re.compile(r"[^\W\d_]+|\d")
_SAYS_NOTHING: Final = lexicon.words(
    "the and dot com org net www http https underscore dash hyphen slash point that this its it's yes yeah okay sure "
    "number name code date birth card phone mobile email mail gmail yahoo hotmail outlook address account for "
    "you your our are was with from have has not but can will what who how out all any one two street road lane avenue "
    "drive close flat house january february march april may june july august september october november december "
    "double triple hundred thousand lakh crore first second third last please thanks thank hello here there now then"
)


@dataclass(frozen=True, slots=True)
class _Item:
    """What a span hid: characters in a row, words, and when it was said."""

    code: str
    words: frozenset[str]
    start: float
    end: float


def returned(clear: Transcript, spans: Iterable[Span], again: Sequence[Segment]) -> tuple[TimeRange, ...]:
    """Return where `again`, heard from the redacted sound, tells what the spans hide; empty: nothing came back."""
    covered = merge_spans(hidden(spans))
    items = _items(clear, covered)
    shown = _shown(clear, covered)
    found: list[TimeRange] = []
    for segment in again:
        for first, end in _runs(segment.words):
            words = segment.words[first:end]
            if _tells(words, items, shown):
                found.append(TimeRange(segment.channel, max(0.0, words[0].start), max(words[-1].end, words[0].start)))
    return merge_ranges(found)


def _items(clear: Transcript, covered: Sequence[Span]) -> list[_Item]:
    """Return what is hidden, pieces that one side said one after the other taken together."""
    pieces = sorted(
        (clear.segments[span.segment].channel, words[0].start, words)
        for span in covered
        if (words := clear.segments[span.segment].words[span.first_word : span.end_word])
    )
    joined: list[tuple[int, list[Word]]] = []
    for channel, start, words in pieces:
        if joined and joined[-1][0] == channel and start - joined[-1][1][-1].end <= NEAR_S:
            joined[-1][1].extend(words)
        else:
            joined.append((channel, list(words)))
    return [_Item(_code(one), frozenset(_words(one)), one[0].start, one[-1].end) for _, one in joined]


def _shown(clear: Transcript, covered: Sequence[Span]) -> list[Word]:
    places = {(span.segment, word) for span in covered for word in range(span.first_word, span.end_word)}
    return [word for segment, place, word in clear.words() if (segment, place) not in places and not word.entity_type]


def _runs(words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield single words, and runs of words that are all digits and letters, as places [first, end)."""
    first: int | None = None
    for at in range(len(words) + 1):
        spells = at < len(words) and _spells(words[at : at + 1])
        if spells:
            first = at if first is None else first
            continue
        if first is not None:
            yield first, at
            first = None
        if at < len(words):
            yield at, at + 1


def _spells(word: Sequence[Word]) -> bool:
    pieces = _pieces(word)
    return bool(pieces) and all(len(one) == 1 or one in _SAID or one in lexicon.REPEATS for one in pieces)


def _tells(words: Sequence[Word], items: Sequence[_Item], shown: Sequence[Word]) -> bool:
    start, end = words[0].start, words[-1].end
    beside = [word for word in shown if word.end >= start - NEAR_S and word.start <= end + NEAR_S]
    code, told = _code(words), _words(words)
    readable, known = _code(beside), set(_words(beside))
    near = [item for item in items if item.end >= start - NEAR_S and item.start <= end + NEAR_S]
    if any(_shares(code, item.code, min(FEW, max(LEAST, len(item.code))), readable) for item in near) or any(
        _shares(code, item.code, MANY, readable) for item in items
    ):
        return True
    new = [word for word in told if word not in known and word not in _SAYS_NOTHING]
    return any(_alike(word, item.words) for word in new for item in near) or any(
        word in item.words
        for word in new
        for item in items
        if len(word) >= FAR_LETTERS and not vocabulary.ordinary(word)
    )


def _shares(code: str, hidden_code: str, least: int, readable: str) -> bool:
    parts = {code[at : at + least] for at in range(len(code) - least + 1)}
    return any(part in hidden_code and part not in readable for part in parts)


def _alike(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    if len(word) < FAR_LETTERS:
        return False
    return any(difflib.SequenceMatcher(None, word, one).ratio() >= ALIKE for one in words if len(one) >= FAR_LETTERS)


def _pieces(words: Sequence[Word]) -> list[str]:
    return [piece for word in words for piece in _PIECES.findall(word.text.lower().replace("'", ""))]


def _code(words: Sequence[Word]) -> str:
    """Return digits and single letters in a row, "double five" and "forty two" as digits, everything else left out."""
    found, pieces = "", _pieces(words)
    for at, piece in enumerate(pieces):
        said = _SAID.get(piece, piece if len(piece) == 1 else "")
        if piece in lexicon.TENS and pieces[at + 1 : at + 2] and pieces[at + 1] in _UNITS:
            said = lexicon.TENS[piece]
        repeated = lexicon.REPEATS.get(pieces[at - 1], 1) if at and len(said) == 1 else 1
        found += said * repeated
    return found


def _words(words: Sequence[Word]) -> list[str]:
    return [one for one in _pieces(words) if len(one) >= LETTERS and one not in _SAID and one not in lexicon.REPEATS]
