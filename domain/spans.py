"""Spans: where personal data stands in a transcript, in whole words. Never the words themselves.

One span list drives the redacted text, the words, the subtitles and the sound. A span covers whole words because the
sound can only be silenced by words: half a word that stays readable is a leak, a whole word that goes is a label.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from typing import Any, Final

from domain.speech import Segment, Tones, Transcript, Unheard, Word


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Words [first_word, end_word) of segment number `segment` hold personal data of kind `entity_type`.

    `group` is the same for the pieces of one item that runs over several segments; `reason` says in constant words why
    the recognizer took it (a prompt, a checksum, a pattern) and never quotes. `also` names kinds of other spans that
    `merge_spans` made one with this: no policy that opens one kind opens the words of another.
    """

    segment: int
    first_word: int
    end_word: int
    entity_type: str
    score: float
    recognizer: str
    operator: str = "replace"
    group: int = 0
    reason: str = ""
    also: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the words stay readable and audible: the span only says what they are."""
        return self.operator == KEEP


KEEP: Final = "keep"
_SPAN_FIELDS: Final = tuple(one.name for one in fields(Span))


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """A half-open stretch of sound, in seconds, on one channel."""

    channel: int
    start: float
    end: float


def merge_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans sorted and without overlap; where two overlap, their union keeps the better-scored kind.

    Recall before precision: nothing that any recognizer covered becomes readable again.
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if span.end_word <= span.first_word:
            continue
        last = merged[-1] if merged else None
        if last is None or last.segment != span.segment or last.end_word <= span.first_word:
            merged.append(span)
            continue
        winner = max((last, span), key=lambda one: (not one.kept, one.score, one.end_word - one.first_word))
        kinds = dict.fromkeys((last.entity_type, *last.also, span.entity_type, *span.also))
        also = tuple(kind for kind in kinds if kind != winner.entity_type)
        end = max(last.end_word, span.end_word)
        merged[-1] = replace(winner, first_word=last.first_word, end_word=end, also=also)
    return tuple(merged)


def hidden(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans whose words may be neither read nor heard."""
    return tuple(span for span in spans if not span.kept)


def redact_transcript(transcript: Transcript, spans: Iterable[Span]) -> Transcript:
    """Return the transcript with each span's words replaced by one placeholder word such as `[PHONE_NUMBER]`."""
    by_segment: dict[int, list[Span]] = {}
    for span in merge_spans(spans):
        by_segment.setdefault(span.segment, []).append(span)
    segments = tuple(_redact_segment(segment, by_segment.get(at, [])) for at, segment in enumerate(transcript.segments))
    return replace(transcript, segments=segments)


def _redact_segment(segment: Segment, spans: list[Span]) -> Segment:
    words: list[Word] = []
    position = 0
    for span in spans:
        words.extend(segment.words[position : span.first_word])
        covered = segment.words[span.first_word : span.end_word]
        if covered:
            label = f"[{span.entity_type}]"
            words.append(Word(covered[0].start, covered[-1].end, label, 1.0, span.entity_type))
        position = span.end_word
    words.extend(segment.words[position:])
    return replace(segment, words=tuple(words))


def unheard_ranges(transcript: Transcript) -> tuple[TimeRange, ...]:
    """Return what must not be audible because nobody knows what was said there, on every channel."""
    return _everywhere(transcript, transcript.unheard)


def tone_ranges(transcript: Transcript) -> tuple[TimeRange, ...]:
    """Return where keys were pressed, on every channel: key tones are digits to anyone who decodes them."""
    return _everywhere(transcript, transcript.tones)


def _everywhere(transcript: Transcript, stretches: Iterable[Unheard | Tones]) -> tuple[TimeRange, ...]:
    return merge_ranges(
        TimeRange(channel, one.start, one.end) for one in stretches for channel in range(transcript.channels)
    )


