"""What a unit of reading gathers: runs of items, and counts. Memory: one run, and the counts of a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from corpus.deid import Keyed
from corpus.deid.kanon import TupleCounts
from corpus.deid.rare import TokenCounts
from corpus.gates.sightings import Sightings
from corpus.items import Lineage
from corpus.making import TOKEN_BYTES, Made
from corpus.staging import RUN_BYTES, Packer, Record, Staging, staged
from storage.mongo import Document

PARTS: Final = 16
"""The people's tokens of a unit lie in so many parts, by their first four bits."""


class UnitStats(msgspec.Struct, array_like=True, frozen=True):
    """What a unit counted, in the stored form of each part."""

    tuples: list[dict[str, Any]]
    tokens: bytes
    sightings: bytes


@dataclass
class UnitWriter:
    """Takes made items one by one; `flush` and `end` write them."""

    staging: Staging
    workspace_tag: bytes
    """Says which workspace it is without naming it."""
    keyed: Keyed
    calls: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    _runs: list[Document] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)
    _held: int = 0
    _people: set[bytes] = field(default_factory=set)
    _tuples: TupleCounts = field(default_factory=TupleCounts)

    def __post_init__(self) -> None:
        self._packer = Packer()
        self._tokens = TokenCounts.of_unit(self.workspace_tag)
        self._sightings = Sightings(self.keyed)

    def leave_out(self, reason: str) -> None:
        """Count a call that is not in."""
        self.calls += 1
        self.excluded[reason] += 1

    def take(self, made: Made, lineage: Lineage, people: frozenset[bytes]) -> None:
        """Keep an item."""
        self.calls += 1
        record = self._packer.pack(staged(made.item, lineage, made.trace.to_bytes()))
        self._records.append(record)
        self._held += len(record.body)
        self._people |= people
        self._tuples.add(made.item)
        self._tokens.add(made.item)
        self._sightings.add(made.item)

    async def flush(self) -> None:
        """Write a run when there is enough for one."""
        if self._held >= RUN_BYTES:
            await self._write_run()

    async def _write_run(self) -> None:
        self._runs.append(await self.staging.put_run(self._records))
        self._records, self._held = [], 0

    async def end(self) -> tuple[Document, dict[str, int]]:
        """Write what is left; return what the unit's document keeps, and what the release counts."""
        if self._records:
            await self._write_run()
        items = sum(run["items"] for run in self._runs)
        found: dict[str, Any] = {"runs": self._runs, "items": items, "stats": None, "people": None}
        if items:
            stats = UnitStats(self._tuples.to_document(), self._tokens.to_bytes(), self._sightings.to_bytes())
            found["stats"] = await self.staging.put(msgspec.msgpack.encode(stats))
            found["people"] = await self._put_people()
        counts = {"counts.calls": self.calls}
        return found, counts | {f"counts.excluded.{reason}": count for reason, count in self.excluded.items()}

    async def _put_people(self) -> Document:
        ordered = sorted(self._people)
        sizes = Counter(token[0] * PARTS // 256 for token in ordered)
        kept = await self.staging.put(b"".join(ordered))
        return {**kept, "parts": [sizes[part] * TOKEN_BYTES for part in range(PARTS)]}

    async def drop(self, found: Document) -> None:
        """Delete what was written: the unit was done by another."""
        for kept in (*found["runs"], found["stats"], found["people"]):
            if kept is not None:
                await self.staging.drop(kept)
