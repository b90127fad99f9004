"""Text of any length, redacted a window at a time: memory is that of a window, whatever the length.

What must never happen here: text that goes out unseen because something went wrong. What the second look still sees is
hidden with its line; when it sees something even then, the whole is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.redaction_policy import RedactionPolicy
from domain.spans import Span, merge_spans, redact_transcript
from domain.speech import Transcript
from redaction.errors import RedactionError
from redaction.explaining import contexts
from redaction.lines import Line
from redaction.operators import Hider
from redaction.patterns import OwnPatterns
from redaction.port import KnownParty, SpanFinder
from redaction.text import Laid, Times, characters, laid

WINDOW: Final = 40_000
"""Characters that are decided at once; a long call has about as many."""
AROUND: Final = 3_000
"""Characters before and after a window that are looked at with it."""
SECOND_LOOK: Final = "second_look"
_TOGETHER: Final = (1, 2, 4, 8, 16)
"""So many lines are looked at together to find those in which something is left."""


@dataclass(frozen=True, slots=True)
class Found:
    """Characters [start, end) of a given segment hold an item; `shown` stands there for readers, None of a kept one."""

    segment: int
    start: int
    end: int
    span: Span
    shown: str | None
    context: Mapping[str, Any] | None = None
    """Only where it was asked for (`redaction.explaining`)."""


@dataclass(frozen=True)
class TextRedactor:
    """Finds and hides personal data in given text, by a policy. One per run; `hider` is one per text.

    Raises RedactionError where nothing may be passed on.
    """

    finder: SpanFinder
    policy: RedactionPolicy
    patterns: OwnPatterns
    explain: bool = False

    def redacted(
        self,
        lines: Iterable[Line],
        hider: Hider,
        *,
        known: KnownParty | None = None,
        times: Mapping[int, Sequence[Times]] | None = None,
    ) -> Iterator[tuple[Line, list[Found]]]:
        """Yield each line with what was found in it, in order and without overlap."""
        for window, first, end in windows(lines):
            whole = laid(window, times)
            spans = [one for one in self._spans(whole, known) if first <= one.segment < end]
            shown = hider.texts(whole.transcript, spans)
            why = contexts(whole.transcript, spans) if self.explain else [None] * len(spans)
            found: dict[int, list[Found]] = {}
            for span, text, context in zip(spans, shown, why, strict=True):
                start, stop = characters(window[span.segment], whole.places[span.segment], span)
                one = Found(window[span.segment].segment, start, stop, span, None if span.kept else text, context)
                found.setdefault(span.segment, []).append(one)
            for at in range(first, end):
                yield window[at], found.get(at, [])

    def _spans(self, whole: Laid, known: KnownParty | None) -> tuple[Span, ...]:
        transcript = whole.transcript
        found = merge_spans((*self.finder.find(transcript, known=known), *self.patterns.find(transcript)))
        closing = self._closing(transcript, found)
        decided = self.policy.decided(one for one in found if one.segment not in closing)
        closed = self.policy.decided(_closed(at, len(transcript.segments[at].words)) for at in closing)
        return tuple(sorted((*decided, *closed)))

    def _closing(self, transcript: Transcript, found: Sequence[Span]) -> set[int]:
        """Return the lines in which the second look still sees something when all that was found is hidden.

        Alone first, then with their neighbours. Raises RedactionError when closing those does not help.
        """
        redacted = redact_transcript(transcript, found)
        if not self.finder.residual(redacted):
            return set()
        closing: set[int] = set()
        segments = list(redacted.segments)
        for together in _TOGETHER:
            for at in range(0, len(segments), max(1, together // 2)):
                group = tuple(segments[at : at + together])
                if self.finder.residual(replace(redacted, segments=group)):
                    closing.update(range(at, at + len(group)))
                    segments[at : at + together] = [replace(one, words=()) for one in group]
            if not self.finder.residual(replace(redacted, segments=tuple(segments))):
                return {at for at in closing if transcript.segments[at].words}
        raise RedactionError("a second look still sees personal data")


def _closed(segment: int, words: int) -> Span:
    """Return a span over a whole line."""
    return Span(segment, 0, words, "NUMBER_SEQUENCE", 1.0, SECOND_LOOK, reason="a second look still saw something here")


def windows(
    lines: Iterable[Line], *, window: int = WINDOW, around: int = AROUND
) -> Iterator[tuple[list[Line], int, int]]:
    """Yield (lines, first, end): lines [first, end) are to be decided, the others are what stands around them."""
    before: deque[Line] = deque()
    coming = _Coming(iter(lines))
    while coming.filled(window + around):
        decided = coming.taken(coming.size if coming.size <= window + around else window)
        coming.filled(around)
        yield [*before, *decided, *coming.first(around)], len(before), len(before) + len(decided)
        before.extend(decided)
        left = sum(len(line.text) for line in before)
        while before and left - len(before[0].text) >= around:
            left -= len(before.popleft().text)


class _Coming:
    """Lines that were read and not decided yet."""

    def __init__(self, source: Iterator[Line]) -> None:
        self._source = source
        self._lines: deque[Line] = deque()
        self.size = 0

    def filled(self, most: int) -> bool:
        """Read until there are so many characters, or no more lines; say whether there is any."""
        while self.size < most and (line := next(self._source, None)) is not None:
            self._lines.append(line)
            self.size += len(line.text)
        return bool(self._lines)

    def taken(self, most: int) -> list[Line]:
        """Take the first lines, as many as hold so many characters, one at least."""
        taken = self.first(most)
        for line in taken:
            self._lines.popleft()
            self.size -= len(line.text)
        return taken

    def first(self, most: int) -> list[Line]:
        """Return the first lines that hold so many characters."""
        seen: list[Line] = []
        size = 0
        for line in self._lines:
            if size >= most:
                break
            seen.append(line)
            size += len(line.text)
        return seen
