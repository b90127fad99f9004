"""The engine's raw tokens into words that keep every promise: stripped, in order, inside the recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from domain.speech import Party, Segment, Word

PAUSE_S = 1.0
"""A pause longer than this ends a segment."""
WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})


def glue(tokens: Iterable[Word], *, language: str) -> Iterator[Word]:
    """Join tokens that follow without a space (`415`, `-555`, `-0132`) to one word; the least sure token counts.

    Tokens come with their leading white space. Languages that write no spaces keep one word per token.
    """
    current: Word | None = None
    for token in tokens:
        text = " ".join(token.text.split())
        if not text:
            continue
        if current is not None and not token.text[:1].isspace() and language not in WITHOUT_SPACES:
            probability = min(current.probability, token.probability)
            current = replace(current, end=token.end, text=current.text + text, probability=probability)
            continue
        if current is not None:
            yield current
        current = replace(token, text=text)
    if current is not None:
        yield current


def orderly(words: Iterable[Word], *, duration_s: float) -> Iterator[Word]:
    """Yield the words with times inside 0..duration, none before the end of the one before, probabilities in 0..1."""
    reached = 0.0
    for word in words:
        start = min(max(word.start, reached), duration_s)
        end = min(max(word.end, start), duration_s)
        reached = end
        yield replace(word, start=start, end=end, probability=min(max(word.probability, 0.0), 1.0))


def split_at_pauses(words: Iterable[Word], *, pause_s: float = PAUSE_S) -> Iterator[tuple[Word, ...]]:
    """Yield runs of words without a pause longer than `pause_s`."""
    run: list[Word] = []
    for word in words:
        if run and word.start - run[-1].end > pause_s:
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def segment_of(words: Sequence[Word], *, channel: int, party: Party, language: str) -> Segment:
    """Return the segment that a run of words makes."""
    return Segment(channel, party, words[0].start, words[-1].end, tuple(words), language)


def in_conversation_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return segments of all channels by start, then channel."""
    return tuple(sorted(segments, key=lambda one: (one.start, one.channel, one.end)))
