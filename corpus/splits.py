"""Which split a workspace's items are in. Workspaces that have a person in common are in one split.

Only workspaces are kept in memory, never people: those come as sorted streams, one for each unit.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping

from corpus.deid import Keyed
from corpus.policy import Splits
from domain.corpus import Split


class Together:
    """Workspaces that must not be parted."""

    def __init__(self, workspaces: Iterable[str]) -> None:
        self._over = {one: one for one in workspaces}

    def _head(self, one: str) -> str:
        while self._over[one] != one:
            self._over[one] = self._over[self._over[one]]
            one = self._over[one]
        return one

    def join(self, one: str, other: str) -> None:
        """Note that two workspaces have somebody in common."""
        first, second = sorted((self._head(one), self._head(other)))
        self._over[second] = first

    def people(self, streams: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """Join workspaces by their people: (workspace, its people's tokens in order), as many as there are."""
        seen, of = b"", ""
        for token, workspace in heapq.merge(*(_named(workspace, tokens) for workspace, tokens in streams)):
            if token == seen:
                self.join(of, workspace)
            else:
                seen, of = token, workspace

    def groups(self) -> list[tuple[str, ...]]:
        """Return the workspaces in groups, both in order."""
        found: dict[str, list[str]] = {}
        for one in sorted(self._over):
            found.setdefault(self._head(one), []).append(one)
        return [tuple(found[head]) for head in sorted(found)]


def _named(workspace: str, tokens: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    for token in tokens:
        yield token, workspace


def split_of(together: Together, items: Mapping[str, int], shares: Splits, keyed: Keyed) -> dict[str, Split]:
    """Return the split of each workspace: as near to the shares as whole groups allow, the largest group in `train`.

    With three groups or more every split that has a share gets one: an empty test split would test nothing. Ties are
    broken by the release's key, so that nobody can say beforehand who is in which split.

    Args:
        together: which workspaces are not parted.
        items: how many items each workspace has.
        shares: what is wanted.
        keyed: the release's.
    """
    groups = [group for group in together.groups() if any(items.get(one, 0) for one in group)]
    sizes = {group: sum(items.get(one, 0) for one in group) for group in groups}
    order = sorted(groups, key=lambda group: (-sizes[group], keyed(f"split:{group[0]}".encode())))
    wanted = {Split(name): share * sum(sizes.values()) for name, share in _shares(shares).items()}
    taken: dict[Split, float] = dict.fromkeys(wanted, 0.0)
    given: dict[tuple[str, ...], Split] = {}
    small = [split for split, share in wanted.items() if split is not Split.TRAIN and share > 0]
    reserved = dict(zip(reversed(order), small, strict=False)) if len(order) > len(small) else {}
    for group in order:
        least = Split.TRAIN if not given else max(wanted, key=lambda split: wanted[split] - taken[split])
        split = reserved.get(group, least)
        given[group] = split
        taken[split] += sizes[group]
    return {one: split for group, split in given.items() for one in group}


def _shares(shares: Splits) -> dict[str, float]:
    return {"train": shares.train, "validation": shares.validation, "test": shares.test}
