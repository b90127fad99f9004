"""Ranges of seconds of one channel."""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[float, float]
"""Half-open [start, end) in seconds from the start of the sound."""


def joined(ranges: Iterable[Range], *, bridge_s: float, length_s: float) -> list[Range]:
    """Return the ranges in order, cut to [0, length_s), those joined that lie `bridge_s` or less apart."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        start, end = max(0.0, start), min(end, length_s)  # noqa: PLW2901 - the same range, cut
        if end <= start:
            continue
        if found and start - found[-1][1] <= bridge_s:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
