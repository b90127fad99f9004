"""A group of staged items to Parquet files, one for each split, in the order of their ids."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

import msgspec

from corpus.deid import Keyed
from corpus.deid.rare import RARE, class_word, generalise
from corpus.described import CURRENT
from corpus.gates.sightings import without_named
from corpus.gates.traces import Trace, rare_of
from corpus.items import ItemStore, Lineage
from corpus.joining import Decided
from corpus.making import hasher_of
from corpus.policy import CorpusPolicy
from corpus.shard_store import ShardStore
from corpus.shards import table_of
from corpus.staging import Packer, Record, Staging
from corpus.uncollected import uncollected
from domain.corpus import CorpusItem, Split
from storage.mongo import Document

K_ANONYMITY: Final = "k_anonymity"
GROUP_BYTES: Final = 96 * 1024 * 1024
"""Staged bytes, compressed, that are in memory at once."""
_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"
"""Of an id's body, as text is sorted."""
MOST_GROUPS: Final = len(_LETTERS) ** 3


def groups_of(units: Sequence[Document], policy: CorpusPolicy) -> int:
    """Return into how many groups the staged items are cut: as few as fit into memory, and into a file."""
    staged: int = sum(run["size"] for unit in units for run in unit["runs"])
    return min(MOST_GROUPS, max(1, -(-staged // min(GROUP_BYTES, policy.max_shard_bytes))))


def bounds_of(group: int, groups: int) -> tuple[str, str | None]:
    """Return the ids [least, below) of a group."""
    return _bound(group, groups) or "", _bound(group + 1, groups)


def _bound(number: int, groups: int) -> str | None:
    at = number * MOST_GROUPS // groups
    if at in {0, MOST_GROUPS}:
        return None
    digits = (at // len(_LETTERS) ** 2, at // len(_LETTERS) % len(_LETTERS), at % len(_LETTERS))
    return "item_" + "".join(_LETTERS[digit] for digit in digits)


def told(item: CorpusItem, decided: Decided, keyed: Keyed) -> CorpusItem | None:
    """Return a staged item as it is written: facts coarse, rare words generalised; None: it is withheld."""
    released = decided.plan.release(item, keyed)
    if released is None:
        return None
    return without_named(generalise(released, decided.common), decided.named, class_word, RARE)


@dataclass(frozen=True, slots=True)
class _Row:
    item: CorpusItem
    lineage: Lineage
    trace: bytes


def _batch(rows: Iterator[_Row], most: int) -> list[_Row]:
    with uncollected():
        return list(islice(rows, most))


def _table(batch: Sequence[_Row]) -> Any:
    with uncollected():
        return table_of([row.item for row in batch])


@dataclass
class GroupWriter:
    """Writes the files of one group."""

    release: Document
    policy: CorpusPolicy
    decided: Decided
    keyed: Keyed
    staging: Staging
    shards: ShardStore
    items: ItemStore
    excluded: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    _packer: Packer = field(default_factory=Packer)

    def __post_init__(self) -> None:
        self._hasher = hasher_of(self.keyed)

    async def write(self, units: Sequence[Document], group: int, groups: int) -> list[Document]:
        """Write a group's files; return their entries, in the order of their names."""
        least, below = bounds_of(group, groups)
        records: list[Record] = []
        for unit in units:
            for run in unit["runs"]:
                records += await self.staging.get_run(unit, run, least=least, below=below)
        records.sort()
        files = []
        for split in Split:
            workspaces = {one for one, its in self.decided.splits.items() if its is split}
            of_split = [record for record in records if record.workspace_id in workspaces]
            files += await self._write_split(split, group, of_split)
        return files

    async def _write_split(self, split: Split, group: int, records: Sequence[Record]) -> list[Document]:
        rows = self._rows(split, records)
        held: list[tuple[Lineage, bytes]] = []

        async def tables() -> AsyncIterator[Any]:
            while batch := await asyncio.to_thread(_batch, rows, self.policy.row_group_rows):
                held.extend((row.lineage, row.trace) for row in batch)
                yield await asyncio.to_thread(_table, batch)

        source = tables()
        files: list[Document] = []
        while (file := await self.shards.write(source, limit=self.policy.max_shard_bytes)) is not None:
            part = f"{len(files):03d}" if files else ""
            name = f"{split.value}-{group:05d}{part}.parquet"
            own, held[:] = held[: file["rows"]], held[file["rows"] :]
            await self.items.add(self.release["number"], name, 0, [lineage for lineage, _ in own])
            traces = await self.staging.put(msgspec.msgpack.encode([trace for _, trace in own]))
            named = {"name": name, "split": split.value, "revision": 1, "state": CURRENT}
            files.append({**named, **file, "traces": traces})
        return files

    def _rows(self, split: Split, records: Iterable[Record]) -> Iterator[_Row]:
        for record in records:
            one = self._packer.unpack(record)
            item = told(one.item, self.decided, self.keyed)
            if item is None:
                self.excluded[K_ANONYMITY] += 1
                continue
            self._count(item)
            trace = replace(Trace.from_bytes(one.trace), rare=rare_of(one.item, item, self._hasher))
            yield _Row(replace(item, split=split), one.lineage, trace.to_bytes())

    def _count(self, item: CorpusItem) -> None:
        self.counts["items"] += 1
        self.counts["turns"] += len(item.turns)
        self.counts["words"] += sum(len(turn.words) for turn in item.turns)
        self.counts[f"languages.{item.language}"] += 1
        self.counts[f"basis.{item.basis}"] += 1
