"""The pieces that a build is cut into: a workspace's day to read, a group of items to write. Each has one job.

A job is claimed by lease and may run twice; a unit is done once, by compare-and-set, together with the count of what is
done. Whoever is last asks for the next phase in the same transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from corpus.releases import Phase, ReleaseStore
from domain.errors import NotFound
from domain.ids import id_from_bytes
from domain.jobs import Queue
from storage.key_opening import PLATFORM
from storage.mongo import Document
from storage.resources import Resources

READ_TASK: Final = "corpus_read"
WRITE_TASK: Final = "corpus_write"
JOIN_TASK: Final = "corpus_join"
FINISH_TASK: Final = "corpus_finish"
_AT_ONCE: Final = 200


class UnitKind(StrEnum):
    """What a unit is a piece of."""

    DAY = "day"
    """A workspace's calls of one day, to be read and de-identified."""
    SHARD = "shard"
    """A group of items, by their ids, to be written."""


_TASK: Final = {UnitKind.DAY: READ_TASK, UnitKind.SHARD: WRITE_TASK}
_COUNTED: Final = {UnitKind.DAY: "units", UnitKind.SHARD: "shards"}
_FOLLOWING: Final = {UnitKind.DAY: JOIN_TASK, UnitKind.SHARD: FINISH_TASK}
_BEFORE: Final = {UnitKind.DAY: Phase.PLANNING, UnitKind.SHARD: Phase.JOINING}
_PHASE: Final = {UnitKind.DAY: Phase.READING, UnitKind.SHARD: Phase.WRITING}
_AFTER: Final = {UnitKind.DAY: Phase.JOINING, UnitKind.SHARD: Phase.CHECKING}


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that is to be done: `name` tells it from the others of its release."""

    name: str
    workspace_id: str
    facts: Document

    def id_in(self, release_id: str) -> str:
        """Return the unit's id: the same for the same piece of the same release."""
        digest = hashlib.sha256(f"{release_id}/{self.name}".encode()).digest()
        return id_from_bytes("unit", digest[:16])


def day_unit(workspace_id: str, day: date) -> NewUnit:
    """Return the unit that reads a workspace's calls of a day (UTC)."""
    return NewUnit(f"{workspace_id}/{day.isoformat()}", workspace_id, {"day": day.isoformat()})


def shard_unit(group: int, groups: int) -> NewUnit:
    """Return the unit that writes group number `group` of so many."""
    return NewUnit(f"{group}/{groups}", PLATFORM, {"group": group, "groups": groups})


class UnitStore:
    """The one writer of `corpus_units`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._units = resources.database.whole("corpus_units")
        self._releases = ReleaseStore(resources)

    async def add(self, release: Document, kind: UnitKind, units: Sequence[NewUnit], *, now: datetime) -> None:
        """Write units that are not there yet, each with its job. Safe to run twice."""
        for first in range(0, len(units), _AT_ONCE):
            page = {unit.id_in(release["_id"]): unit for unit in units[first : first + _AT_ONCE]}
            there = {one["_id"] for one in await self._units.find({"_id": {"$in": list(page)}}, fields=("_id",))}
            missing = {unit_id: unit for unit_id, unit in page.items() if unit_id not in there}

            async def write(tx: Any, missing: Mapping[str, NewUnit] = missing) -> None:
                rows = [_row(unit_id, unit, release, kind) for unit_id, unit in missing.items()]
                await self._units.insert_many(rows, tx=tx)
                for unit_id, unit in missing.items():
                    await self._resources.outbox.add(
                        workspace_id=unit.workspace_id,
                        call_id=unit_id,
                        task=_TASK[kind],
                        queue=Queue.LANGUAGE,
                        now=now,
                        tx=tx,
                    )

            if missing:
                await self._resources.database.transaction(write)

    async def begin(self, release: Document, kind: UnitKind, total: int, *, now: datetime) -> None:
        """Say how many units of a kind there are, once all are written; with none the next phase begins at once."""

        async def write(tx: Any) -> None:
            stands = await self._releases.get(release["_id"], tx=tx)
            if stands["phase"] != _BEFORE[kind].value:  # said before
                return
            fields = {f"{_COUNTED[kind]}.total": total, "phase": _PHASE[kind].value}
            if await self._releases.note(release["_id"], fields, tx=tx):
                await self._follow(release["_id"], kind, now=now, tx=tx)

        await self._resources.database.transaction(write)

    async def get(self, unit_id: str) -> Document | None:
        """Return a unit, None when its release is through with it."""
        return await self._units.find_one({"_id": unit_id})

    async def of_release(self, release_id: str, kind: UnitKind) -> list[Document]:
        """Return all units of a kind, in the order of their ids."""
        return await self._units.find({"release": release_id, "kind": kind.value})

    async def finish(
        self, unit: Document, found: Mapping[str, Any], *, counts: Mapping[str, int], now: datetime
    ) -> bool:
        """Note what came of a unit, once; False when another did it before, or the release is not built any more."""

        async def write(tx: Any) -> bool:
            still = {"_id": unit["_id"], "state": "open"}
            if await self._units.update(still, {"$set": {"state": "done", **found}}, tx=tx) != 1:
                return False
            kind = UnitKind(unit["kind"])
            told = {**counts, f"{_COUNTED[kind]}.done": 1}
            if not await self._releases.note(unit["release"], {}, counts=told, tx=tx):
                raise NotFound("the release is not built any more", release_id=unit["release"])
            await self._follow(unit["release"], kind, now=now, tx=tx)
            return True

        try:
            done: bool = await self._resources.database.transaction(write)
        except NotFound:
            return False
        return done

    async def _follow(self, release_id: str, kind: UnitKind, *, now: datetime, tx: Any) -> None:
        release = await self._releases.get(release_id, tx=tx)
        count = release[_COUNTED[kind]]
        if release["phase"] == _PHASE[kind].value and count["done"] == count["total"]:
            await self._releases.note(release_id, {"phase": _AFTER[kind].value}, tx=tx)
            await self._resources.outbox.add(
                workspace_id=PLATFORM,
                call_id=release_id,
                task=_FOLLOWING[kind],
                queue=Queue.LANGUAGE,
                now=now,
                tx=tx,
            )

    async def forget(self, release_id: str) -> None:
        """Remove the units of a release that is through."""
        await self._units.delete({"release": release_id})


def _row(unit_id: str, unit: NewUnit, release: Document, kind: UnitKind) -> Document:
    return {
        "_id": unit_id,
        "release": release["_id"],
        "kind": kind.value,
        "workspace_id": unit.workspace_id,
        "state": "open",
        **unit.facts,
    }
