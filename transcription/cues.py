"""Cues: pieces of a transcript short enough to read as a subtitle, cut along its words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from domain.speech import Party, Segment, Transcript, Word

MAX_CHARACTERS = 84
MAX_SECONDS = 7.0
_SHORTEST_MS = 1


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of one speaker, from `start_ms` to `end_ms` (always later), on one line of printable text."""

    start_ms: int
    end_ms: int
    speaker: str
    text: str


def cues_of(transcript: Transcript) -> Iterator[Cue]:
    """Yield the transcript's cues in its order, split at about 84 characters or 7 seconds."""
    for segment in transcript.segments:
        speaker = speaker_of(segment, transcript.channels)
        for words in _readable(segment):
            text = one_line(" ".join(word.text for word in words))
            if text:
                start_ms = max(0, round(words[0].start * 1_000))
                yield Cue(start_ms, max(round(words[-1].end * 1_000), start_ms + _SHORTEST_MS), speaker, text)


def speaker_of(segment: Segment, channels: int) -> str:
    """Return the name to show for who speaks: the party, or what is known of an unknown one."""
    if segment.party is not Party.UNKNOWN:
        return segment.party.value.capitalize()
    return "Speaker" if channels <= 1 else f"Channel {segment.channel + 1}"


def one_line(text: str) -> str:
    """Return the text on one line: every control, format or separator character becomes a space."""
    kept = ("".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)).split()
    return " ".join(kept)


def _readable(segment: Segment) -> Iterator[list[Word]]:
    piece: list[Word] = []
    for word in segment.words:
        length = sum(len(one.text) + 1 for one in piece) + len(word.text)
        if piece and (length > MAX_CHARACTERS or word.end - piece[0].start > MAX_SECONDS):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece
