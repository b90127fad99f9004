"""What personal data a call holds: kinds, counts and places. Never a value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.spans import Span
from domain.speech import Transcript


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span stands in the sound, in seconds; None where its words have no times."""

    channel: int
    start: float | None
    end: float | None


def inventory(spans: Iterable[Span]) -> dict[str, int]:
    """Return how many items of each kind were found. Pieces of one group count once."""
    items = {(span.entity_type, *item_of(span)) for span in spans}
    return dict(sorted(Counter(kind for kind, *_ in items).items()))


def item_of(span: Span) -> tuple[str, int, int]:
    """Return what the pieces of one item share: recognizer and group; for a whole item, its own place."""
    return (span.recognizer, span.group, -1) if span.group else ("", span.segment, span.first_word)


def places(transcript: Transcript, spans: Sequence[Span]) -> list[Place]:
    """Return the place of each span, in their order."""
    return [_place(transcript, span) for span in spans]


def _place(transcript: Transcript, span: Span) -> Place:
    segment = transcript.segments[span.segment]
    times = [time for word in segment.words[span.first_word : span.end_word] for time in (word.start, word.end)]
    if not times or not all(math.isfinite(time) for time in times):
        return Place(segment.channel, None, None)
    return Place(segment.channel, round(min(times), 3), round(max(times), 3))
