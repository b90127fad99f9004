"""What answers a request for personal data is not heard, whatever the words say.

A recogniser that garbles a name leaves it in the sound while nothing in the text tells of it. So after a request
(`redaction.prompts`) the voice of the other side goes silent until the answer ends. What stays audible of it is what
was recognised well and says nothing: "yes, of course, that would be …", or whole clauses of everyday words.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.spans import Span, TimeRange, hidden, merge_ranges, merge_spans
from domain.speech import Transcript, Word
from redaction.innocent import CLAUSE_PROBABILITY, EDGE_S, Said, audible, mean_probability, said_words
from redaction.prompts import Prompt, prompts

Stretches = Sequence[tuple[float, float]]
"""Where a channel has a voice: [start, end) in seconds, in order."""

EARLY_S: Final = 0.3
"""An answer may begin before the request has ended."""
WAIT_S: Final = 12.0
"""So long after a request its answer may begin: people look for their card."""
PAUSE_S: Final = 4.0
LONGEST_S: Final = 30.0
LONGEST_ALONE_S: Final = 12.0
"""On a single channel nobody knows who speaks: what comes after an answer looks like more of it."""
PAUSE_ALONE_S: Final = 1.2
TURN_WORDS: Final = 4
"""From so many words of the one who asked the turn is theirs again; fewer are "yes" and "go on"."""
TURN_PAUSE_S: Final = 1.0
CLEAR_WORDS: Final = 3
PAD_S: Final = 0.1


def answer_ranges(transcript: Transcript, spans: Iterable[Span], voices: Sequence[Stretches]) -> tuple[TimeRange, ...]:
    """Return what of the answers to requests for personal data must not be audible; `voices` is by channel.

    What a policy keeps readable stays audible, too.
    """
    merged = merge_spans(spans)
    said, covered = said_words(transcript, merged), hidden(merged)
    harmless = [audible(words) for words in said]
    found: list[TimeRange] = []
    for prompt in prompts(transcript, covered):
        for channel in _answering(prompt, len(voices)):
            bounds = _Bounds(prompt.end, alone=channel == prompt.channel)
            answer = list(bounds.answer(voices[channel], said[channel], _turns(said[prompt.channel])))
            found.extend(_without(answer, harmless[channel], channel))
    return merge_ranges(found)


def _answering(prompt: Prompt, channels: int) -> Sequence[int]:
    others = [channel for channel in range(channels) if channel != prompt.channel]
    return others or [prompt.channel]


def _turns(words: Sequence[Said]) -> list[float]:
    """Return when the asking side has said so many readable words that an answer must be over, in order."""
    starts: list[float] = []
    run: list[Word] = []
    for one in words:
        if one.hidden:
            continue
        if run and one.word.start - run[-1].end > TURN_PAUSE_S:
            run = []
        run.append(one.word)
        if len(run) == TURN_WORDS:
            starts.append(run[0].start)
    return starts


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How long what follows a request is taken for its answer."""

    asked: float
    alone: bool

    def answer(self, voice: Stretches, words: Sequence[Said], turns: Sequence[float]) -> Iterator[tuple[float, float]]:
        """Yield the stretches of voice that answer."""
        begin = self.asked if self.alone else self.asked - EARLY_S
        pause, longest = (PAUSE_ALONE_S, LONGEST_ALONE_S) if self.alone else (PAUSE_S, LONGEST_S)
        reached: float | None = None
        stop = self.asked + WAIT_S
        for start, end in voice[bisect.bisect_right(voice, self.asked + EARLY_S, key=lambda one: one[1]) :]:
            first = max(start, begin)
            if reached is None and first < stop:
                reached = first
                stop = min(first + longest, _given(words, first), *([] if self.alone else _next(turns, first)))
            if reached is None or first >= stop or first - reached > pause:
                return
            reached = min(end, stop)
            yield first, reached


def _next(times: Sequence[float], after: float) -> Sequence[float]:
    at = bisect.bisect_right(times, after)
    return times[at : at + 1]


def _given(words: Sequence[Said], since: float) -> float:
    """Return when something else is talked of: after what was taken out comes a clause of well recognised words."""
    told = False
    for at, one in enumerate(words):
        if one.word.end <= since:
            continue
        clause = words[at : at + CLEAR_WORDS]
        if told and one.opens and len(clause) == CLEAR_WORDS and _clear(clause):
            return one.word.start - EDGE_S
        told = told or one.hidden
    return float("inf")


def _clear(words: Sequence[Said]) -> bool:
    return not any(one.hidden for one in words) and mean_probability(words) >= CLAUSE_PROBABILITY


def _without(
    answer: Iterable[tuple[float, float]], audible: Sequence[tuple[float, float]], channel: int
) -> Iterator[TimeRange]:
    """Yield the stretches without what stays audible, each with a little before and after."""
    for start, end in answer:
        at, last = max(0.0, start - PAD_S), end + PAD_S
        for first, over in audible:
            if over <= at or first >= last:
                continue
            if first > at:
                yield TimeRange(channel, at, first)
            at = max(at, over)
        if last > at:
            yield TimeRange(channel, at, last)
