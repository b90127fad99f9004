"""k-anonymity and l-diversity of what is told beside the words: coarser for all, then withheld for the few.

k items at least tell the same facts (Sweeney 2002), and those of one class that tell a label tell l different values of
it at least (distinct l-diversity, Machanavajjhala et al. 2007). First every fact of every item is told as coarsely
as needed (full-domain recoding, as in Samarati 2001), in the way that loses least while no more than a stated share of
the items is left in classes under k; those are withheld whole. A label that would not be diverse in its class is taken
from the items of that class: its words still teach.

Only counts of tuples are needed, so that memory does not grow with the items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from corpus.deid.hierarchies import NAMES, Facts, Levels, coarser, every_way, facts_tuple, loss
from corpus.deid.source import Keyed
from corpus.deid.warp import retimed
from domain.corpus import CorpusItem, QuasiIdentifiers

Label = tuple[str, str]
"""Name and value."""


@dataclass
class TupleCounts:
    """How many items tell each tuple of facts, and which labels those tell. Grows with the tuples, not the items."""

    items: Counter[Facts] = field(default_factory=Counter)
    labels: dict[Facts, set[Label]] = field(default_factory=dict)

    def add(self, item: CorpusItem) -> None:
        """Count an item."""
        facts = facts_tuple(item.facts)
        self.items[facts] += 1
        if item.labels:
            self.labels.setdefault(facts, set()).update(item.labels.items())

    def merged(self, other: TupleCounts) -> TupleCounts:
        """Return the counts of both."""
        labels = {facts: set(own) for facts, own in self.labels.items()}
        for facts, more in other.labels.items():
            labels.setdefault(facts, set()).update(more)
        return TupleCounts(self.items + other.items, labels)

    def to_document(self) -> list[dict[str, Any]]:
        """Return the counts as plain values, in order."""
        return [
            {"facts": list(facts), "items": count, "labels": [list(one) for one in sorted(self.labels.get(facts, ()))]}
            for facts, count in sorted(self.items.items())
        ]

    @classmethod
    def from_document(cls, document: Iterable[Mapping[str, Any]]) -> Self:
        """Read back what `to_document` wrote."""
        counts = cls()
        for one in document:
            facts = tuple(one["facts"])
            counts.items[facts] += one["items"]
            if one["labels"]:
                counts.labels.setdefault(facts, set()).update((name, value) for name, value in one["labels"])
        return counts


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided: how coarse each fact is told, which classes are withheld, which labels taken away."""

    k: int
    l: int  # noqa: E741 - it is called so
    levels: Levels
    withheld: frozenset[Facts]
    """Classes of fewer than k items."""
    taken: Mapping[Facts, frozenset[str]]
    """Class → names of the labels that are not diverse in it."""
    items: int
    suppressed: int

    @property
    def loss(self) -> float:
        """How much of the facts is lost by telling them coarsely, 0 to 1."""
        return loss(self.levels)

    def apply(self, facts: QuasiIdentifiers) -> QuasiIdentifiers | None:
        """Return the facts as they are told; None: the item that has them is withheld."""
        told = coarser(facts_tuple(facts), self.levels)
        return None if told in self.withheld else QuasiIdentifiers(*told)

    def release(self, item: CorpusItem, keyed: Keyed) -> CorpusItem | None:
        """Return the item as it is released: facts coarse, labels diverse, a duration for its band; None: withheld."""
        facts = self.apply(item.facts)
        if facts is None:
            return None
        taken = self.taken.get(facts_tuple(facts), frozenset())
        labels = {name: value for name, value in item.labels.items() if name not in taken}
        released = replace(item, facts=facts, labels=labels)
        return released if facts.length == item.facts.length else retimed(released, keyed)

    def to_document(self) -> dict[str, Any]:
        """Return what the manifest tells of the plan."""
        return {
            "k": self.k,
            "l": self.l,
            "levels": dict(zip(NAMES, self.levels, strict=True)),
            "loss": round(self.loss, 4),
            "items": self.items,
            "suppressed": self.suppressed,
            "classes_without_a_label": len(self.taken),
        }


def plan(counts: TupleCounts, *, k: int, l: int = 1, most_suppressed: float = 0.05) -> Plan:  # noqa: E741
    """Return the plan that tells most, such that every class that is released has k items.

    Args:
        counts: of all items that would be released, after everything else was left out.
        k: how many items must tell the same, 1 at least.
        l: how many values each label must have in a class where it is told.
        most_suppressed: share of the items that may be withheld rather than make the facts coarser for all.

    Raises:
        ValueError: when k or l is under 1, or the share is none.
    """
    if k < 1 or l < 1 or not 0 <= most_suppressed <= 1:
        raise ValueError("k and l must be 1 or more, and the share of items withheld between 0 and 1")
    total = counts.items.total()
    for levels in every_way():
        classes = _classes(counts.items, levels)
        few = frozenset(facts for facts, count in classes.items() if count < k)
        suppressed = sum(classes[facts] for facts in few)
        if suppressed <= most_suppressed * total:
            break
    return Plan(k, l, levels, few, _taken(counts, levels, l), total, suppressed)


def _classes(items: Mapping[Facts, int], levels: Levels) -> Counter[Facts]:
    classes: Counter[Facts] = Counter()
    for facts, count in items.items():
        classes[coarser(facts, levels)] += count
    return classes


def _taken(counts: TupleCounts, levels: Levels, least: int) -> dict[Facts, frozenset[str]]:
    values: dict[Facts, dict[str, set[str]]] = {}
    for facts, labels in counts.labels.items():
        own = values.setdefault(coarser(facts, levels), {})
        for name, value in labels:
            own.setdefault(name, set()).add(value)
    taken = {
        facts: frozenset(name for name, told in names.items() if len(told) < least) for facts, names in values.items()
    }
    return {facts: names for facts, names in taken.items() if names}
