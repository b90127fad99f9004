"""A call as the rules see it: tokens in the order of the talk, each with its place in the transcript.

Whisper writes one spoken thing as several words ("4", "-1", ".com"): pieces that begin with a joining mark belong to
the token before them, so that "8 -0 -6" is the token "8-0-6" over three words, and a span takes all three or none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.speech import Segment, Transcript, Word

PAUSE_S = 0.6
"""A silence inside a segment from which on the other side may have spoken in between."""

_GLUED = re.compile(r"^[.,\-'\u2019@_/:%+]\w")
_GLUED_BREAK = re.compile(r"[?!]$|\w[.,]$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_OUTER = " \t\n.,;:!?\"'()[]{}<>\u2026-\u2013\u2014\u201c\u201d\u2018\u2019\u00ab\u00bb"
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2014": "-", "\u2011": "-"})


@dataclass(frozen=True, slots=True)
class Token:
    """One thing said: words [first, end) of a segment; `at` counts through the transcript, in transcript order."""

    at: int
    segment: int
    first: int
    end: int
    channel: int
    raw: str
    norm: str
    start: float
    stop: float
    placeholder: bool = False

    @property
    def closes(self) -> bool:
        """Whether a sentence ends after this token."""
        return self.raw.rstrip("\"')\u201d\u2019").endswith((".", "?", "!")) and not self.placeholder

    @property
    def comma(self) -> bool:
        """Whether a comma, semicolon or colon follows."""
        return self.raw.endswith((",", ";", ":"))

    @property
    def capital(self) -> bool:
        """Whether the token begins with a capital letter."""
        return self.raw.lstrip("\"'(\u201c\u2018-")[:1].isupper()


def normalise(text: str) -> str:
    """Return the lower-case form without invisible characters, outer punctuation and typographic variants."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES).strip(_OUTER).lower()


@dataclass(frozen=True)
class CallView:
    """The tokens of a call in transcript order, and the stretches of talk in order of time."""

    segments: tuple[Segment, ...]
    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, transcript: Transcript) -> CallView:
        """Return the view of a transcript."""
        tokens: list[Token] = []
        for number, segment in enumerate(transcript.segments):
            for first, end in _pieces(segment.words):
                tokens.append(_token(len(tokens), number, segment, first, end))
        return cls(transcript.segments, tuple(tokens))

    @cached_property
    def stretches(self) -> tuple[tuple[Token, ...], ...]:
        """Tokens that one side said without a pause, in order of time: how the talk really alternated."""
        pieces: list[list[Token]] = []
        for token in self.tokens:
            last = pieces[-1][-1] if pieces else None
            if last is None or last.segment != token.segment or token.start - last.stop >= PAUSE_S:
                pieces.append([])
            pieces[-1].append(token)
        return tuple(tuple(piece) for piece in sorted(pieces, key=lambda piece: piece[0].start))

    @cached_property
    def talk(self) -> tuple[Token, ...]:
        """All tokens in conversation order."""
        return tuple(token for piece in self.stretches for token in piece)

    @cached_property
    def channels(self) -> tuple[tuple[Token, ...], ...]:
        """The tokens of each channel, in order."""
        numbers = sorted({token.channel for token in self.tokens})
        return tuple(tuple(token for token in self.talk if token.channel == one) for one in numbers)

    def sentences(self, tokens: Sequence[Token]) -> Iterable[tuple[Token, ...]]:
        """Yield runs of tokens up to a sentence end, a change of segment or a placeholder-free end."""
        current: list[Token] = []
        for token in tokens:
            if current and current[-1].segment != token.segment:
                yield tuple(current)
                current = []
            current.append(token)
            if token.closes:
                yield tuple(current)
                current = []
        if current:
            yield tuple(current)


def _pieces(words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    first = 0
    for position in range(1, len(words) + 1):
        if position == len(words) or not _belongs(words[position - 1], words[position]):
            if words:
                yield first, position
            first = position


def _belongs(before: Word, word: Word) -> bool:
    if before.entity_type or word.entity_type or not _GLUED.match(word.text):
        return False
    if before.text[-1:].isspace() or _GLUED_BREAK.search(before.text):
        return False
    return word.start - before.end < 2 * PAUSE_S


def _token(at: int, number: int, segment: Segment, first: int, end: int) -> Token:
    words = segment.words[first:end]
    raw = "".join(word.text for word in words)
    marked = any(word.entity_type for word in words)
    return Token(
        at=at,
        segment=number,
        first=first,
        end=end,
        channel=segment.channel,
        raw=raw,
        norm="" if marked else normalise(raw),
        start=words[0].start,
        stop=words[-1].end,
        placeholder=marked,
    )
