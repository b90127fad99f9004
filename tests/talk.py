"""Small transcripts written as lines, for the tests of redaction."""

from __future__ import annotations

from domain.spans import redact_transcript
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.engines.presidio import PresidioFinder
from redaction.port import KnownParty

FINDER = PresidioFinder()


def talk(*lines: str) -> Transcript:
    """Return a call of two sides that speak a line each in turn, a word every 0.35 s."""
    clock, segments = 0.0, []
    for number, line in enumerate(lines):
        words = []
        for text in line.split():
            words.append(Word(clock, clock + 0.3, text, 0.9))
            clock += 0.35
        segments.append(Segment(number % 2, Party.UNKNOWN, words[0].start, words[-1].end, tuple(words)))
        clock += 0.9
    return Transcript("en", 1.0, clock, 2, tuple(segments), EngineStamp("test", "none", "none"))


def left(*lines: str, known: KnownParty | None = None, readable: frozenset[str] = frozenset()) -> str:
    """Return what stays readable of a call, with a placeholder for each item but those of kinds left `readable`."""
    call = talk(*lines)
    spans = [span for span in FINDER.find(call, known=known) if span.entity_type not in readable]
    return redact_transcript(call, spans).text
