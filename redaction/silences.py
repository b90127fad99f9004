"""Which stretches of a recording must not be heard: the words that the text hides, and whatever could be more of them.

Words' times are estimates, so each range is wider than its words, and more so after them; a range ends where the sound
is quiet or where a well recognised word begins. Beside what was found goes what may have been missed: answers to
requests for personal data, speech without words, words that last so long that others must be under them, and key tones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from domain.spans import Span, TimeRange, hidden, merge_ranges, merge_spans, silence_ranges, tone_ranges, unheard_ranges
from domain.speech import Transcript, Word
from redaction.answers import answer_ranges
from redaction.audio import Samples, Words, extend_to_quiet
from redaction.errors import SilenceError
from redaction.voice import voiced_ranges

SURE: Final = 0.5
"""Probability from which a readable word's place is believed."""
LONGEST_WORD_S: Final = 0.9
LONGEST_LETTER_S: Final = 0.1
LONGEST_DIGIT_S: Final = 0.6


def silent_ranges(
    channels: Sequence[Samples], sample_rate: int, transcript: Transcript, spans: Iterable[Span]
) -> tuple[TimeRange, ...]:
    """Return the stretches that must not be heard, merged and in order.

    `channels` are those of the recording that was transcribed, int16 of shape (n,), `transcript` the clear one. Raises
    SilenceError when the recording has other channels than the transcript, or a time is no time.
    """
    if len(channels) != transcript.channels:
        raise SilenceError("the recording has other channels than its transcript")
    spans = merge_spans(spans)
    covered = hidden(spans)
    later_s = max(0.0, float(transcript.quality.get("echo_s", 0.0)))
    try:
        spoken = silence_ranges(transcript, covered, all_channels=False)
        everywhere = merge_ranges(
            [*silence_ranges(transcript, covered), *unheard_ranges(transcript), *tone_ranges(transcript)]
        )
    except ValueError as error:
        raise SilenceError("a range has no time") from error
    own = extend_to_quiet(channels, sample_rate, spoken, known=_known(transcript, covered))
    found = [*own, *_later(everywhere, later_s), *_stretched(transcript, covered)]
    if later_s:
        found += [replace(one, channel=other, end=one.end + later_s) for one in own for other in range(len(channels))]
    voices = [voiced_ranges(channel, sample_rate) for channel in channels]
    return merge_ranges((*found, *answer_ranges(transcript, spans, voices)))


def _later(ranges: Iterable[TimeRange], later_s: float) -> Iterator[TimeRange]:
    """Yield the ranges, reaching as far as what is said in them still echoes on another channel."""
    return (replace(one, end=one.end + later_s) for one in ranges)


def _readable(transcript: Transcript, covered: Sequence[Span]) -> Iterator[tuple[int, Word]]:
    """Yield the channel and the word of everything that no span covers."""
    places = {(span.segment, word) for span in covered for word in range(span.first_word, span.end_word)}
    for segment, place, word in transcript.words():
        if (segment, place) not in places and word.entity_type is None:
            yield transcript.segments[segment].channel, word


def _known(transcript: Transcript, covered: Sequence[Span]) -> list[Words]:
    """Return for each channel when its well recognised readable words are said."""
    found: list[list[tuple[float, float]]] = [[] for _ in range(transcript.channels)]
    for channel, word in _readable(transcript, covered):
        if word.probability >= SURE and word.end > word.start and not _too_long(word):
            found[channel].append((word.start, word.end))
    return [sorted(words) for words in found]


def _stretched(transcript: Transcript, covered: Sequence[Span]) -> Iterator[TimeRange]:
    """Yield readable words that last longer than anybody takes to say them: something else was said there too."""
    for channel, word in _readable(transcript, covered):
        if _too_long(word):
            yield TimeRange(channel, max(0.0, word.start), word.end)


def _too_long(word: Word) -> bool:
    digits = sum(char.isdigit() for char in word.text)
    letters = sum(char.isalpha() for char in word.text)
    return word.end - word.start > LONGEST_WORD_S + LONGEST_LETTER_S * letters + LONGEST_DIGIT_S * digits
