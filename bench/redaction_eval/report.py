"""The tables of a run, as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bench.redaction_eval.score import Tally, f_beta

Results = dict[str, dict[str, Any]]
"""Finder → what its process found, tallies as Tally."""
TITLES = {
    "calls": "calls", "noisy": "calls, garbled as Whisper garbles", "plain": "calls without personal data",
    "research": "open set: presidio-research", "nano": "open set: PII nano",
    "vectors": "open set: Presidio's test vectors",
}  # fmt: skip


def row(cells: Iterable[str]) -> str:
    """Return a line of a table."""
    return f"| {' | '.join(cells)} |"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    return "\n".join([row(head), row("---" for _ in head), *(row(one) for one in rows)])


def percent(share: float) -> str:
    """Return a share in percent."""
    return f"{share:.1%}".replace("%", " %")


def summary(results: Results) -> str:
    """Return one line per set and finder."""
    rows = []
    for name in dict.fromkeys(name for result in results.values() for name in result["sets"]):
        for finder, result in results.items():
            one = result["sets"].get(name)
            if one:
                rows.append(_summary_row(TITLES.get(name, name), finder, one["calls"], one["tally"]))
    head = (
        "set",
        "finder",
        "texts",
        "items",
        "items leaked",
        "characters readable",
        "precision",
        "by stretch",
        "F2",
        "hidden for nothing",
    )
    return table(head, rows)


def _summary_row(title: str, finder: str, count: int, one: Tally) -> tuple[str, ...]:
    items = one.items.total()
    if not items:
        return title, finder, str(count), "0", "", "", "", "", "", percent(one.over_redaction)
    return (
        title, finder, str(count), str(items), percent(one.leak_rate), percent(one.readable_rate),
        f"{one.precision:.3f}",
        f"{one.span_precision:.3f}", f"{one.f2:.3f}", percent(one.over_redaction),
    )  # fmt: skip


def by_kind(name: str, results: Results) -> str:
    """Return what a set says per kind: leaks of every finder; precision, F2 and names that fit of the first one."""
    tallies = {finder: result["sets"][name]["tally"] for finder, result in results.items() if name in result["sets"]}
    first: Tally = next(iter(tallies.values()))
    rows = []
    for kind in sorted(first.items):
        leaks = [
            f"{one.leaked[kind]}/{one.items[kind]} ({percent(one.leaked[kind] / one.items[kind])})"
            for one in tallies.values()
        ]
        precision, hidden = first.kind_precision(kind), first.items[kind] - first.leaked[kind]
        f2 = f_beta(precision, hidden / first.items[kind])
        named = percent(first.named[kind] / hidden) if hidden else ""
        rows.append((kind, *leaks, f"{precision:.3f}", f"{f2:.3f}", named))
    return table(("kind", *(f"leaked: {finder}" for finder in tallies), "precision", "F2", "named rightly"), rows)


def by_country(name: str, results: Results) -> str:
    """Return what a set says per country: leaks of every finder; precision and F2 of the first one."""
    tallies = {finder: result["sets"][name]["tally"] for finder, result in results.items() if name in result["sets"]}
    first: Tally = next(iter(tallies.values()))
    rows = []
    for country, items in first.countries.most_common():
        leaks = [one.country_leaks[country] / one.countries[country] for one in tallies.values()]
        precision = first.country_precision(country)
        f2 = f_beta(precision, 1 - leaks[0])
        rows.append((country, str(items), *map(percent, leaks), f"{precision:.3f}", f"{f2:.3f}"))
    return table(("country", "items", *(f"leaked: {finder}" for finder in tallies), "precision", "F2"), rows)


def harmless(names: Sequence[str], results: Results) -> str:
    """Return which harmless things were hidden, over some sets."""
    return _over(names, results, "harmless", "harmless_hidden", ("harmless", "hidden"))


def flags(names: Sequence[str], results: Results) -> str:
    """Return how many special categories were flagged, over some sets."""
    return _over(names, results, "flags", "flagged", ("special category", "flagged or hidden"))


def _over(names: Sequence[str], results: Results, whole: str, part: str, head: tuple[str, str]) -> str:
    """Return two counters of some sets together: part of whole, per kind and finder."""
    sums: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for finder, result in results.items():
        some = [result["sets"][name]["tally"] for name in names if name in result["sets"]]
        sums[finder] = (
            sum((getattr(one, whole) for one in some), Counter()),
            sum((getattr(one, part) for one in some), Counter()),
        )
    kinds = sorted({kind for all_, _ in sums.values() for kind in all_})
    rows = [(kind.lower(), *(f"{hit[kind]}/{all_[kind]}" for all_, hit in sums.values())) for kind in kinds]
    return table((head[0], *(f"{head[1]}: {finder}" for finder in sums)), rows)


def wrong(name: str, results: Results) -> str:
    """Return under which names harmless words were hidden, the most frequent first."""
    return "; ".join(
        f"{finder}: "
        + ", ".join(f"{kind} {count}" for kind, count in result["sets"][name]["tally"].wrong_kinds.most_common(8))
        for finder, result in results.items()
        if name in result["sets"]
    )


def speed(results: Results) -> str:
    """Return speed and memory of each finder, and the ratio to stock."""
    rows = []
    base = results.get("stock", {}).get("speed", {}).get("median")
    for finder, result in results.items():
        if "speed" not in result:
            continue
        one = result["speed"]
        ratio = f"{one['median'] / base:.2f}" if base else ""
        spread = f"{one['lowest']:,.0f}–{one['highest']:,.0f}"
        rows.append((finder, f"{one['median']:,.0f}", spread, ratio, f"{result['memory'] / 1e6:.0f}"))
    return table(("finder", "characters/s on one core", "spread", "÷ stock", "peak memory (MB)"), rows)


def whole(results: Results) -> str:
    """Return every table."""
    sets = list(dict.fromkeys(name for result in results.values() for name in result["sets"]))
    parts = [summary(results), speed(results)]
    for name in sets:
        if any(result["sets"].get(name, {}).get("tally", Tally()).items for result in results.values()):
            parts += [f"### {TITLES.get(name, name)}", by_kind(name, results)]
            if name in {"calls", "noisy"}:
                parts.append(by_country(name, results))
        parts.append(
            f"Hidden for nothing in *{TITLES.get(name, name)}*, by the name it was given – {wrong(name, results)}."
        )
    talk = [name for name in sets if name in {"calls", "noisy", "plain"}]
    if talk:
        parts += ["### Harmless things", harmless(talk, results), flags(talk, results)]
    return "\n\n".join(parts) + "\n"
