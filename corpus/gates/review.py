"""The sample that a person looks at before a release is approved: items drawn under its key, as they were written.

Only the ids of the sample are noted with the release. Its words are read from the files when somebody looks, so that
who left meanwhile is not in it, and no copy is kept that an erasure would have to find.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from corpus.gates.marking import Sheet
from corpus.items import ItemStore
from corpus.release_files import FileState, descended
from corpus.releases import ReleaseState, ReleaseStore
from corpus.shard_store import ShardStore
from corpus.shards import items_of
from domain.corpus import CorpusItem
from domain.errors import Conflict
from storage.mongo import Document
from storage.resources import Resources

SHOWN: Final = (ReleaseState.REVIEW, ReleaseState.PUBLISHING, ReleaseState.PUBLISHED)
"""States in which there is something to look at."""


async def sheet_of(resources: Resources, number: int) -> Sheet:
    """Return the sample of a release.

    Raises:
        NotFound: no such release.
        Conflict: nothing of it may be looked at: it is being built, failed, or was given up.
    """
    release = await ReleaseStore(resources).numbered(number)
    if release["state"] not in SHOWN:
        raise Conflict("there is a sample once the gates passed, until the release is given up", state=release["state"])
    ids: list[str] = release.get("sample", [])
    still = {one["_id"]: one for one in await ItemStore(resources).still_in(ids)}
    shards = ShardStore(resources, release["_id"], await ReleaseStore(resources).key(release["_id"]))
    found: dict[str, CorpusItem] = {}
    for item_id, lineage in still.items():
        if (item := await _item(shards, release, item_id, lineage)) is not None:
            found[item_id] = item
    items = tuple(found[item_id] for item_id in ids if item_id in found)
    return Sheet(number, release["revision"], items, len(ids) - len(items))


async def _item(shards: ShardStore, release: Document, item_id: str, lineage: Document) -> CorpusItem | None:
    file = descended(release["files"], lineage["file"])
    if file is None or file["state"] != FileState.CURRENT:
        return None
    tables = await shards.near(file, lineage["row"])
    for table in tables:
        item = await asyncio.to_thread(_in_table, table, item_id)
        if item is not None:
            return item
    return None


def _in_table(table: Any, item_id: str) -> CorpusItem | None:
    ids: Sequence[str] = table["item_id"].to_pylist()
    return next(items_of(table.slice(ids.index(item_id), 1))) if item_id in ids else None
