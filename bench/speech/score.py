"""Figures of a transcript against the truth: word errors, invented words, times, items of personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.speech.words import Token, tokens

EARLY_S = 0.1
AT_ALL = 0.8
"""Share of an item's digits and letters from which it counts as recognised at all: `Padal` for Patel does."""
COUNTED_AS_WORDS = frozenset({"DIGIT"})
"""Isolated digits have a word error rate of their own; they are no items of personal data one by one."""
NEAR_S = 1.5
"""An item counts where its words stand within this of where it was said."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A word of a transcript."""

    word: str
    start: float
    end: float
    channel: int


@dataclass
class Score:
    """Counts over any number of calls."""

    said: int = 0
    wrong: int = 0
    missed: int = 0
    added: int = 0
    items: int = 0
    items_found: int = 0
    items_exact: int = 0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)

    @property
    def error_rate(self) -> float:
        """Substitutions, omissions and insertions per word said."""
        return (self.wrong + self.missed + self.added) / self.said if self.said else 0.0

    def add(self, other: Score) -> None:
        """Take in the counts of another one."""
        for name in ("said", "wrong", "missed", "added", "items", "items_found", "items_exact", "starts", "ends"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


Pairs = list[tuple[int | None, int | None]]


def aligned(truth: Sequence[str], heard: Sequence[str]) -> Pairs:
    """Return the cheapest alignment (edit distance, each step 1): pairs of places, None where one side has nothing."""
    costs = np.zeros((len(truth) + 1, len(heard) + 1), np.int32)
    costs[:, 0], costs[0, :] = np.arange(len(truth) + 1), np.arange(len(heard) + 1)
    columns = np.arange(len(heard) + 1)
    words = np.array([*heard], dtype=object)
    for row, wanted in enumerate(truth, 1):
        best = np.minimum(costs[row - 1, 1:] + 1, costs[row - 1, :-1] + (words != wanted))
        # An insertion costs 1 more than the field to the left: a running minimum of (cost - column) finds the best.
        costs[row, 1:] = best
        costs[row] = np.minimum.accumulate(costs[row] - columns) + columns
    return _path(costs, truth, heard)


def _path(costs: Any, truth: Sequence[str], heard: Sequence[str]) -> Pairs:
    pairs: Pairs = []
    row, column = len(truth), len(heard)
    while row or column:
        here = costs[row, column]
        same = row and column and truth[row - 1] == heard[column - 1]
        if row and column and here == costs[row - 1, column - 1] + (not same):
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif row and here == costs[row - 1, column] + 1:
            row -= 1
            pairs.append((row, None))
        else:
            column -= 1
            pairs.append((None, column))
    return pairs[::-1]


def errors(truth: Sequence[str], heard: Sequence[str]) -> tuple[int, int, int]:
    """Return how many words are wrong, missing, added."""
    pairs = aligned(truth, heard)
    wrong = sum(left is not None and right is not None and truth[left] != heard[right] for left, right in pairs)
    return wrong, sum(right is None for _, right in pairs), sum(left is None for left, _ in pairs)


def score(truth: dict[str, Any], heard: Sequence[Heard]) -> Score:
    """Return the figures of one call: channel by channel, or all together where the truth says `mix`.

    Where people talk at once on one mix, segments are compared in order of their starts.
    """
    found = Score()
    channels = [None] if truth["mix"] else range(truth["channels"])
    for channel in channels:
        said = [word for one in truth["segments"] if channel in {None, one["channel"]} for word in one["words"]]
        mine = sorted((one for one in heard if channel in {None, one.channel}), key=lambda one: one.start)
        found.add(_compared(said, mine))
    items = [one for one in truth["items"] if one["kind"] not in COUNTED_AS_WORDS]
    shares = [recognised(one, heard, mix=truth["mix"]) for one in items]
    found.items, found.items_exact = len(items), sum(share == 1 for share in shares)
    found.items_found = sum(share >= AT_ALL for share in shares)
    return found


def _compared(said: list[dict[str, Any]], heard: list[Heard]) -> Score:
    left, right = tokens([one["word"] for one in said]), tokens([one.word for one in heard])
    pairs = aligned([one.text for one in left], [one.text for one in right])
    found = Score(said=len(left))
    for one, other in pairs:
        if one is None:
            found.added += 1
        elif other is None:
            found.missed += 1
        elif left[one].text != right[other].text:
            found.wrong += 1
        else:
            _timed(found, left[one], right[other], said, heard)
    return found


def _timed(found: Score, truth: Token, token: Token, said: list[dict[str, Any]], heard: list[Heard]) -> None:
    if truth.first is not None and token.first is not None and said[truth.first]["start"] is not None:
        found.starts.append(heard[token.first].start - said[truth.first]["start"])
    if truth.last is not None and token.last is not None and said[truth.last]["end"] is not None:
        found.ends.append(heard[token.last].end - said[truth.last]["end"])


def recognised(item: dict[str, Any], heard: Iterable[Heard], *, mix: bool) -> float:
    """Return how much of an item stands in the transcript where and by whom it was said; 1 is every digit and letter.

    A date counts by its words, in any order; the rest by the edits that bring it nearest to a part of what was heard.
    """
    near = [
        one
        for one in heard
        if (mix or one.channel == item["channel"])
        and item["start"] - NEAR_S <= (one.start + one.end) / 2 <= item["end"] + NEAR_S
    ]
    near.sort(key=lambda one: one.start)
    texts = [one.text for one in tokens([one.word for one in near])]
    wanted = [one.text for one in tokens(item["spoken"].split())]
    if item["kind"] == "DATE_OF_BIRTH":
        needed = Counter(one for one in wanted if one not in {"the", "of"})
        return (needed & Counter(texts)).total() / needed.total()
    whole = "".join(wanted)
    return max(0.0, 1 - _edits_within(whole, "".join(texts)) / len(whole))


def _edits_within(wanted: str, heard: str) -> int:
    """Return the fewest edits that make `wanted` of some part of `heard` (Sellers' algorithm)."""
    row = [0] * (len(heard) + 1)
    for at, letter in enumerate(wanted, 1):
        diagonal, row[0] = row[0], at
        for column, found in enumerate(heard, 1):
            best = min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != found))
            diagonal, row[column] = row[column], best
    return min(row)


def quantiles(errors_s: Sequence[float]) -> dict[str, float]:
    """Return median, 95 % and 99 % of the absolute errors in seconds, and how many there are."""
    if not errors_s:
        return {"count": 0, "median": 0.0, "p95": 0.0, "p99": 0.0}
    off = np.abs(errors_s)
    places = {"median": 0.5, "p95": 0.95, "p99": 0.99}
    return {"count": len(off), **{name: float(np.quantile(off, at)) for name, at in places.items()}}


def early_share(errors_s: Sequence[float]) -> float:
    """Return the share of words that end more than EARLY_S before they do."""
    return sum(one < -EARLY_S for one in errors_s) / len(errors_s) if errors_s else 0.0
