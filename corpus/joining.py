"""Between reading and writing: what all units counted is put together, and decides how every item is told.

What must never happen here: a decision over other items than are written. So what is counted is exactly what is staged.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import msgspec

from corpus.deid import Keyed
from corpus.deid.kanon import Plan, TupleCounts, plan
from corpus.deid.rare import Common, TokenCounts
from corpus.gates.second import SecondLook
from corpus.gates.sightings import Sightings, name_like
from corpus.making import tokens_of
from corpus.policy import CorpusPolicy
from corpus.splits import Together, split_of
from corpus.staging import Staging
from corpus.unit_writer import PARTS, UnitStats
from domain.corpus import Split
from storage.mongo import Document

Counts = TypeVar("Counts")
MOST_TOKEN_BYTES: Final = 64 * 1024 * 1024
"""So much of the people's tokens is looked at at once; of more, a sixteenth at a time."""


class Counted(msgspec.Struct, array_like=True, frozen=True):
    """The counts over all that is staged, as they are kept for whoever writes."""

    tuples: list[dict[str, object]]
    tokens: bytes
    splits: dict[str, Split]
    named: list[str]

    def to_bytes(self) -> bytes:
        """Return the stored form."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Counted:
        """Read back what `to_bytes` wrote."""
        return msgspec.msgpack.decode(stored, type=cls)

    def decided(self, policy: CorpusPolicy) -> Decided:
        """Return what follows from the counts: the same for whoever asks."""
        counts = TupleCounts.from_document(self.tuples)
        common = TokenCounts.from_bytes(self.tokens).common(policy.rare_k)
        return Decided(plan(counts, k=policy.k, l=policy.l), common, self.splits, frozenset(self.named))


@dataclass(frozen=True, slots=True)
class Decided:
    """How every item of a release is told."""

    plan: Plan
    common: Common
    splits: Mapping[str, Split]
    named: frozenset[str]
    """Words that the second detector takes for somebody's: told as a class."""


async def joined(
    staging: Staging, units: Sequence[Document], policy: CorpusPolicy, keyed: Keyed, second: SecondLook | None
) -> Counted:
    """Put the counts of all units of reading together; they are done.

    Without a second detector no word is taken for a name here, and the release fails at its gate.
    """
    with_items = [unit for unit in units if unit["items"]]
    items = Counter[str]()
    for unit in with_items:
        items[unit["workspace_id"]] += unit["items"]
    tuples, tokens = await _merged(staging, with_items)
    named = await _named(staging, with_items, keyed, second, tokens.common(policy.rare_k))
    together = Together(items)
    await _find_people(staging, with_items, together)
    splits = split_of(together, items, policy.splits, keyed)
    return Counted(tuples.to_document(), tokens.to_bytes(), splits, sorted(named))


async def _named(
    staging: Staging, units: Sequence[Document], keyed: Keyed, second: SecondLook | None, common: Common
) -> frozenset[str]:
    """Return the words that the second detector takes for names, of those that workspaces enough say.

    The places of all the others are not kept: they are most words, and told as a class anyway.
    """
    if second is None:
        return frozenset()
    sightings, asked = Sightings(keyed), common.__contains__
    for unit in units:
        stats = msgspec.msgpack.decode(await staging.get(unit["stats"]), type=UnitStats)
        own = Sightings.from_bytes(stats.sightings, keyed)
        await asyncio.to_thread(sightings.take, own, asked)
    return await asyncio.to_thread(name_like, sightings, second)


async def _merged(staging: Staging, units: Sequence[Document]) -> tuple[TupleCounts, TokenCounts]:
    tuples, tokens = _Merging(TupleCounts.merged), _Merging(TokenCounts.merged)
    for unit in units:
        stats = msgspec.msgpack.decode(await staging.get(unit["stats"]), type=UnitStats)
        tuples.add(TupleCounts.from_document(stats.tuples))
        await asyncio.to_thread(tokens.add, TokenCounts.from_bytes(stats.tokens))
    return tuples.put_together(TupleCounts()), await asyncio.to_thread(tokens.put_together, TokenCounts())


class _Merging(Generic[Counts]):
    """Puts counts together two of a kind at a time, so that each is copied as often as there are doublings."""

    def __init__(self, merged: Callable[[Counts, Counts], Counts]) -> None:
        self._merged = merged
        self._levels: list[Counts | None] = []

    def add(self, counts: Counts) -> None:
        """Take one more."""
        for at, there in enumerate(self._levels):
            if there is None:
                self._levels[at] = counts
                return
            counts, self._levels[at] = self._merged(there, counts), None
        self._levels.append(counts)

    def put_together(self, nothing: Counts) -> Counts:
        """Return all of them together."""
        found = nothing
        for counts in self._levels:
            found = found if counts is None else self._merged(counts, found)
        return found


async def _find_people(staging: Staging, units: Sequence[Document], together: Together) -> None:
    """Join the workspaces that have people in common."""
    whole = sum(unit["people"]["size"] for unit in units) <= MOST_TOKEN_BYTES
    for part in range(1) if whole else range(PARTS):
        streams: list[tuple[str, Sequence[bytes]]] = []
        async for workspace_id, packed in _people(staging, units, None if whole else part):
            streams.append((workspace_id, tokens_of(packed)))
        await asyncio.to_thread(together.people, streams)


async def _people(staging: Staging, units: Sequence[Document], part: int | None) -> AsyncIterator[tuple[str, bytes]]:
    for unit in units:
        sizes = unit["people"]["parts"]
        start, end = (0, sum(sizes)) if part is None else (sum(sizes[:part]), sum(sizes[: part + 1]))
        if start < end:
            yield unit["workspace_id"], await staging.get(unit["people"], start=start, end=end)
