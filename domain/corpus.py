"""The training corpus as plain values: an item as the ML team gets it, and what it is made of.

An item is one call, de-identified. Seconds count from its own start, and are not the call's: they are warped, because
how long a call lasted finds it again in a call log. No id of a call, a person or a workspace is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ABSENT: Final = ""
"""A coarsened fact that was suppressed: it says nothing any more."""


class Split(StrEnum):
    """What an item is for; all items of a workspace or a speaker are in one split."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class CorpusWord:
    """One word with its (warped) time in seconds; `kind` is the kind of personal data that it stands in for."""

    start: float
    end: float
    text: str
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class CorpusTurn:
    """What one speaker said without a break. `speaker`: `agent`, `contact`, `unknown`, or a voice (`A`, `B`)."""

    speaker: str
    words: tuple[CorpusWord, ...]

    @property
    def start(self) -> float:
        """When the first word begins, in seconds; 0 for a turn without words."""
        return self.words[0].start if self.words else 0.0

    @property
    def end(self) -> float:
        """When the last word ends, in seconds; 0 for a turn without words."""
        return self.words[-1].end if self.words else 0.0

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class QuasiIdentifiers:
    """What is told of a call beside its words, coarse; any of it may be suppressed (`ABSENT`).

    Together these could point at one call in a call log: k items at least have the same (k-anonymity).
    """

    month: str = ABSENT
    """Of its start after the item's shift of dates: `2026-11`, `2026-Q4`, `2026`."""
    part_of_week: str = ABSENT
    """`weekday` or `weekend`; finer: the day's name."""
    part_of_day: str = ABSENT
    """`night`, `morning`, `afternoon`, `evening`."""
    length: str = ABSENT
    """How long it lasted, as a band in minutes: `0-1`, `1-3`, `3-10`, `10+`."""
    direction: str = ABSENT
    place: str = ABSENT
    """The country whose law covers its parties; coarser: `EU`."""


@dataclass(frozen=True, slots=True)
class CorpusItem:
    """One de-identified call."""

    item_id: str
    language: str
    duration_s: float
    """Of the warped words."""
    turns: tuple[CorpusTurn, ...]
    facts: QuasiIdentifiers
    basis: str
    """Why it may be trained on: `consent`, or the other basis that holds in all its parties' jurisdictions."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Outcome, intent: only where the customer has them made."""
    split: Split = Split.TRAIN

    @property
    def kinds(self) -> dict[str, int]:
        """How many surrogates of each kind stand in the words, runs of one kind counted once."""
        counts: dict[str, int] = {}
        for turn in self.turns:
            last: str | None = None
            for word in turn.words:
                if word.kind is not None and word.kind != last:
                    counts[word.kind] = counts.get(word.kind, 0) + 1
                last = word.kind
        return counts
