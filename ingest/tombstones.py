"""Tombstones: what was erased is not taken in again. A keyed hash of the call's identity, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.ids import new_id
from storage.mongo import Document
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class ErasedCall:
    """What a call is known by: its source's id, its bytes (SHA-256 in hex, None before they come), its start."""

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

    async def _mark(self, identity: str) -> str:
        return await self._keyring.blind_index(self._workspace_id, f"tombstone:{identity}")

    async def place(self, call: ErasedCall, *, now: datetime, tx: Any = None) -> None:
        """Remember that a call was erased: one mark for its origin, one for its bytes with what told it from others."""
        origin, setup = await self._origin(call), await self._setup(call)
        stones: list[Document] = []
        if origin is not None:
            stones.append({"mark": origin})
        if call.content_hash is not None:
            stones.append({"mark": await self._mark(f"content:{call.content_hash}"), "origin": origin, "setup": setup})
        for stone in stones:
            change = {"$setOnInsert": {"_id": new_id("tomb"), "erased_at": now}}
            await self._stones.update(stone, change, upsert=True, tx=tx)

    async def is_erased(self, call: ErasedCall) -> bool:
        """Say whether this is a call that was erased, delivered again: by `domain.calls.is_same_call`, on marks."""
        origin, setup = await self._origin(call), await self._setup(call)
        if origin is not None and await self._stones.find_one({"mark": origin}) is not None:
            return True
        if call.content_hash is None:
            return False
        mark = await self._mark(f"content:{call.content_hash}")
        stones = await self._stones.find({"mark": mark})
        return any(_agree(stone.get("origin"), origin) and _agree(stone.get("setup"), setup) for stone in stones)

    async def _origin(self, call: ErasedCall) -> str | None:
        return await self._mark(f"origin:{call.source}:{call.origin_id}") if call.origin_id else None

    async def _setup(self, call: ErasedCall) -> str | None:
        if call.setup_time is None:
            return None
        return await self._mark(f"setup:{call.setup_time.astimezone(UTC).isoformat(timespec='milliseconds')}")


def _agree(one: str | None, other: str | None) -> bool:
    """What only one of the two says does not tell them apart."""
    return one is None or other is None or one == other
