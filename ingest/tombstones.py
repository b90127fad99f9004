"""Tombstones: what was erased is not taken in again, nor brought back by a restore.

Of a call a keyed hash of its identity, nothing else. Of a row (a phone's log entry, a CDR) its id: rows are named by a
keyed hash of what they are, so that the same row delivered again has the same id. They lie beside the keys, in the
database that is backed up apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.errors import Gone
from domain.ids import new_id
from storage.blind_index import BlindIndexer
from storage.mongo import Document
from storage.resources import Resources


class Erased(Gone):
    """This was erased before and is not taken in again: nothing was stored, one audit line was written.

    Whoever delivers it may take it as done: the API answers 200 with the outcome `erased`.
    """

    code = "erased"


@dataclass(frozen=True, slots=True)
class ErasedCall:
    """What a call is known by: its source's id, its bytes (SHA-256 in hex, None while unknown), its start."""

    source: str
    origin_id: str | None
    content_hash: str | None
    setup_time: datetime | None


class TombstoneStore:
    """The one writer of `tombstones`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._stones = resources.database.scoped("tombstones", workspace_id)
        self._keyring = resources.keyring
        self._workspace_id = workspace_id

    async def _indexer(self) -> BlindIndexer:
        return await self._keyring.blind_indexer(self._workspace_id)

    async def place(self, call: ErasedCall, *, now: datetime, tx: Any = None) -> None:
        """Remember that a call was erased: one mark for its origin, one for its bytes with what told it from others."""
        marks = _marks(await self._indexer(), call)
        stones: list[Document] = []
        if marks.origin is not None:
            stones.append({"mark": marks.origin})
        if marks.content is not None:
            stones.append({"mark": marks.content, "origin": marks.origin, "setup": marks.setup})
        for stone in stones:
            change = {"$setOnInsert": {"_id": new_id("tomb"), "erased_at": now}}
            await self._stones.update(stone, change, upsert=True, tx=tx)

    async def is_erased(self, call: ErasedCall, *, tx: Any = None) -> bool:
        """Say whether this is a call that was erased, delivered again: by `domain.calls.is_same_call`, on marks."""
        return bool(await self.erased_calls({"": call}, tx=tx))

    async def erased_calls(self, calls: Mapping[str, ErasedCall], *, tx: Any = None) -> frozenset[str]:
        """Return the names (any that the caller gave them) of those calls that were erased before; one look for all."""
        indexer = await self._indexer()
        marks = {name: _marks(indexer, call) for name, call in calls.items()}
        asked = {mark for one in marks.values() for mark in (one.origin, one.content) if mark is not None}
        if not asked:
            return frozenset()
        stones: dict[str, list[Document]] = {}
        for stone in await self._stones.find({"mark": {"$in": sorted(asked)}}, tx=tx):
            stones.setdefault(stone["mark"], []).append(stone)
        return frozenset(name for name, one in marks.items() if one.are_under(stones))

    async def place_rows(self, ids: Collection[str], *, now: datetime, tx: Any = None) -> None:
        """Remember that these rows (`log_…`, `cdr_…`) were erased; placing one twice changes nothing."""
        if ids:
            await self._keyring.note_erased_rows(self._workspace_id, tx=tx)
        for row_id in sorted(ids):
            change = {"$setOnInsert": {"row": True, "erased_at": now}}
            await self._stones.update({"_id": row_id}, change, upsert=True, tx=tx)

    async def erased_rows(self, ids: Collection[str]) -> frozenset[str]:
        """Return those of the rows that were erased before. One short look where the workspace never erased a row."""
        if not ids or await self._stones.find_one({"row": True}, fields=("_id",)) is None:
            return frozenset()
        found = await self._stones.find({"_id": {"$in": sorted(ids)}, "row": True}, fields=("_id",))
        return frozenset(stone["_id"] for stone in found)


async def erased_rows_after(resources: Resources, row_id: str, *, limit: int) -> Sequence[tuple[str, str]]:
    """Return workspace and id of erased rows, in the order of their ids, after this one (`""` begins)."""
    found = await resources.database.whole("tombstones").find(
        {"row": True, "_id": {"$gt": row_id}}, fields=("workspace_id",), limit=limit
    )
    return [(stone["workspace_id"], stone["_id"]) for stone in found]


@dataclass(frozen=True, slots=True)
class _Marks:
    """Keyed hashes of what a call is known by."""

    origin: str | None
    content: str | None
    setup: str | None

    def are_under(self, stones: Mapping[str, Sequence[Document]]) -> bool:
        if self.origin is not None and self.origin in stones:
            return True
        same_bytes = stones.get(self.content, ()) if self.content is not None else ()
        return any(
            _agree(stone.get("origin"), self.origin) and _agree(stone.get("setup"), self.setup) for stone in same_bytes
        )


def _marks(indexer: BlindIndexer, call: ErasedCall) -> _Marks:
    def mark(identity: str | None) -> str | None:
        return None if identity is None else indexer.token(f"tombstone:{identity}")

    setup = call.setup_time.astimezone(UTC).isoformat(timespec="milliseconds") if call.setup_time else None
    return _Marks(
        origin=mark(f"origin:{call.source}:{call.origin_id}" if call.origin_id else None),
        content=mark(f"content:{call.content_hash.lower()}" if call.content_hash else None),
        setup=mark(f"setup:{setup}" if setup else None),
    )


def _agree(one: str | None, other: str | None) -> bool:
    """What only one of the two says does not tell them apart."""
    return one is None or other is None or one == other
