"""Cues: pieces of a transcript short enough to read as a subtitle, cut along its words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from domain.speech import Party, Segment, Transcript, Word

LINE_COLUMNS = 42
"""Columns of a line; East Asian wide characters take two."""
LINES = 2
MAX_SECONDS = 7.0
WITHOUT_SPACES = frozenset({"zh", "yue", "ja", "th", "lo", "my", "km", "bo"})
"""Languages that write no space between words (ISO 639)."""
_SHORTEST_MS = 1
_JOINERS = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of one speaker, from `start_ms` to `end_ms` (always later), on one or two lines of printable text."""

    start_ms: int
    end_ms: int
    speaker: str
    lines: tuple[str, ...]


def cues_of(transcript: Transcript) -> list[Cue]:
    """Return the transcript's cues by their start: two lines of 42 columns or 7 seconds each, at most.

    Where both sides speak at once, cues overlap. A start never lies before that of the cue above (WebVTT, section 4.2:
    cue timings are in order).
    """
    cues = (cue for segment in transcript.segments for cue in _cues_of(segment, transcript.channels))
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def speaker_of(segment: Segment, channels: int) -> str:
    """Return the name to show for who speaks: the party, or what is known of an unknown one."""
    if segment.party is not Party.UNKNOWN:
        return segment.party.value.capitalize()
    if segment.speaker is not None:
        return f"Speaker {segment.speaker}"
    return "Speaker" if channels <= 1 else f"Channel {segment.channel + 1}"


def one_line(text: str) -> str:
    """Return the text on one line: every control, format or separator character becomes a space.

    The two joiners stay: Persian and the Indian scripts spell with them.
    """
    kept = (" " if unicodedata.category(one)[0] in "CZ" and one not in _JOINERS else one for one in text)
    return " ".join("".join(kept).split())


def columns(text: str) -> int:
    """Return how many columns a text takes (Unicode annex 11): wide characters two, combining marks none."""
    return sum(_width(one) for one in text)


def _width(one: str) -> int:
    if unicodedata.category(one) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(one) in "WF" else 1


def _cues_of(segment: Segment, channels: int) -> Iterator[Cue]:
    speaker = one_line(speaker_of(segment, channels))
    space = "" if segment.language in WITHOUT_SPACES else " "
    for words, lines in _readable(segment, space):
        start_ms = max(0, round(words[0].start * 1_000))
        end_ms = max(*(round(word.end * 1_000) for word in words), start_ms + _SHORTEST_MS)
        yield Cue(start_ms, end_ms, speaker, tuple(lines))


def _readable(segment: Segment, space: str) -> Iterator[tuple[list[Word], list[str]]]:
    """Yield words that fit a cue together, with their lines."""
    words: list[Word] = []
    lines: list[str] = []
    for word in _narrow_words(segment):
        fitted = _fitted(lines, word.text, space)
        if words and (fitted is None or word.end - words[0].start > MAX_SECONDS):
            yield words, lines
            words, fitted = [], [word.text]
        words.append(word)
        lines = fitted or [word.text]
    if words:
        yield words, lines


def _fitted(lines: list[str], text: str, space: str) -> list[str] | None:
    """Return the lines with the text added, None when it does not fit."""
    if not lines:
        return [text]
    longer = f"{lines[-1]}{space}{text}"
    if columns(longer) <= LINE_COLUMNS:
        return [*lines[:-1], longer]
    return [*lines, text] if len(lines) < LINES else None


def _narrow_words(segment: Segment) -> Iterator[Word]:
    """Yield the words in printable characters; one that is wider than a line in pieces that share its time."""
    for word in segment.words:
        text = one_line(word.text)
        if not text:
            continue
        pieces = list(_cut(text))
        share = (word.end - word.start) / len(pieces)
        for at, piece in enumerate(pieces):
            start = word.start + at * share
            yield replace(word, text=piece, start=start, end=word.end if at == len(pieces) - 1 else start + share)


def _cut(text: str) -> Iterator[str]:
    """Yield pieces of at most a line. A mark that takes no column stays with the character before it."""
    piece, width = "", 0
    for one in text:
        more = _width(one)
        if width + more > LINE_COLUMNS:
            yield piece.rstrip()
            piece, width = "", 0
        if piece or not one.isspace():
            piece, width = piece + one, width + more
    if piece:
        yield piece
