"""Given text as a transcript, and spans over its words back to characters. Offsets are Unicode code points.

A word is what white space parts, and of that what angle brackets, braces, quotation marks and the like part. Marks
around an item stay outside of it; a bracket or a sign that belongs to it does not.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Speakers, Transcript, Word
from redaction.lexicon import words
from redaction.lines import Line
from redaction.operators import STANDS_FOR

WORD_S: Final = 0.3
STEP_S: Final = 0.35
TURN_S: Final = 0.9
"""How long words, steps from word to word, and pauses between turns last where nobody says."""
_WRITTEN: Final = EngineStamp("written", "none", "none")
_PIECES: Final = re.compile(
    rf"(?P<ours>{STANDS_FOR.pattern})|(?P<tag></?[A-Za-z][A-Za-z0-9]{{0,15}}\s*/?>)"
    r"|(?P<word>(?:[^\s<>{}|\"\u201c\u201d=\[\]\u2014;]|;(?!\w))+)"
)
_NAMED: Final = re.compile(r"\[(?P<kind>[A-Z][A-Z0-9_]*?)(?:_\d+|:[0-9a-f]{16})?\]")
_WITHIN: Final = re.compile(r"(?<=[^\W\d_][^\W\d_][,:])(?=[^\W_]|[+(]\d)")
_IDLE: Final = re.compile(r"[:,;'!?()\u2026]+")
_IDLE_BEHIND: Final = re.compile(r"(?:['\u2019]s)?[.:,;'!?()\u2026]*")
_HEX: Final = re.compile(r"[0-9A-Fa-f:.\-]+")
_SURROGATE_HALVES: Final = re.compile("[\ud800-\udfff]")
_BEFORE: Final = "\"'([{<\u00ab\u201c\u2018*`~\u2014\u2013-.,;:!?"
_AFTER: Final = "\"')]}>\u00bb\u201d\u2019*`~\u2014\u2013-.,;:!?\u2026"
_SECRET: Final = frozenset({"PASSWORD", "USERNAME"})
_CLOSES: Final = {")": "(", "]": "[", "}": "{", ">": "<"}
_POSSESSIVE: Final = re.compile(r"['\u2019]s$")
_SHORT: Final = words("st rd ave dr ln blvd apt jr sr ct pl sq mt bros inc co ltd corp no")


@dataclass(frozen=True, slots=True)
class Times:
    """When what stands at characters [start, end) of a segment was said, in seconds."""

    start: int
    end: int
    began: float
    ended: float


@dataclass(frozen=True, slots=True)
class Laid:
    """Lines as a transcript, a segment each; `places[line][word]` are the word's characters in its given segment."""

    transcript: Transcript
    places: tuple[tuple[tuple[int, int], ...], ...]


def laid(lines: Sequence[Line], times: Mapping[int, Sequence[Times]] | None = None) -> Laid:
    """Return lines as a transcript. `times` are those of each given segment's words, in order, where they are known."""
    segments: list[Segment] = []
    places: list[tuple[tuple[int, int], ...]] = []
    clock = 0.0
    for line in lines:
        own = tuple(words_in(line.text[line.lead :]))
        places.append(tuple((line.start + line.lead + start, line.start + line.lead + end) for start, end, _ in own))
        clock += 0.0 if line.goes_on or not segments else TURN_S
        known = (times or {}).get(line.segment)
        said: list[Word] = []
        for (start, _, ours), (first, end) in zip(own, places[-1], strict=True):
            began, ended = _when(known, first, end) if known else (clock, clock + WORD_S)
            text = _SURROGATE_HALVES.sub("\ufffd", line.text[line.lead + start : line.lead + start + end - first])
            said.append(Word(began, ended, text, 1.0, _kind(text) if ours else None))
            clock = max(clock, began) + STEP_S
        began, ended = (said[0].start, said[-1].end) if said else (clock, clock)
        segments.append(Segment(line.channel, Party.UNKNOWN, began, ended, tuple(said)))
    channels = 1 + max((line.channel for line in lines), default=0)
    whole = Transcript("en", 1.0, clock, channels, tuple(segments), _WRITTEN, speakers=Speakers.UNKNOWN)
    return Laid(whole, tuple(places))


