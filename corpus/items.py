"""Lineage: which call an item was made of. Apart from the releases, and sealed: an item by itself leads to nobody.

Found in one direction only: from a call or a person (keyed hashes of the workspace) to their items, so that both can
leave. The way back, from an item to its call, is sealed under a key of the workspace.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from domain.records import TAG_FIELDS
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ValueSealer

LINEAGE: Final = "corpus:lineage"
"""The purpose of the workspace's key that seals call ids."""
ERASED: Final = "erased"
"""The reason of items whose call is erased: their lineage goes too."""
_AT_ONCE: Final = 1000


class ItemState(StrEnum):
    """Whether an item may still be trained on."""

    IN = "in"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Lineage:
    """What is known of an item while it is made."""

    item_id: str
    workspace_id: str
    call_token: str
    """Keyed hash of the call's id, under the workspace's key."""
    sealed_call: bytes
    people: tuple[str, ...]
    """Keyed hashes of its parties, under the workspace's key."""
    lawful_until: datetime
    tags: Document


class LineageSealer:
    """Makes what lineage holds of calls, for one workspace."""

    def __init__(self, key: bytes, token: Any) -> None:
        self._sealer = ValueSealer(key, drawn=256)
        self._token = token

    @classmethod
    async def of(cls, resources: Resources, workspace_id: str) -> LineageSealer:
        """Open the workspace's keys. Raises Gone when they are destroyed."""
        key = await resources.keyring.purpose_key(workspace_id, LINEAGE)
        return cls(key, (await resources.keyring.blind_indexer(workspace_id)).token)

    def lineage(self, item_id: str, call: Document, people: Sequence[str], lawful_until: datetime) -> Lineage:
        """Return an item's lineage. `lawful_until` is no later than the call's own end."""
        tags = {name: call[name] for name in TAG_FIELDS}
        until = min(lawful_until, call["retain_until"])
        return Lineage(
            item_id,
            call["workspace_id"],
            self._token(call["_id"]),
            self._sealer.seal(call["_id"].encode(), place=_place(item_id)),
            tuple(sorted(people)),
            until,
            tags | {"retain_until": until},
        )


class LineageOpener:
    """Opens the lineage of many items of one workspace."""

    def __init__(self, key: bytes) -> None:
        self._sealer = ValueSealer(key)

    @classmethod
    async def of(cls, resources: Resources, workspace_id: str) -> LineageOpener:
        """Open the workspace's key. Raises Gone when it is destroyed."""
        return cls(await resources.keyring.purpose_key(workspace_id, LINEAGE))

    def call_of(self, item: Document) -> str:
        """Return the id of the call that an item was made of."""
        return self._sealer.unseal(bytes(item["sealed"]), place=_place(item["_id"])).decode()


async def call_token(resources: Resources, workspace_id: str, call_id: str) -> str:
    """Return by what the items of a call are found."""
    return await resources.keyring.blind_index(workspace_id, call_id)


async def call_of(resources: Resources, item: Document) -> str:
    """Return the id of the call that an item was made of. Raises Gone when the workspace's key is destroyed."""
    return (await LineageOpener.of(resources, item["workspace_id"])).call_of(item)


