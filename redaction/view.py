"""A call as the rules see it: tokens in the order of the talk, each with its place in the transcript.

Whisper writes one spoken thing as several words ("4", "-1", ".com"): pieces that begin with a joining mark belong to
the token before them, so that "8 -0 -6" is the token "8-0-6" over three words, and a span takes all three or none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from domain.speech import Segment, Transcript, Word
from redaction import vocabulary
from redaction.spoken import PLACEHOLDER, Part, said_as

REMEMBERED = 1 << 14
"""How many different words of the last calls a process keeps its view of."""
PAUSE_S = 0.6
"""A silence inside a segment from which on the other side may have spoken in between."""

FEW_WORDS = 3
_FIRST_PERSON = re.compile(r"\bI\b")
_GLUED = re.compile(r"^(?:[.,\-@_/:%]\w|\+[^\W\d]|['\u2019](?:s|ll|re|ve|d|m|t|clock)\b)")
_JOINING = frozenset(".,-'\u2019@_/:%+")
_GLUED_BREAK = re.compile(r"[?!]$|\w[.,]$")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_OUTER = " \t\n.,;:!?\"'()[]{}<>*|~`\u2022\u2026-\u2013\u2014\u201c\u201d\u2018\u2019\u00ab\u00bb"
_OPENING = " \t\n\"'([{<>*#|/_.~?!\u2022\u201c\u2018\u00ab\u2013\u2014-"
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2014": "-", "\u2011": "-"})


class Token(NamedTuple):
    """One thing said: words [first, end) of a segment; `at` counts through the transcript, in transcript order.

    `closes`: a sentence ends after it; `comma`: a comma, semicolon or colon follows; `capital`: it begins with one,
    or is a name that a recogniser should have written with one; `part`: what it says of digits and letters.
    """

    at: int
    segment: int
    first: int
    end: int
    channel: int
    raw: str
    norm: str
    start: float
    stop: float
    part: Part
    placeholder: bool = False
    closes: bool = False
    comma: bool = False
    capital: bool = False


class Line(tuple[Token, ...]):  # noqa: SLOT001 - a tuple that remembers needs its dict
    """Tokens in some order of the talk, with what was once worked out over all of them.

    Attributes:
        kept: results by the name of who worked them out; they go when the line goes.
    """

    kept: dict[str, Any]

    def __init__(self, tokens: Iterable[Token] = ()) -> None:  # noqa: ARG002 - the tuple has taken them
        self.kept = {}

    @property
    def places(self) -> Mapping[int, int]:
        """Where each token stands in this line, by its `at`."""
        if "places" not in self.kept:
            self.kept["places"] = {token.at: place for place, token in enumerate(self)}
        places: dict[int, int] = self.kept["places"]
        return places


@lru_cache(maxsize=REMEMBERED)
def _looks(raw: str) -> tuple[str, Part, bool, bool, bool]:
    """Return a token's normal form, what it says, whether it closes a sentence, has a comma, begins with a capital."""
    closes = raw.rstrip("\"')\u201d\u2019").endswith((".", "?", "!"))
    norm = normalise(raw)
    capital = raw.lstrip(_OPENING)[:1].isupper() or vocabulary.name_in_any_case(norm.removesuffix("'s"))
    return norm, said_as(raw, norm), closes, raw.endswith((",", ";", ":")), capital


