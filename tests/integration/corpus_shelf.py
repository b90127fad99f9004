"""A published release without a build: rows written by the shards' own writer, lineage by its own store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from corpus.items import ItemStore, LineageSealer
from corpus.policy import CorpusPolicy
from corpus.release_files import FileState
from corpus.releases import ReleaseStore
from corpus.rewriting import rewrite_stale
from corpus.shard_store import ShardStore
from corpus.shards import table_of
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers, Split
from domain.ids import new_id
from domain.records import Category
from governance.workspaces import WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources


def utc_now() -> datetime:
    return datetime.now(UTC)


def item(item_id: str, *, words: int = 6, split: Split = Split.TRAIN) -> CorpusItem:
    """Return an item whose words name it, so that a row that is left anywhere is found by its bytes."""
    said = tuple(CorpusWord(float(at), at + 0.5, f"{item_id[-6:]}x{at}") for at in range(words))
    turns = (CorpusTurn("agent", said[: words // 2]), CorpusTurn("contact", said[words // 2 :]))
    facts = QuasiIdentifiers(month="2026-Q4", direction="inbound", place="EU")
    return CorpusItem(item_id, "en", float(words), turns, facts, "consent", split=split)


@dataclass
class Shelf:
    """A published release: its number, and the items of each call in it."""

    resources: Resources
    number: int
    release_id: str
    items: dict[str, str]
    """Call → item."""

    async def document(self) -> Document:
        return await ReleaseStore(self.resources).get(self.release_id)

    async def rewrite(self) -> bool:
        return await rewrite_stale(self.resources, self.release_id, clock=utc_now)

    async def rows(self) -> set[str]:
        """Return the ids of all rows in all files that are served."""
        document = await self.document()
        store = ShardStore(self.resources, self.release_id, await ReleaseStore(self.resources).key(self.release_id))
        found: set[str] = set()
        for file in document["files"]:
            if file["state"] == FileState.CURRENT:
                found |= {one async for table in store.tables(file) for one in table["item_id"].to_pylist()}
        return found

    async def objects(self) -> set[str]:
        """Return the ids of the objects in the store."""
        keys = await self.resources.objects.list_keys(f"k/{self.release_id}/")
        return {key.rpartition("/")[2] for key in keys}


async def shelf(
    resources: Resources,
    workspace_id: str,
    call_ids: Sequence[str],
    *,
    per_file: int = 3,
    people: Sequence[Sequence[str]] = (),
    lawful_until: datetime | None = None,
    state: str = "published",
    words: int = 6,
) -> Shelf:
    """Put a release on the shelf with one item for each call, so many in each file."""
    releases = ReleaseStore(resources)
    made = await releases.create(
        purpose="a test", asked_by="key_test", policy=CorpusPolicy(), workspaces=[workspace_id], now=utc_now()
    )
    await resources.database.whole("outbox").delete({"call_id": made["_id"]})  # nothing is to be planned
    found, files = {call_id: new_id("item") for call_id in call_ids}, []
    store = ShardStore(resources, made["_id"], await releases.key(made["_id"]))
    for number, first in enumerate(range(0, len(call_ids), per_file)):
        some = call_ids[first : first + per_file]
        name = f"train-{number:05}.parquet"
        files.append(await _file(store, name, [item(found[one], words=words) for one in some]))
        ends = lawful_until or utc_now() + timedelta(days=90)
        parties = [people[at] if people else () for at in range(first, first + len(some))]
        await _lineage(resources, workspace_id, made["number"], name, {one: found[one] for one in some}, parties, ends)
    counts = {"items": len(found), "turns": 2 * len(found), "words": words * len(found), "calls": len(found)}
    more = {"languages": {"en": len(found)}, "basis": {"consent": len(found)}, "excluded": {}}
    fields = {"state": state, "phase": None, "files": files, "counts": counts | more, "published_at": utc_now()}
    await resources.database.whole("corpus_releases").update({"_id": made["_id"]}, {"$set": fields})
    return Shelf(resources, made["number"], made["_id"], found)


async def _file(store: ShardStore, name: str, items: Sequence[CorpusItem]) -> Document:
    async def tables() -> AsyncIterator[Any]:
        for first in range(0, len(items), 2):
            yield table_of(items[first : first + 2])

    told = await store.write(tables())
    assert told is not None
    return {"name": name, "split": "train", "state": FileState.CURRENT.value, "revision": 1, **told}


async def _lineage(
    resources: Resources,
    workspace_id: str,
    number: int,
    name: str,
    items: dict[str, str],
    people: Sequence[Sequence[str]],
    until: datetime,
) -> None:
    sealer = await LineageSealer.of(resources, workspace_id)
    policy = (await WorkspaceStore(resources).get(workspace_id)).policy
    tags = policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id=workspace_id, anchor=utc_now())
    lineages = []
    for (call_id, item_id), parties in zip(items.items(), people, strict=True):
        call = {"_id": call_id, **tags.to_document(), "retain_until": until + timedelta(days=1)}
        lineages.append(sealer.lineage(item_id, call, parties, until))
    await ItemStore(resources).add(number, name, 0, lineages)
