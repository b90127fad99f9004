"""Who left since a release was built: every item's call is judged again, before anything is published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from corpus.deid.hierarchies import Facts, facts_tuple
from corpus.described import CURRENT
from corpus.eligibility import EligibilityReader
from corpus.items import ItemStore, LineageOpener
from corpus.policy import CorpusPolicy
from corpus.shard_store import ShardStore
from corpus.shards import told_of
from domain.errors import Gone, NotFound
from domain.training import TrainingReason
from storage.mongo import Document
from storage.resources import Resources


async def who_left(
    resources: Resources, release: Document, policy: CorpusPolicy, *, now: datetime
) -> dict[str, TrainingReason]:
    """Return the items of a release whose calls may not be in any more, with the reason. Memory: those that left."""
    items, left = ItemStore(resources), dict[str, TrainingReason]()
    for workspace_id in await items.workspaces(release["number"]):
        try:
            opener = await LineageOpener.of(resources, workspace_id)
            at = release["snapshot_at"]
            reader = await EligibilityReader.open(resources, workspace_id, at=at, policy=policy, now=now)
        except (Gone, NotFound):
            async for page in items.pages(release["number"], workspace_id):
                left |= {item["_id"]: TrainingReason.ERASED for item in page}
            continue
        calls = resources.database.scoped("calls", workspace_id).reading()
        async for page in items.pages(release["number"], workspace_id):
            ids = {opener.call_of(item): item["_id"] for item in page}
            found = await calls.find({"_id": {"$in": list(ids)}})
            left |= dict.fromkeys(_absent(ids, found), TrainingReason.ERASED)
            judged = await reader.judge(found)
            left |= {ids[one.call_id]: one.stays for one in judged if one.stays is not TrainingReason.ALLOWED}
    return left


async def too_alone(shards: ShardStore, release: Document, policy: CorpusPolicy) -> list[str]:
    """Return the items of classes that have fewer than k items, or too few labels, now that somebody left."""
    items, labels = Counter[Facts](), defaultdict[Facts, set[tuple[str, str]]](set)
    for file in _current(release):
        async for table in shards.tables(file):
            for _, facts, told in told_of(table):
                items[facts_tuple(facts)] += 1
                labels[facts_tuple(facts)].update(told.items())
    few = {facts for facts, count in items.items() if count < policy.k or _alike(labels[facts], policy.l)}
    alone: list[str] = []
    for file in _current(release) if few else ():
        async for table in shards.tables(file):
            alone += [item_id for item_id, facts, _ in told_of(table) if facts_tuple(facts) in few]
    return alone


def _current(release: Document) -> list[Document]:
    return [file for file in release["files"] if file["state"] == CURRENT]


def _alike(labels: Iterable[tuple[str, str]], least: int) -> bool:
    values = Counter(name for name, _ in labels)
    return any(count < least for count in values.values())


def _absent(ids: dict[str, str], found: Sequence[Document]) -> list[str]:
    there = {call["_id"] for call in found}
    return [item_id for call_id, item_id in ids.items() if call_id not in there]