def normalise(text: str) -> str:
    """Return the lower-case form without invisible characters, outer punctuation and typographic variants."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES).strip(_OUTER).lower()


@dataclass(frozen=True)
class CallView:
    """The tokens of a call in transcript order, and the stretches of talk in order of time."""

    segments: tuple[Segment, ...]
    tokens: Line

    @classmethod
    def of(cls, transcript: Transcript) -> CallView:
        """Return the view of a transcript."""
        tokens: list[Token] = []
        for number, segment in enumerate(transcript.segments):
            at = len(tokens)
            for first, end in _pieces(segment.words):
                tokens.append(_token(len(tokens), number, segment, first, end))
            if _caseless(segment):
                tokens[at:] = _cased(tokens[at:])
        return cls(transcript.segments, Line(tokens))

    @cached_property
    def stretches(self) -> tuple[Line, ...]:
        """Tokens that one side said without a pause, in order of time: how the talk really alternated."""
        pieces: list[list[Token]] = []
        for token in self.tokens:
            last = pieces[-1][-1] if pieces else None
            if last is None or last.segment != token.segment or token.start - last.stop >= PAUSE_S:
                pieces.append([])
            pieces[-1].append(token)
        return tuple(Line(piece) for piece in sorted(pieces, key=lambda piece: piece[0].start))

    @cached_property
    def talk(self) -> Line:
        """All tokens in conversation order."""
        return Line(token for piece in self.stretches for token in piece)

    @cached_property
    def channels(self) -> tuple[Line, ...]:
        """The tokens of each channel, in order."""
        by_channel: dict[int, list[Token]] = {}
        for token in self.talk:
            by_channel.setdefault(token.channel, []).append(token)
        return tuple(Line(by_channel[one]) for one in sorted(by_channel))

    def sentences(self, tokens: Sequence[Token]) -> Iterable[Line]:
        """Return runs of tokens up to a sentence end or a change of segment; worked out once for a whole line."""
        if not isinstance(tokens, Line):
            return _sentences(tokens)
        if "sentences" not in tokens.kept:
            tokens.kept["sentences"] = tuple(_sentences(tokens))
        told: tuple[Line, ...] = tokens.kept["sentences"]
        return told


def _sentences(tokens: Sequence[Token]) -> Iterator[Line]:
    first = 0
    for at, token in enumerate(tokens):
        if at > first and tokens[at - 1].segment != token.segment:
            yield Line(tokens[first:at])
            first = at
        if token.closes:
            yield Line(tokens[first : at + 1])
            first = at + 1
    if first < len(tokens):
        yield Line(tokens[first:])


def _pieces(words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    first = 0
    for position in range(1, len(words)):
        if words[position].text[:1] not in _JOINING or not _belongs(words[position - 1], words[position]):
            yield first, position
            first = position
    if words:
        yield first, len(words)


def _belongs(before: Word, word: Word) -> bool:
    if before.entity_type or word.entity_type or not _GLUED.match(word.text):
        return False
    mark = word.text[0]
    if (mark == "@" and "." not in word.text.rstrip(".,?!")) or (mark == "+" and not before.text[-1:].isdigit()):
        return False
    if mark == "-" and before.text.isalpha() and len(before.text) > 1 and vocabulary.ordinary(before.text.lower()):
        return len(word.text.rstrip(".,?!")) > 2 and word.text[1:2].isalpha()  # noqa: PLR2004 - "co" "-op", not "is" "-J"
    if before.text[-1:].isspace() or _GLUED_BREAK.search(before.text):
        return False
    return word.start - before.end < 2 * PAUSE_S


def _caseless(segment: Segment) -> bool:
    """Say whether a segment is written without capitals (but for "I"), or in nothing else."""
    if len(segment.words) < FEW_WORDS:
        return False
    text = " ".join([word.text for word in segment.words if not word.entity_type])
    return text.isupper() or _FIRST_PERSON.sub(" ", text).islower()


def _cased(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens of a segment without case, names that the lists hold marked as if written with a capital."""
    cased: list[Token] = []
    for token in tokens:
        word = token.norm.removesuffix("'s")
        follows = bool(cased) and cased[-1].capital and not cased[-1].comma and len(word) >= FEW_WORDS
        named = vocabulary.given_name(word) or vocabulary.surname(word)
        strange = follows and word.isalpha() and not vocabulary.english(word)
        cased.append(token._replace(capital=(named and len(word) >= FEW_WORDS) or strange))
    return cased


def _token(at: int, number: int, segment: Segment, first: int, end: int) -> Token:
    word = last = segment.words[first]
    raw, marked = word.text, bool(word.entity_type)
    if end > first + 1:
        words = segment.words[first:end]
        raw, last = "".join([one.text for one in words]), words[-1]
        marked = any([one.entity_type for one in words])  # noqa: C419 - faster
    if marked:  # whatever an operator left there: what is hidden counts, not how
        raw = f"[{word.entity_type}]"
    norm, part, closes, comma, capital = _looks(raw)
    if marked:
        norm, part, closes = "", PLACEHOLDER, False
    channel, start, stop = segment.channel, word.start, last.end
    return Token(at, number, first, end, channel, raw, norm, start, stop, part, marked, closes, comma, capital)
