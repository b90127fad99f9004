"""What is said, as digits and letters: "double five oh" is 550, "M E E R A" is meera. The gates' own reading.

Nothing here is shared with the rules that found personal data: what both overlooked would be overlooked for good.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from domain.corpus import CorpusItem, CorpusTurn

_UNITS: Final = {
    "zero": "0", "oh": "0", "nought": "0", "naught": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS: Final = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_FILLERS: Final = frozenset({"uh", "um", "er", "erm", "dash", "hyphen", "space", "then", "and", "plus", "slash"})
_SUM: Final = re.compile(r"[$£€₹]|\d{1,3}(?:,\d{2,3})+(?!\d)|\d\.\d{1,2}(?!\d)|\d%|\d{1,2}:\d\d")
"""A price, a share, a time of day: digits that are counted, not told one by one."""
_PIECE: Final = re.compile(r"[^\W\d_]+|\d+")
_EDGES: Final = " \t\"'“”‘’.,;:!?()[]¡¿…"
_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Run:
    """Digits and single letters that stand together, in the words [first, end) of a turn; `kinds`: their marks."""

    chars: str
    digits: str
    """Of these the digits alone."""
    first: int
    end: int
    kinds: frozenset[str]


@lru_cache(maxsize=_REMEMBERED)
def folded(word: str) -> str:
    """Return a word as it is compared: no accents, no case, no punctuation around it, no possessive ending."""
    plain = unicodedata.normalize("NFKD", word)
    told = "".join(char for char in plain if not unicodedata.combining(char)).casefold().strip(_EDGES)
    return told.removesuffix("'s").removesuffix("’s")


def runs(turn: CorpusTurn) -> tuple[Run, ...]:
    """Return the runs of a turn. What is counted ("two hundred", "$40", "10:30") ends a run and is in none.

    Nor does a run go on from what is marked to what is not: what stands beside a surrogate is looked at by itself.
    """
    return _runs(turn, frozenset(word.text for word in turn.words if _pieces(word.text) is not None))


def _runs(turn: CorpusTurn, telling: Container[str]) -> tuple[Run, ...]:
    """Return the runs of a turn; `telling` are the words that belong to a run, or end none."""
    words = turn.words
    places = [at for at, word in enumerate(words) if word.text in telling]
    if not places:
        return ()
    found: list[Run] = []
    open_run: _Open | None = None
    last = -1
    for at in places:
        word = words[at]
        pieces = _pieces(word.text)
        if open_run is not None and (at > last + 1 or open_run.marked is not (word.kind is not None)):
            found += open_run.closed()
            open_run = None
        last = at
        if pieces:
            open_run = open_run or _Open(marked=word.kind is not None)
            open_run.take(pieces, at, word.kind)
    if open_run is not None:
        found += open_run.closed()
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Heard:
    """An item with the runs of each of its turns, read once for all who ask."""

    item: CorpusItem
    runs: tuple[tuple[Run, ...], ...]
    texts: frozenset[str]
    """Each of its words once, as it is written."""

    @classmethod
    def of(cls, item: CorpusItem) -> Heard:
        """Read an item."""
        texts = frozenset(word.text for turn in item.turns for word in turn.words)
        telling = {text for text in texts if _pieces(text) is not None}
        return cls(item, tuple(_runs(turn, telling) for turn in item.turns), texts)

    def across(self) -> Iterator[Run]:
        """Yield the runs that go on in a speaker's next turn: numbers are told in pieces, with an "okay" between."""
        waiting: dict[str, list[Run]] = {}
        for turn, own in zip(self.item.turns, self.runs, strict=True):
            pieces, rest = waiting.pop(turn.speaker, []), own
            if own and own[0].first == 0:
                pieces, rest = [*pieces, own[0]], own[1:]
                if not rest and own[0].end == len(turn.words):
                    waiting[turn.speaker] = pieces
                    continue
            if len(pieces) > 1:
                yield _joined(pieces)
            if rest and rest[-1].end == len(turn.words):
                waiting[turn.speaker] = [rest[-1]]
        yield from (_joined(pieces) for pieces in waiting.values() if len(pieces) > 1)

    def digits(self) -> set[str]:
        """Return all digits of each speaker in a row, over words and turns between them, and of all speakers."""
        by_speaker: dict[str, str] = {}
        everybody = ""
        for turn, own in zip(self.item.turns, self.runs, strict=True):
            if told := "".join(run.digits for run in own):
                by_speaker[turn.speaker] = by_speaker.get(turn.speaker, "") + told
                everybody += told
        return {everybody, *by_speaker.values()}


def _joined(pieces: Sequence[Run]) -> Run:
    kinds = frozenset(kind for piece in pieces for kind in piece.kinds)
    chars, digits = "".join(piece.chars for piece in pieces), "".join(piece.digits for piece in pieces)
    return Run(chars, digits, 0, 0, kinds)


class _Open:
    """A run that is being read."""

    def __init__(self, *, marked: bool) -> None:
        self.marked = marked
        self._chars, self._first, self._end = "", 0, 0
        self._kinds: set[str] = set()
        self._times, self._after_tens = 1, False

    def take(self, pieces: tuple[str, ...], at: int, kind: str | None) -> None:
        """Add what a word says."""
        for piece in pieces:
            if piece in _TIMES:
                self._times = _TIMES[piece]
                continue
            told = _TENS[piece] + "0" if piece in _TENS else _UNITS.get(piece, piece)
            if self._after_tens and len(told) == 1 and told.isdigit() and told != "0":
                self._chars = self._chars[:-1]  # "fifty five" is 55
            self._first = self._first if self._chars else at
            self._chars += told * self._times
            self._times, self._after_tens = 1, piece in _TENS
        self._end = at + 1
        self._kinds |= {kind} if kind else set()

    def closed(self) -> list[Run]:
        """Return the run, if there is one."""
        if not self._chars:
            return []
        digits = self._chars if self._chars.isdigit() else "".join(filter(str.isdigit, self._chars))
        return [Run(self._chars, digits, self._first, self._end, frozenset(self._kinds))]


@lru_cache(maxsize=_REMEMBERED)
def _pieces(text: str) -> tuple[str, ...] | None:
    """Return what a word says of a run: nothing where it is only said between digits, None where it ends the run."""
    word = folded(text)
    if word in _FILLERS or not word:
        return ()
    if _SUM.search(text):
        return None
    pieces = tuple(_PIECE.findall(word))
    return pieces if pieces and all(map(_is_told, pieces)) else None


def _is_told(piece: str) -> bool:
    return piece.isdigit() or len(piece) == 1 or piece in _UNITS or piece in _TENS or piece in _TIMES
