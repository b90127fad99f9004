"""Opening keys: what is wrapped under the root key, a workspace's or a call's, unwrapped for whoever needs it.

Keys of calls are never cached: a destroyed key must be gone at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from domain.errors import Gone, NotFound
from storage.blind_index import BlindIndexer, indexer_of
from storage.key_reading import KeyReader
from storage.mongo import Database
from storage.root_keys import RootKey
from storage.sealing import ValueSealer, derive, unseal

_derived = lru_cache(maxsize=32)(derive)
"""Of the workspaces that were busy last; their keys are remembered too."""
PLATFORM: Final = "platform"
"""Whose keys those are that belong to no workspace."""


class KeyOpener(KeyReader):
    """Finds keys and opens them."""

    def __init__(self, database: Database, root: RootKey) -> None:
        super().__init__(database)
        self._root = root
        self._workspace_keys: dict[str, bytes] = {}

    async def _workspace_key(self, workspace_id: str) -> bytes:
        cached = self._workspace_keys.get(workspace_id)
        if cached is not None:
            return cached
        found = await self._found.find_one({"_id": workspace_id, "kind": "workspace"})
        if found is None or found.get("wrapped") is None:
            raise Gone("the workspace's key is destroyed", workspace_id=workspace_id)
        key = await asyncio.to_thread(self._root.unwrap, bytes(found["wrapped"]), place=f"keys/{workspace_id}")
        self._workspace_keys[workspace_id] = key
        return key

    async def artifact_key(self, workspace_id: str, call_id: str, artifact: str) -> bytes:
        """Return the key of one part of a call: its sound, its words. Raises Gone once it or the call's is destroyed.

        A call that is older than these keys has one for everything: its own.
        """
        key_id = f"{call_id}/{artifact}"
        there = {"_id": {"$in": [call_id, key_id]}, "workspace_id": workspace_id}
        found = {document["_id"]: document for document in await self._found.find(there)}
        destroyed = any(one.get("wrapped") is None for one in found.values())
        if call_id not in found or destroyed:
            raise Gone(f"the {artifact} is erased", call_id=call_id, reason=f"{artifact}_erased")
        over = await self._workspace_key(workspace_id)
        call_key = unseal(over, bytes(found[call_id]["wrapped"]), place=f"keys/{call_id}")
        if key_id not in found:
            return call_key
        return unseal(call_key, bytes(found[key_id]["wrapped"]), place=f"keys/{key_id}")

    async def artifact_keys(self, workspace_id: str, call_ids: Collection[str], artifact: str) -> dict[str, bytes]:
        """Return the keys of one part of many calls, in one look; those whose key is destroyed are left out."""
        ids = {f"{call_id}/{artifact}": call_id for call_id in call_ids}
        there = {"_id": {"$in": [*call_ids, *ids]}, "workspace_id": workspace_id}
        found = {document["_id"]: document.get("wrapped") for document in await self._found.find(there)}
        over = ValueSealer(await self._workspace_key(workspace_id))
        keys: dict[str, bytes] = {}
        for key_id, call_id in ids.items():
            wrapped, own = found.get(call_id), found.get(key_id)
            if wrapped is None or (own is None and key_id in found):
                continue
            call_key = over.unseal(bytes(wrapped), place=f"keys/{call_id}")
            keys[call_id] = call_key if own is None else unseal(call_key, bytes(own), place=f"keys/{key_id}")
        return keys

    async def platform_key(self, key_id: str) -> bytes:
        """Return a key that belongs to no workspace: a release's, say.

        Raises:
            NotFound: there is none.
            Gone: it is destroyed.
        """
        found = await self._found.find_one({"_id": key_id, "workspace_id": PLATFORM})
        if found is None:
            raise NotFound("no such key", key_id=key_id)
        if found.get("wrapped") is None:
            raise Gone("the key is destroyed", key_id=key_id)
        return await asyncio.to_thread(self._root.unwrap, bytes(found["wrapped"]), place=f"keys/{key_id}")

    async def _open(self, workspace_id: str, key_id: str) -> bytes | None:
        found = await self._found.find_one({"_id": key_id, "workspace_id": workspace_id})
        if found is None:
            return None
        if found.get("wrapped") is None:
            raise Gone("the key is destroyed", key_id=key_id)
        return unseal(await self._workspace_key(workspace_id), bytes(found["wrapped"]), place=f"keys/{key_id}")

    async def call_key(self, workspace_id: str, call_id: str) -> bytes:
        """Return a call's key. Raises Gone once it is destroyed."""
        key = await self._open(workspace_id, call_id)
        if key is None:
            raise Gone("the call has no key", call_id=call_id)
        return key

    async def blind_index(self, workspace_id: str, value: str) -> str:
        """Return the keyed hash under which a number or address is found without being stored (HMAC-SHA256)."""
        return (await self.blind_indexer(workspace_id)).token(value)

    async def blind_indexer(self, workspace_id: str) -> BlindIndexer:
        """Return what makes a workspace's keyed hashes, for those who need many."""
        return indexer_of(_derived(await self._workspace_key(workspace_id), "blind-index"))

    async def purpose_key(self, workspace_id: str, purpose: str) -> bytes:
        """Return a key of the workspace for one purpose (secrets of its sources, say). Raises Gone."""
        return derive(await self._workspace_key(workspace_id), f"purpose:{purpose}")
