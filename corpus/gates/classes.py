"""k-anonymity and l-diversity, counted again from what was written: nothing here knows how the release was planned."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import Final

from corpus.gates.report import MOST_ITEMS, GateResult, result
from domain.corpus import CorpusItem

Facts = tuple[str, ...]
_REMEDY: Final = (
    "build again: the planner's counts and the shards differ, or items were taken out after the plan was made"
)


@dataclass(slots=True)
class _Class:
    """Items that tell the same. Ids are kept only while there are fewer of them than asked for."""

    count: int = 0
    ids: list[str] = field(default_factory=list)
    values: dict[str, set[str]] = field(default_factory=dict)


class Classes:
    """Counts items by their facts. Memory grows with the different facts, not with the items.

    Args:
        k: so many items tell the same facts, or none does.
        l: so many values of each label are told in each class where it is told.
    """

    def __init__(self, k: int, l: int) -> None:  # noqa: E741 - l-diversity is its name
        self._k, self._l = k, l
        self._classes: dict[Facts, _Class] = {}

    def see(self, item: CorpusItem) -> None:
        """Count an item."""
        own = self._classes.setdefault(tuple(map(str, astuple(item.facts))), _Class())
        own.count += 1
        if own.count >= self._k:
            own.ids.clear()
        else:
            own.ids.append(item.item_id)
        for name, value in item.labels.items():
            told = own.values.setdefault(name, set())
            if len(told) < self._l:
                told.add(value)

    def results(self) -> tuple[GateResult, GateResult]:
        """Return what is to be said of k and of l."""
        return self._alike(), self._diverse()

    def _alike(self) -> GateResult:
        few = [one for one in self._classes.values() if one.count < self._k]
        least = min((one.count for one in self._classes.values()), default=0)
        alone = sum(one.count for one in few)
        why = (
            f"each of {len(self._classes)} groups of equal facts has {least} items or more; asked for {self._k}"
            if self._classes and not few
            else f"{alone} items are in {len(few)} groups of equal facts with fewer than {self._k}: {_REMEDY}"
        )
        passed = bool(self._classes) and not few
        named = [item for one in few for item in one.ids][:MOST_ITEMS]
        return result(
            "k_anonymity", passed=passed, measured=least, threshold=self._k, why=why, items=named, found=alone
        )

    def _diverse(self) -> GateResult:
        told = [(one, name) for one in self._classes.values() for name in one.values]
        flat = [(one, name) for one, name in told if len(one.values[name]) < self._l]
        least = min((len(one.values[name]) for one, name in told), default=self._l)
        kinds = {name: sum(1 for _, other in flat if other == name) for _, name in flat}
        why = (
            f"in {len(flat)} groups of equal facts a label has fewer than {self._l} values, so that whoever is known "
            f"to be in the group has it: {_REMEDY}"
            if flat
            else f"{len(told)} labels of groups have {self._l} values or more each"
        )
        named = [item for one, _ in flat for item in one.ids][:MOST_ITEMS]
        return result(
            "l_diversity",
            passed=not flat,
            measured=least,
            threshold=self._l,
            why=why,
            items=named,
            found=sum(one.count for one, _ in flat),
            kinds=kinds.items(),
        )
