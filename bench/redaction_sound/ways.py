"""Ways from spans to silence: ours, and word times as they are with a fixed padding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.redaction_sound.calls import HeardCall
from bench.redaction_sound.reading import is_recognised, words_of
from bench.speech.score import AT_ALL
from domain.spans import Span, TimeRange, merge_ranges
from redaction.sound import redacted_sound

Ranges = Callable[[HeardCall, tuple[Span, ...]], tuple[TimeRange, ...]]
Spans = Callable[[HeardCall], tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Way:
    """How the sound is made: which words are taken out, and what is silent for them."""

    name: str
    spans: Spans
    ranges: Ranges
    reheard: bool = False


def padded(call: HeardCall, spans: tuple[Span, ...], *, pad_s: float) -> tuple[TimeRange, ...]:
    """Return the words of each span with so much before and after, on their own channel: what anybody would do."""
    found = []
    for span in spans:
        segment = call.clear.segments[span.segment]
        covered = segment.words[span.first_word : span.end_word]
        start, end = min(one.start for one in covered), max(one.end for one in covered)
        found.append(TimeRange(segment.channel, max(0.0, start - pad_s), end + pad_s))
    return merge_ranges(found)


def ours(call: HeardCall, spans: tuple[Span, ...]) -> tuple[TimeRange, ...]:
    """Return what production silences."""
    return redacted_sound(call.recording.channels, call.recording.sample_rate, call.clear, spans).ranges


def perfect(call: HeardCall) -> tuple[Span, ...]:
    """Return what a perfect detector would take: the words at the place of each item that was recognised."""
    heard = words_of(call.clear)
    found = []
    for item in call.items:
        if not is_recognised(item, heard, mix=call.truth["mix"], share=AT_ALL):
            continue
        for number, place, word in call.clear.words():
            own = call.truth["mix"] or call.clear.segments[number].channel == item["channel"]
            inside = min(word.end, item["end"]) - max(word.start, item["start"])
            if own and inside >= 0.4 * max(0.05, word.end - word.start):
                found.append(Span(number, place, place + 1, item["kind"], 1.0, "truth"))
    return tuple(sorted(set(found)))


def found(call: HeardCall) -> tuple[Span, ...]:
    """Return what our finder took."""
    return call.spans


PADDINGS = (0.0, 0.2, 0.3, 0.5)
WAYS = (
    Way("Callward", found, ours, reheard=True),
    *(Way(f"same spans, word times ±{1000 * one:.0f} ms", found, partial(padded, pad_s=one)) for one in PADDINGS),
    Way("perfect spans, our ranges", perfect, ours),
    *(Way(f"perfect spans, word times ±{1000 * one:.0f} ms", perfect, partial(padded, pad_s=one)) for one in PADDINGS),
)
