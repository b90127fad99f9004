"""Versions of a call's transcript: does one let through what another hides?

Two hearings of one call find different words, and so different personal data. What a later one finds and an earlier
one leaves readable or audible is a leak in the earlier one. Word times are estimates, so both are compared by time,
with the tolerances below; in doubt they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.spans import Span, TimeRange, merge_ranges, merge_spans, silence_ranges, tone_ranges, unheard_ranges
from domain.speech import Transcript

AUDIBLE_S: Final = 0.3
"""So much of what one version hides may sound in another: word times of two hearings differ by about this much."""
READABLE_SHARE: Final = 0.6
"""A readable word of which so much lies where another version hides something is taken for a part of it."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One version of a call's transcript: as spoken, as redacted, and the spans between them."""

    clear: Transcript
    redacted: Transcript
    spans: tuple[Span, ...]

    def found(self) -> tuple[TimeRange, ...]:
        """Return when the personal data that this version found was spoken, from first to last word."""
        words = self.clear.segments
        return merge_ranges(
            TimeRange(words[span.segment].channel, covered[0].start, covered[-1].end)
            for span in merge_spans(self.spans)
            if (covered := words[span.segment].words[span.first_word : span.end_word])
        )

    def silent(self) -> tuple[TimeRange, ...]:
        """Return where this version's sound is silent."""
        clear = self.clear
        return merge_ranges([*silence_ranges(clear, self.spans), *unheard_ranges(clear), *tone_ranges(clear)])

    def lets_through(self, other: Hearing) -> bool:
        """Say whether something that `other` hides is audible or readable in this version."""
        silent, found = self.silent(), other.found()
        return any(_audible_s(one, silent) > AUDIBLE_S for one in found) or _readable(self.redacted, found)


def _audible_s(one: TimeRange, silent: Sequence[TimeRange]) -> float:
    """Return how many seconds of a stretch are not silent; `silent` does not overlap itself."""
    return (one.end - one.start) - sum(_shared_s(one, hidden) for hidden in silent if hidden.channel == one.channel)


def _readable(redacted: Transcript, found: Iterable[TimeRange]) -> bool:
    hidden = tuple(found)
    return any(
        sum(_shared_s(TimeRange(channel, word.start, word.end), one) for one in hidden if one.channel == channel)
        >= READABLE_SHARE * max(word.end - word.start, 1e-3)
        for segment in redacted.segments
        for channel in (segment.channel,)
        for word in segment.words
        if word.entity_type is None
    )


def _shared_s(one: TimeRange, other: TimeRange) -> float:
    return max(0.0, min(one.end, other.end) - max(one.start, other.start))
