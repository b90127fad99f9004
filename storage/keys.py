"""The keyring: root key -> workspace key -> key per call -> per part of it; per workspace and month for identifiers.

Only wrapped keys are stored, in a database of their own that is backed up apart. Destroying a call's key makes every
copy of its recording and transcripts unreadable, those in backups too: that is what erasure rests on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from domain.errors import Duplicate, Gone
from storage.key_opening import PLATFORM, KeyOpener
from storage.mongo import Database
from storage.month_keys import MonthKeys
from storage.root_keys import RootKey
from storage.sealing import KEY_BYTES, seal, unseal

ARTIFACTS: Final = ("recording", "transcript")
"""The parts of a call that have keys of their own, so that one can go and the other stay."""


class Keyring(KeyOpener):
    """Makes, finds and destroys keys. Keys of calls are never cached: a destroyed key must be gone at once."""

    def __init__(self, database: Database, root: RootKey) -> None:
        super().__init__(database, root)
        self._keys = database.whole("keys")

    async def create_workspace_key(self, workspace_id: str, *, now: datetime, tx: Any = None) -> None:
        """Make the workspace's key."""
        more = {"workspace_id": workspace_id, "kind": "workspace", "rows_erased": False}
        await self._create_under_root(workspace_id, more, now=now, tx=tx)

    async def create_platform_key(
        self, key_id: str, kind: str, *, now: datetime, key: bytes | None = None, tx: Any = None
    ) -> bytes:
        """Make a key that belongs to no workspace, and return it; `key` where it is not to be 32 random bytes.

        Raises Duplicate when there is one of this id, or was: it is not made again once it is destroyed.
        """
        return await self._create_under_root(key_id, {"workspace_id": PLATFORM, "kind": kind}, now=now, key=key, tx=tx)

    async def _create_under_root(
        self, key_id: str, more: dict[str, Any], *, now: datetime, key: bytes | None = None, tx: Any = None
    ) -> bytes:
        made = os.urandom(KEY_BYTES) if key is None else key
        wrapped = await asyncio.to_thread(self._root.wrap, made, place=f"keys/{key_id}")
        born = {"wrapped": wrapped, "root_id": self._root.root_id, "created_at": now}
        await self._keys.insert({"_id": key_id, **more, **born}, tx=tx)
        return made

    async def create_call_key(self, workspace_id: str, call_id: str, *, now: datetime, tx: Any = None) -> bytes:
        """Make a call's key and return it."""
        return await self._create(workspace_id, call_id, "call", now=now, tx=tx)

    async def create_call_keys(
        self, workspace_id: str, call_id: str, *, now: datetime, tx: Any = None
    ) -> dict[str, bytes]:
        """Make a call's key and, wrapped under it, one for each of `ARTIFACTS`; return those by artifact.

        One of them can be destroyed alone; destroying the call's key takes all.
        """
        call_key = await self.create_call_key(workspace_id, call_id, now=now, tx=tx)
        keys = {artifact: os.urandom(KEY_BYTES) for artifact in ARTIFACTS}
        documents = [
            {
                "_id": f"{call_id}/{artifact}",
                "workspace_id": workspace_id,
                "kind": "artifact",
                "wrapped": seal(call_key, key, place=f"keys/{call_id}/{artifact}"),
                "created_at": now,
            }
            for artifact, key in keys.items()
        ]
        await self._keys.insert_many(documents, tx=tx)
        return keys

    async def destroy_artifact(
        self, workspace_id: str, call_id: str, artifact: str, *, now: datetime, tx: Any = None
    ) -> bool:
        """Destroy the key of one part of a call; say whether the part had one of its own.

        Of a call that is older than such keys the part does not open here any more either; but a copy of it in a backup
        does, with the call's key, until that one is destroyed.
        """
        key_id = f"{call_id}/{artifact}"
        found = await self._keys.find_one({"_id": key_id, "workspace_id": workspace_id}, tx=tx)
        if found is None:
            fact = {"_id": key_id, "workspace_id": workspace_id, "kind": "artifact", "shared": True}
            await self._keys.insert({**fact, "destroyed_at": now}, tx=tx)
            return False
        change = {"$unset": {"wrapped": ""}, "$set": {"destroyed_at": now}}
        await self._keys.update({"_id": key_id, "wrapped": {"$exists": True}}, change, tx=tx)
        return not found.get("shared", False)

    async def _create(self, workspace_id: str, key_id: str, kind: str, *, now: datetime, tx: Any = None) -> bytes:
        key = os.urandom(KEY_BYTES)
        wrapped = seal(await self._workspace_key(workspace_id), key, place=f"keys/{key_id}")
        await self._keys.insert(
            {"_id": key_id, "workspace_id": workspace_id, "kind": kind, "wrapped": wrapped, "created_at": now}, tx=tx
        )
        return key

    async def month_key(self, workspace_id: str, month: str, *, now: datetime) -> bytes:
        """Return the key for CDR identifiers of one workspace and month (`2026-11`), made at first use."""
        key_id = f"{workspace_id}/{month}"
        key = await self._open(workspace_id, key_id)
        if key is not None:
            return key
        try:
            return await self._create(workspace_id, key_id, "month", now=now)
        except Duplicate:
            made_meanwhile = await self._open(workspace_id, key_id)
            if made_meanwhile is None:
                raise Gone("the month's key is destroyed", key_id=key_id) from None
            return made_meanwhile

    async def month_keys(self, workspace_id: str, months: Collection[str], *, now: datetime) -> MonthKeys:
        """Return the keys of these months, those that are not there yet made, and whether a row was ever erased.

        One look for everything: what takes rows in asks this of each batch, and of no memory.
        """
        ids = {f"{workspace_id}/{month}": month for month in months}
        there = {"_id": {"$in": [workspace_id, *ids]}, "workspace_id": workspace_id}
        found = {document["_id"]: document for document in await self._keys.find(there)}
        keys: dict[str, bytes] = {}
        for key_id, month in ids.items():
            wrapped = found[key_id].get("wrapped") if key_id in found else None
            if wrapped is not None:
                keys[month] = unseal(await self._workspace_key(workspace_id), bytes(wrapped), place=f"keys/{key_id}")
            elif key_id not in found:
                with contextlib.suppress(Gone):  # made and destroyed by others since we looked
                    keys[month] = await self.month_key(workspace_id, month, now=now)
        return MonthKeys(keys, rows_erased=found.get(workspace_id, {}).get("rows_erased") is not False)

    async def note_erased_rows(self, workspace_id: str, *, tx: Any = None) -> None:
        """Remember that rows of the workspace were erased, for `month_keys`; before their tombstones are there.

        Only `False`, which a workspace is born with, says that none was: what is older, or missing, is taken for yes.
        """
        never = {"_id": workspace_id, "kind": "workspace", "rows_erased": False}
        await self._keys.update(never, {"$set": {"rows_erased": True}}, tx=tx)

    async def all_months(self, workspace_id: str) -> list[str]:
        """Return the months of which the workspace has, or had, a key, oldest first."""
        keys = await self._keys.find({"workspace_id": workspace_id, "kind": "month"}, fields=("_id",))
        return sorted(key["_id"].rpartition("/")[2] for key in keys)

    async def destroy(self, workspace_id: str, key_id: str, *, now: datetime, tx: Any = None) -> None:
        """Destroy a key: the wrapped bytes go, the fact and its time stay. With a call's key those of its parts go."""
        await self._keys.update(
            {"_id": key_id, "workspace_id": workspace_id, "kind": {"$ne": "workspace"}},
            {"$unset": {"wrapped": ""}, "$set": {"destroyed_at": now}},
            tx=tx,
        )
        parts = [f"{key_id}/{artifact}" for artifact in ARTIFACTS]
        await self._keys.delete({"_id": {"$in": parts}, "workspace_id": workspace_id, "kind": "artifact"}, tx=tx)

    async def gate(self, workspace_id: str, *, tx: Any) -> None:
        """Make transactions of a workspace that decide over erasing run one after the other.

        Placing a hold and destroying a key write different documents; both write this one too, so that neither can
        be decided on what the other has just changed.
        """
        await self._keys.update({"_id": workspace_id, "kind": "workspace"}, {"$inc": {"decisions": 1}}, tx=tx)
