"""From positions in a redacted transcript back to positions in the one that it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from domain.spans import Span
from domain.speech import Transcript


def original_positions(transcript: Transcript, spans: Sequence[Span], found: Iterable[Span]) -> Iterator[Span]:
    """Yield `found` (over `redact_transcript(transcript, spans)`) as spans over `transcript` itself."""
    kept: dict[int, list[int]] = {}
    for span in found:
        if span.segment not in kept:
            own = [one for one in spans if one.segment == span.segment]
            kept[span.segment] = _kept(len(transcript.segments[span.segment].words), own)
        places = kept[span.segment]
        yield replace(span, first_word=places[span.first_word], end_word=places[span.end_word - 1] + 1)


def _kept(words: int, spans: Sequence[Span]) -> list[int]:
    """Return, for each word of the redacted segment, the place of (the first of) the words that it stands for."""
    places: list[int] = []
    position = 0
    for span in sorted(spans):
        places.extend(range(position, span.first_word))
        places.append(span.first_word)
        position = span.end_word
    places.extend(range(position, words))
    return places
