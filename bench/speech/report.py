"""The table: figures of both sides and their ratio, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.speech.score import Heard, Score, early_share, quantiles, score

GROUPS = {
    "clean": ("clean",),
    "echo and collapsed": ("echo", "collapsed"),
    "isolated digits": ("digits",),
    "real µ-law speech": ("real",),
    "rough lines": ("rough",),
    "codecs": ("codecs",),
    "dictation": ("items",),
    "code-switching": ("mixed_language",),
}
"""Line of the table → the sets that count for it."""
TIMED_SETS = frozenset({"clean", "items", "codecs", "rough"})
"""Sets whose word times are compared: one voice to a channel, nothing doubled."""


@dataclass
class Side:
    """What one side heard of all sets, and what it took."""

    scores: dict[str, Score] = field(default_factory=dict)
    invented: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Kind of sound without speech → words written, processor seconds."""
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Name of a run → its wall, processor and sound seconds and its memory."""

    def group(self, sets: Iterable[str]) -> Score:
        """Return the counts of these sets together."""
        total = Score()
        for name in sets:
            total.add(self.scores.get(name, Score()))
        return total


def taken(side: Side, folder: Path, run: str, result: Mapping[str, Any]) -> None:
    """Take in one run's result."""
    side.runs[run] = {key: result[key] for key in ("wall_s", "cpu_s", "sound_s", "memory")}
    for name, heard in result["calls"].items():
        truth = json.loads((folder / name).read_text(encoding="utf-8"))
        words = [Heard(*word) for word in heard["words"]]
        if truth["set"] == "none":
            count, cpu = side.invented.get(truth["kind"], (0, 0.0))
            side.invented[truth["kind"]] = (count + len(words), cpu + heard["cpu_s"])
        else:
            side.scores.setdefault(truth["set"], Score()).add(score(truth, words))


def table(plain: Side, own: Side, plain_mix: Mapping[str, Any] | None = None) -> str:
    """Return the Markdown table; a ratio above 1 says that ours is faster, smaller or makes fewer errors."""
    rows = ["| figure | plain | ours | plain ÷ ours |", "|---|---|---|---|"]
    rows += _speed(plain, own, plain_mix)
    for title, sets in GROUPS.items():
        sides = plain.group(sets), own.group(sets)
        if sides[0].said:
            rows.append(
                _row(f"word errors, {title} ({sides[0].said} words)", [one.error_rate for one in sides], _percent)
            )
    theirs, ours = (one.group(one.scores) for one in (plain, own))
    for title, name in (("recognised at all", "items_found"), ("recognised digit for digit", "items_exact")):
        shares = [getattr(one, name) / one.items if one.items else 0.0 for one in (theirs, ours)]
        rows.append(f"| items {title}, of {ours.items} | {_percent(shares[0])} | {_percent(shares[1])} | |")
    rows += _times(plain.group(TIMED_SETS), own.group(TIMED_SETS))
    for kind in own.invented:
        (words, cpu), (our_words, our_cpu) = plain.invented[kind], own.invented[kind]
        rows.append(
            f"| {kind.replace('_', ' ')}: words invented, CPU | {words}, {cpu:.1f} s | {our_words}, {our_cpu:.1f} s | |"
        )
    return "\n".join(rows) + "\n"


def _speed(plain: Side, own: Side, plain_mix: Mapping[str, Any] | None) -> Iterable[str]:
    theirs, ours = plain.runs["mixed"], own.runs["mixed"]
    for name, title in (("wall_s", "wall clock"), ("cpu_s", "processor time")):
        factors = [run[name] / run["sound_s"] for run in (theirs, ours)]
        yield _row(f"{title} per second of call", factors, lambda value: f"{value:.3f}")
    hours = [3600 / run["wall_s"] * run["sound_s"] / 3600 for run in (theirs, ours)]
    yield f"| hours of call per hour | {hours[0]:.1f} | {hours[1]:.1f} | |"
    if plain_mix:
        both = [plain_mix[name] / plain_mix["sound_s"] for name in ("wall_s", "cpu_s")]
        yield f"| plain on the mono mix without words: wall, CPU | {both[0]:.3f}, {both[1]:.3f} | | |"
    for run in own.runs:
        peaks = [side.runs[run]["memory"] / 1e6 for side in (plain, own) if run in side.runs]
        if len(peaks) == 2:
            yield _row(f"peak memory, {run} calls (MB)", peaks, lambda value: f"{value:.0f}")
        else:
            yield f"| peak memory, {run} calls (MB) | | {peaks[0]:.0f} | |"


def _times(plain: Score, own: Score) -> Iterable[str]:
    starts = quantiles(plain.starts), quantiles(own.starts)
    for name, title in (("median", "median"), ("p95", "95 %"), ("p99", "99 %")):
        yield _row(f"word start off by, {title} (s)", [one[name] for one in starts], lambda value: f"{value:.3f}")
    yield _row("words that end > 100 ms early", [early_share(one.ends) for one in (plain, own)], _percent)


def _row(title: str, values: Sequence[float], shown: Callable[[float], str]) -> str:
    theirs, ours = values
    ratio = f"{theirs / ours:.2f}" if ours else ""
    return f"| {title} | {shown(theirs)} | {shown(ours)} | {ratio} |"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"