def silence_ranges(
    transcript: Transcript,
    spans: Iterable[Span],
    *,
    pad_s: float = 0.15,
    tail_s: float | None = None,
    all_channels: bool = True,
) -> tuple[TimeRange, ...]:
    """Return what must not be audible, merged and in order.

    Word times are estimates: each range reaches `pad_s` before its words and `tail_s` after them (`pad_s` and a tenth
    of a second: words end too early more often than they start too late), further to the nearest readable words of
    the channel where these are apart by more (up to one second), and on the speaker's own channel a part into those,
    since a boundary drifts for both of its words.
    Between two redacted pieces with no readable word between them the channel goes silent too, up to 20 seconds: what
    sounds there is speech that was not recognised, most likely more of the same.
    With `all_channels` the range goes silent on every channel: the other side's line carries an echo of the same words.
    Raises ValueError on times that are no times: the caller must block the sound.
    """
    tail = pad_s + 0.1 if tail_s is None else tail_s
    merged = merge_spans(spans)
    spoken = _spoken(transcript, merged)
    ranges = _bridges(spoken)
    for span in merged:
        segment = transcript.segments[span.segment]
        covered = segment.words[span.first_word : span.end_word]
        if not covered:
            continue
        inner = _extremes(covered)
        channels = range(transcript.channels) if all_channels else (segment.channel,)
        for channel in channels:
            own = channel == segment.channel
            start, end = _reached(spoken.get(channel, []), inner, into_words=own)
            ranges.append(TimeRange(channel, max(0.0, min(inner[0] - pad_s, start)), max(inner[1] + tail, end)))
    return merge_ranges(ranges)


_REACH_S = 1.0
_INTO_NEIGHBOUR = 0.4
_BRIDGE_S = 20.0
_INTO_NEIGHBOUR_S = 0.3
_SOUNDS_ON_S = 0.15
"""How much longer a readable word sounds than it is said to, on a channel that only echoes what is hidden."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """When a channel's word sounds, and whether a span covers it."""

    start: float
    end: float
    covered: bool


def _spoken(transcript: Transcript, spans: tuple[Span, ...]) -> dict[int, list[_Spoken]]:
    """Return the words of each channel in order of time."""
    covered = {(span.segment, word) for span in spans for word in range(span.first_word, span.end_word)}
    by_channel: dict[int, list[_Spoken]] = {}
    for segment, place, word in transcript.words():
        hidden = (segment, place) in covered or word.entity_type is not None
        own = by_channel.setdefault(transcript.segments[segment].channel, [])
        own.append(_Spoken(word.start, word.end, hidden))
    return {channel: sorted(words, key=lambda one: (one.start, one.end)) for channel, words in by_channel.items()}


def _extremes(words: Sequence[Word]) -> tuple[float, float]:
    times = [time for word in words for time in (word.start, word.end)]
    if not all(math.isfinite(time) for time in times):
        raise ValueError("a redacted word has no time")
    return min(times), max(times)


def _reached(words: Sequence[_Spoken], inner: tuple[float, float], *, into_words: bool) -> tuple[float, float]:
    """Return how far a range reaches on a channel: to its nearest readable words, and a part into those of its own."""
    first, last = inner
    start, end = first - _REACH_S, last + _REACH_S
    for word in words:
        if word.covered or not (math.isfinite(word.start) and math.isfinite(word.end)):
            continue
        part = _part(word) if into_words else 0.0
        if word.start < first:
            heard = word.end if into_words else word.end + _SOUNDS_ON_S
            start = max(start, min(heard, first) - part)
        elif word.end > last:
            end = min(end, max(word.start, last) + part)
    return start, end


def _bridges(spoken: Mapping[int, Sequence[_Spoken]]) -> list[TimeRange]:
    """Return the stretches of a channel between redacted words that no readable word of the channel interrupts."""
    return [
        TimeRange(channel, one.end, two.start)
        for channel, words in spoken.items()
        for one, two in pairwise(words)
        if one.covered and two.covered and one.end < two.start <= one.end + _BRIDGE_S
    ]


def _part(word: _Spoken) -> float:
    """Return how far into a neighbouring word a range reaches. A placeholder is silent anyway."""
    return min(_INTO_NEIGHBOUR_S, _INTO_NEIGHBOUR * max(0.0, word.end - word.start))


def merge_ranges(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """Return the ranges sorted by channel and time, touching ones joined."""
    merged: list[TimeRange] = []
    for one in sorted(ranges):
        last = merged[-1] if merged else None
        if last is not None and last.channel == one.channel and one.start <= last.end:
            merged[-1] = replace(last, end=max(last.end, one.end))
        else:
            merged.append(one)
    return tuple(merged)


def span_to_dict(span: Span) -> dict[str, Any]:
    """Return the stored form of a span."""
    return asdict(span) | {"also": list(span.also)}


def span_from_dict(document: Mapping[str, Any]) -> Span:
    """Read back what `span_to_dict` wrote, also before there was every field; what is stored beside is left out."""
    told = {name: document[name] for name in _SPAN_FIELDS if name in document}
    return Span(**told | {"also": tuple(told.get("also", ()))})
