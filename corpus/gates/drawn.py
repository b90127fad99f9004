"""Who takes part in the drill: whole classes of items that tell the same facts, drawn under the release's key."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Final

from corpus.gates.identities import Hasher, Keyed
from corpus.gates.saying import folded
from corpus.gates.traces import Trace
from domain.corpus import CorpusItem

IN_CLASS: Final = 100
"""So many items of equal facts take part at most."""
Facts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An item and its call, as far as either side may know them. `order` is drawn under the release's key."""

    order: bytes
    item_id: str
    item_s: float
    words: int
    said: frozenset[bytes]
    """Digests of the item's words."""
    call_s: float
    rare: frozenset[bytes]
    """Digests of the call's words that few workspaces say."""


class DrawnClasses:
    """Keeps the classes that come first by draw, until they have `sample` items. The same for any order of items."""

    def __init__(self, keyed: Keyed, hasher: Hasher, sample: int) -> None:
        self._keyed, self._hasher, self._sample = keyed, hasher, sample
        self._kept: dict[Facts, list[tuple[int, Pair]]] = {}
        self._last: list[tuple[int, Facts]] = []
        """A heap of what was drawn, the last class first."""
        self._refused = 1
        """Above every draw; then the draw of the class that was left out last."""
        self._total = 0

    def see(self, item: CorpusItem, trace: Trace) -> None:
        """Take an item in, or not."""
        facts = tuple(map(str, astuple(item.facts)))
        own = self._kept.get(facts)
        if own is None:
            drawn = -int.from_bytes(self._keyed(b"drill:class:" + "\0".join(facts).encode()), "big")
            if self._refused <= 0 and drawn <= self._refused:
                return
            own = self._kept[facts] = []
            heapq.heappush(self._last, (drawn, facts))
        order = self._keyed(b"drill:item:" + item.item_id.encode())
        place = -int.from_bytes(order[:8], "big")
        if len(own) < IN_CLASS:
            heapq.heappush(own, (place, self._pair(order, item, trace)))
            self._total += 1
        elif place > own[0][0]:
            heapq.heapreplace(own, (place, self._pair(order, item, trace)))
        self._shrink()

    def _pair(self, order: bytes, item: CorpusItem, trace: Trace) -> Pair:
        words = [word.text for turn in item.turns for word in turn.words]
        said = frozenset(self._hasher.exact(folded(word)) for word in words)
        return Pair(order, item.item_id, item.duration_s, len(words), said, trace.duration_s, frozenset(trace.rare))

    def _shrink(self) -> None:
        while len(self._last) > 1 and self._total - len(self._kept[self._last[0][1]]) >= self._sample:
            self._refused, facts = heapq.heappop(self._last)
            self._total -= len(self._kept.pop(facts))

    def classes(self) -> Iterator[list[Pair]]:
        """Yield the classes, each in the order of its draw."""
        for _, facts in sorted(self._last):
            yield [pair for _, pair in sorted(self._kept[facts], key=lambda one: one[1].order)]