class ItemStore:
    """The one writer of `corpus_items`, over all workspaces; `corpus.custodian` erases by call."""

    def __init__(self, resources: Resources) -> None:
        self._items = resources.database.whole("corpus_items")

    async def add(self, number: int, file: str, first_row: int, lineages: Sequence[Lineage]) -> None:
        """Note that these items stand in a file of release `number`, from this row on. Safe to run twice."""
        rows = [_document(number, file, first_row + at, one) for at, one in enumerate(lineages)]
        for first in range(0, len(rows), _AT_ONCE):
            await self._items.insert_many(rows[first : first + _AT_ONCE])

    async def workspaces(self, number: int) -> list[str]:
        """Return the workspaces that have items in a release."""
        return await self._items.workspaces({"release": number})

    async def pages(
        self, number: int, workspace_id: str, *, state: ItemState = ItemState.IN
    ) -> AsyncGenerator[list[Document]]:
        """Yield a workspace's items in a release, some at a time, by id."""
        after = ""
        where = {"workspace_id": workspace_id, "release": number, "state": state.value}
        while page := await self._items.find({**where, "_id": {"$gt": after}}, limit=_AT_ONCE):
            yield page
            after = page[-1]["_id"]

    async def count(self, number: int, *, state: ItemState = ItemState.IN) -> int:
        """Return how many items of a release there are."""
        return await self._items.count({"release": number, "state": state.value})

    async def of_call(self, workspace_id: str, token: str) -> list[Document]:
        """Return the items that were made of a call, of all releases."""
        return await self._items.find({"workspace_id": workspace_id, "call": token})

    async def of_people(self, workspace_id: str, people: Sequence[str], *, limit: int = 0) -> list[Document]:
        """Return the items, still in, in which somebody of these takes part."""
        where = {"workspace_id": workspace_id, "people": {"$in": list(people)}, "state": ItemState.IN.value}
        return await self._items.find(where, limit=limit)

    async def of_calls(self, workspace_id: str, tokens: Sequence[str]) -> list[Document]:
        """Return the items, still in, that were made of these calls."""
        where = {"workspace_id": workspace_id, "call": {"$in": list(tokens)}, "state": ItemState.IN.value}
        return await self._items.find(where)

    async def prolong(self, item_id: str, until: datetime) -> None:
        """Note that an item's ground holds for longer: a consent was given anew."""
        await self._items.update({"_id": item_id, "lawful_until": {"$lt": until}}, {"$set": {"lawful_until": until}})

    async def still_in(self, item_ids: Collection[str], *, tx: Any = None) -> list[Document]:
        """Return those of these items that may still be trained on."""
        return await self._items.find({"_id": {"$in": list(item_ids)}, "state": ItemState.IN.value}, tx=tx)

    async def revoke(self, item_ids: Collection[str], *, reason: str, now: datetime, tx: Any = None) -> int:
        """Note that items may not be trained on any more; return how many had been: the first reason stays."""
        still = {"_id": {"$in": list(item_ids)}, "state": ItemState.IN.value}
        change = {"state": ItemState.REVOKED.value, "reason": reason, "revoked_at": now, "leaving": True}
        return await self._items.update_all(still, {"$set": change}, tx=tx)

    async def revoked_of(self, number: int, file: str) -> list[str]:
        """Return the items that left and may yet stand in an object of a file, which goes by its first name here."""
        found = await self._items.find(_leaving(number, file), fields=("_id",))
        return [one["_id"] for one in found]

    async def note_taken(self, number: int, file: str, *, now: datetime, tx: Any = None) -> None:
        """Note that nothing of a file's revoked items is left in any object; forget those whose call is erased."""
        leaving = _leaving(number, file)
        await self._items.delete({**leaving, "reason": ERASED}, tx=tx)
        await self._items.update_all(leaving, {"$set": {"taken_at": now}, "$unset": {"leaving": ""}}, tx=tx)

    async def leaving_files(self) -> list[tuple[int, str]]:
        """Return the files, by release and first name, in which items that left may yet stand."""
        by_file = {"_id": {"release": "$release", "file": "$file"}}
        found = await self._items.grouped({"leaving": True, "release": {"$gte": 1}}, by_file)
        return [(one["_id"]["release"], one["_id"]["file"]) for one in found]

    async def forget_call(self, workspace_id: str, token: str) -> None:
        """Remove the lineage of a call, of items that stand in no object any more; of others once that is so."""
        of_call = {"workspace_id": workspace_id, "call": token, "state": ItemState.REVOKED.value}
        await self._items.delete({**of_call, "leaving": {"$exists": False}})
        await self._items.update_all(of_call, {"$set": {"reason": ERASED}})

    async def unlawful(self, *, now: datetime, limit: int) -> list[Document]:
        """Return items, still in, whose ground ran out."""
        over = {"state": ItemState.IN.value, "lawful_until": {"$lte": now}}
        return await self._items.find(over, limit=limit, sort=(("lawful_until", 1),))

    async def behind(self, item_id: str, *, limit: int) -> list[Document]:
        """Return items, still in, of all releases, by id, those behind this one: a walk through everything."""
        return await self._items.find({"_id": {"$gt": item_id}, "state": ItemState.IN.value}, limit=limit)

    async def of_workspace(self, workspace_id: str, *, after: str, limit: int) -> list[Document]:
        """Return a workspace's items, still in, of all releases, by id, those behind this one."""
        where = {"workspace_id": workspace_id, "_id": {"$gt": after}, "state": ItemState.IN.value}
        return await self._items.find(where, limit=limit)

    async def forget_release(self, number: int) -> None:
        """Remove the lineage of a release of which nothing is kept."""
        await self._items.delete({"release": number})


def _leaving(number: int, file: str) -> Document:
    return {"release": number, "file": file, "leaving": True}


def _document(number: int, file: str, row: int, one: Lineage) -> Document:
    return {
        **one.tags,
        "_id": one.item_id,
        "workspace_id": one.workspace_id,
        "release": number,
        "call": one.call_token,
        "people": list(one.people),
        "sealed": one.sealed_call,
        "file": file,
        "row": row,
        "lawful_until": one.lawful_until,
        "state": ItemState.IN.value,
    }


def _place(item_id: str) -> str:
    return f"corpus_items/{item_id}"