def _when(times: Sequence[Times], start: int, end: int) -> tuple[float, float]:
    """Return the times of the given words that these characters touch, or of the nearest before them."""
    last = max(0, bisect.bisect_left(times, end, key=lambda one: one.start) - 1)
    first = min(last, bisect.bisect_right(times, start, key=lambda one: one.end))
    return times[first].began, times[last].ended


def words_in(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, whether an operator has left it) of each word of a text. Marks and bare tags are no words."""
    hidden = -1
    for found in _PIECES.finditer(text):
        if found.lastgroup == "ours":
            hidden = found.end()
            yield found.start(), found.end(), True
        elif found.lastgroup == "word" and not _idle(found.group(), beside=found.start() == hidden):
            yield from _split(found.group(), found.start())


def _idle(piece: str, *, beside: bool) -> bool:
    """Say whether a piece is but marks; behind what is hidden a full stop is one (else a "dot"), and so is "'s"."""
    return bool((_IDLE_BEHIND if beside else _IDLE).fullmatch(piece))


def _kind(left: str) -> str:
    """Return the kind that an operator names in what it left, REDACTED where it tells none."""
    named = _NAMED.fullmatch(left)
    return named["kind"] if named else "REDACTED"


def _split(chunk: str, at: int) -> Iterator[tuple[int, int, bool]]:
    cuts = [] if _HEX.fullmatch(chunk) else [found.start() for found in _WITHIN.finditer(chunk)]
    for first, end in zip([0, *cuts], [*cuts, len(chunk)], strict=True):
        yield at + first, at + end, False


def characters(line: Line, place: Sequence[tuple[int, int]], span: Span) -> tuple[int, int]:
    """Return the characters of a span in its given segment, marks around it left out."""
    start, end = place[span.first_word][0], place[span.end_word - 1][1]
    first, last = trimmed(line.text[start - line.start : end - line.start], span.entity_type)
    return start + first, start + last


def trimmed(text: str, kind: str) -> tuple[int, int]:
    """Return where the item itself begins and ends in the words that hold it; their all when nothing would be left."""
    start, end = 0, len(text)
    before, after = _BEFORE[:1], '".,;:?'
    if kind not in _SECRET:
        ends = text.split() or [text]
        before, after = _marks_beside(_BEFORE, ends[0]), _marks_beside(_AFTER, ends[-1])
    while start < end and text[start] in before and not _belongs_to(text, start, end):
        start += 1
    while end > start and text[end - 1] in after and not _closes(text, start, end):
        end -= 1
    possessive = _POSSESSIVE.search(text, start, end) if kind not in _SECRET else None
    if possessive is not None and possessive.start() > start:
        end = possessive.start()
    return (start, end) if any(char.isalnum() for char in text[start:end]) else (0, len(text))


def _marks_beside(marks: str, word: str) -> str:
    """Return the marks that are none of the item's, at its first or last word: a mixed code may have its own "!"."""
    core = word.strip(marks)
    mixed = any(char.isdigit() for char in core) and any(char.isalpha() for char in core)
    return marks.replace("!", "") if mixed and not core.isupper() else marks


def _belongs_to(text: str, start: int, end: int) -> bool:
    """Say whether a bracket that opens here is closed inside the item, "(415) 555-0132", or "::" is an address's."""
    if text.startswith("::", start):
        return True
    closing = {opening: closing for closing, opening in _CLOSES.items()}.get(text[start])
    return closing is not None and closing in text[start + 1 : end].rstrip(_AFTER.replace(closing, ""))[:-1]


def _closes(text: str, start: int, end: int) -> bool:
    """Say whether the last mark belongs to the item: a bracket that it opened, or the point of an abbreviation."""
    opening = _CLOSES.get(text[end - 1])
    if opening is not None:
        return opening in text[start : end - 1]
    if text[end - 1] != ".":
        return False
    last = re.split(r"[\s.]", text[start : end - 1].lower())[-1]
    return last in _SHORT
