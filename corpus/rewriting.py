"""Closed files are written anew without the rows of items that left; the old object is erased, every version of it.

What must never happen here: a file served again with a row of somebody who left, or an old object that is forgotten.
So a new file is put in force only if nobody left since its rows were chosen, and what is to be erased is written down
before anything else, and struck out once it is gone. Killed anywhere, the next try goes on; two do the work twice and
one result counts.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpus.items import ItemStore
from corpus.places import file_key
from corpus.release_files import FileState, descended, first_name, name_at, unsettled
from corpus.releases import ReleaseStore
from corpus.shard_store import ShardStore
from domain.ids import new_id
from storage.mongo import Document
from storage.resources import Resources

CLAIM: Final = timedelta(minutes=15)
"""For so long nobody else begins with a file that one has begun with; a shard of 256 MiB takes a minute or two."""
Clock = Callable[[], datetime]


async def rewrite_stale(resources: Resources, release_id: str, *, clock: Clock) -> bool:
    """Write every closed file of a release anew; False when others are at some of them, or more closed meanwhile.

    Raises:
        NotFound: no such release.
    """
    release = await ReleaseStore(resources).get(release_id)
    if release["phase"] is not None:  # its build writes all files
        return not unsettled(release)
    for file in unsettled(release):
        await _Rewriting(resources, release_id, clock).settle(str(first_name(file["name"])))
    return not unsettled(await ReleaseStore(resources).get(release_id))


@dataclass
class Taken:
    """What the rows had that were taken out of a file."""

    counts: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    basis: Counter[str] = field(default_factory=Counter)

    def add(self, table: Any) -> None:
        """Count these rows."""
        turns = table["turns"].combine_chunks()
        words = pc.sum(pc.list_value_length(pc.struct_field(pc.list_flatten(turns), "words"))).as_py()
        spoken = pc.sum(pc.list_value_length(turns)).as_py()
        self.counts.update(items=table.num_rows, turns=spoken or 0, words=words or 0)
        self.languages.update(table["language"].to_pylist())
        self.basis.update(table["basis"].to_pylist())

    def from_counts(self, counts: Document) -> Document:
        """Return a release's counts without these rows."""
        less = {name: counts[name] - self.counts[name] for name in ("items", "turns", "words")}
        for name, gone in (("languages", self.languages), ("basis", self.basis)):
            left: Counter[str] = Counter(counts.get(name, {}))
            left.subtract(gone)
            less[name] = {key: number for key, number in sorted(left.items()) if number > 0}
        return {**counts, **less}


class _Rewriting:
    """Brings one file to rest: written anew, the old object erased."""

    def __init__(self, resources: Resources, release_id: str, clock: Clock) -> None:
        self._resources = resources
        self._releases, self._items = ReleaseStore(resources), ItemStore(resources)
        self._release_id = release_id
        self._clock = clock

    async def settle(self, first: str) -> None:
        """Write the file of this first name anew if it is closed, then erase what it was."""
        release = await self._releases.get(self._release_id)
        file = descended(release["files"], first)
        if file is not None and file["state"] == FileState.STALE:
            await self._write_anew(release["number"], file)
        await self._erase_old(first)

    async def _write_anew(self, number: int, file: Document) -> None:
        """Put a file without those rows in force, unless another is at it, or somebody left meanwhile."""
        object_id = new_id("obj")
        if not await self._claim(file, object_id):
            return
        leaving = await self._items.revoked_of(number, str(first_name(file["name"])))
        store, taken = (
            ShardStore(self._resources, self._release_id, await self._releases.key(self._release_id)),
            Taken(),
        )
        done = False
        try:
            kept = _without(store.tables(file), frozenset(leaving), taken)
            made = await store.write(kept, object_id=object_id)
            done = await self._resources.database.transaction(
                lambda tx: self._put_in_force(file, object_id, made, taken, tx)
            )
        finally:
            if not done:
                await self._give_up(file, object_id)

    async def _claim(self, file: Document, object_id: str) -> bool:
        """Take a file for a while and write down the object that is to be: the next one erases it if we die."""
        now = self._clock()
        free: Document = {
            "state": FileState.STALE.value,
            "marked": file["marked"],
            "attempt": file.get("attempt"),
            "$or": [{"claimed_until": None}, {"claimed_until": {"$lte": now}}],
        }
        earlier = [] if file.get("attempt") is None else [file["attempt"]]
        erasing = [*file.get("erasing", ()), *earlier]
        fields = {"claimed_until": now + CLAIM, "attempt": object_id, "erasing": erasing}
        return await self._releases.note_file(self._release_id, file["name"], free, fields)

    async def _put_in_force(self, file: Document, object_id: str, made: Document | None, taken: Taken, tx: Any) -> bool:
        release = await self._releases.get(self._release_id, tx=tx)
        now = next((one for one in release["files"] if one["name"] == file["name"]), None)
        if now is None or (now.get("attempt"), now.get("marked")) != (object_id, file["marked"]):
            return False
        successor = _successor(now, name_at(file["name"], release["revision"] + 1), made)
        files = [successor if one is now else one for one in release["files"]]
        fields = {"files": files, "counts": taken.from_counts(release["counts"])}
        return await self._releases.revise(self._release_id, release["revision"], fields, tx=tx)

    async def _give_up(self, file: Document, object_id: str) -> None:
        await self._erase(object_id)
        ours = {"attempt": object_id, "state": FileState.STALE.value}
        await self._releases.note_file(self._release_id, file["name"], ours, {"claimed_until": None})

    async def _erase_old(self, first: str) -> None:
        """Erase the objects that a file's rows lay in before, and note that its revoked items are in none any more."""
        release = await self._releases.get(self._release_id)
        file = descended(release["files"], first)
        if file is None or not file.get("erasing"):
            return
        for object_id in file["erasing"]:
            await self._erase(object_id)

        async def write(tx: Any) -> None:
            as_it_was = {"erasing": file["erasing"], "state": file["state"], "marked": file.get("marked")}
            unchanged = await self._releases.note_file(
                self._release_id, file["name"], as_it_was, {"erasing": []}, tx=tx
            )
            if unchanged and file["state"] != FileState.STALE:
                await self._items.note_taken(release["number"], first, now=self._clock(), tx=tx)

        await self._resources.database.transaction(write)

    async def _erase(self, object_id: str) -> None:
        key = file_key(self._release_id, object_id)
        await self._resources.objects.abort_all(key)
        await self._resources.objects.delete(key)


def _successor(file: Document, name: str, made: Document | None) -> Document:
    erasing = [*file.get("erasing", ()), file["object_id"]]
    rest = {"erasing": erasing, "attempt": None, "claimed_until": None}
    if made is None:
        empty = {"object_id": None, "rows": 0, "size": 0, "sha256": None}
        return {**file, **empty, **rest, "state": FileState.REMOVED.value}
    return {**file, **made, **rest, "name": name, "state": FileState.CURRENT.value}


async def _without(tables: AsyncIterator[Any], leaving: Collection[str], taken: Taken) -> AsyncIterator[Any]:
    """Yield row groups without the rows of these items, which are counted."""
    ids = pa.array(sorted(leaving), pa.string())
    async for table in tables:
        goes = pc.is_in(table["item_id"], value_set=ids)
        gone = await asyncio.to_thread(table.filter, goes)
        if not gone.num_rows:
            yield table
            continue
        taken.add(gone)
        kept = await asyncio.to_thread(table.filter, pc.invert(goes))
        if kept.num_rows:
            yield kept
