"""The engine's raw tokens into words that keep every promise: stripped, in order, inside the recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from domain.speech import Party, Segment, Word
from transcription.engines.timing import Levels, refined
from transcription.port import ChannelAudio
from transcription.sound import SAMPLE_RATE

SILENCE_S = 0.3
"""Tokens further apart than this are two words, however they are written."""
PAUSE_S = 1.0
"""A pause longer than this ends a segment."""
WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})


@dataclass(frozen=True, slots=True)
class Told:
    """A token of the engine, white space kept, with the language of its window."""

    word: Word
    language: str


def glue(tokens: Iterable[Word], *, language: str) -> Iterator[Word]:
    """Join tokens that follow without a space (`415`, `-555`, `-0132`) to one word; the least sure token counts.

    No word reaches over a silence, and marks (a full stop) take no time.
    Tokens come with their leading white space. Languages that write no spaces keep one word per token.
    """
    current: Word | None = None
    for token in tokens:
        text = " ".join(token.text.split())
        if not text:
            continue
        if current is not None and _belongs(current, token, language):
            probability = min(current.probability, token.probability)
            end = token.end if any(map(str.isalnum, text)) else current.end
            current = replace(current, end=end, text=current.text + text, probability=probability)
            continue
        if current is not None:
            yield current
        current = replace(token, text=text)
    if current is not None:
        yield current


def _belongs(current: Word, token: Word, language: str) -> bool:
    """Say whether a token goes on with a word: written so, and no silence between; a mark always does."""
    if not any(map(str.isalnum, token.text)):
        return True
    close = token.start - current.end <= SILENCE_S
    return close and not token.text[:1].isspace() and language not in WITHOUT_SPACES


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


def segments_of(channel: ChannelAudio, tokens: Sequence[Told], levels: Levels) -> Iterator[Segment]:
    """Yield a channel's segments from its tokens: cut at pauses and where the language changes.

    `levels` is the channel's sound, one RMS per 10 ms: words begin and end where it says.
    """
    duration_s = len(channel.sound) / SAMPLE_RATE
    words: list[Word] = []
    languages: list[str] = []
    for language, told in groupby(tokens, key=lambda one: one.language):
        glued = list(glue((each.word for each in told), language=language))
        words.extend(glued)
        languages.extend([language] * len(glued))
    placed = refined(list(orderly(words, duration_s=duration_s)), levels, duration_s=duration_s)
    for language, pairs in groupby(zip(languages, placed, strict=True), key=lambda one: one[0]):
        for run in split_at_pauses(word for _, word in pairs):
            yield segment_of(run, channel=channel.channel, party=channel.party, language=language)


def segment_of(words: Sequence[Word], *, channel: int, party: Party, language: str) -> Segment:
    """Return the segment that a run of words makes."""
    return Segment(channel, party, words[0].start, words[-1].end, tuple(words), language)


def in_conversation_order(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return segments of all channels by start, then channel."""
    return tuple(sorted(segments, key=lambda one: (one.start, one.channel, one.end)))
