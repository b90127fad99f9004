"""The two chores of which a build has many: reading a workspace's day, writing a group of items.

Each may run twice, and be killed at any instant: what it wrote lies under fresh ids until its unit says it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from corpus.eligibility import Eligibility, EligibilityReader
from corpus.items import ItemStore, LineageSealer
from corpus.joining import Counted
from corpus.making import ItemMaker, keyed_under, tag_of
from corpus.policy import CorpusPolicy
from corpus.releases import Phase, ReleaseState, ReleaseStore, policy_of
from corpus.shard_store import ShardStore
from corpus.staging import Staging
from corpus.uncollected import uncollected
from corpus.unit_writer import UnitWriter
from corpus.units import UnitKind, UnitStore
from corpus.writing import GroupWriter
from domain.jobs import Job
from domain.training import TrainingReason
from storage.mongo import Document
from storage.resources import Resources
from workers.corpus_reading import CallOpener, OpenCall
from workers.runner import utc_now

log = structlog.get_logger()
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """A release that is being built, with what opens it."""

    document: Document
    key: bytes
    policy: CorpusPolicy
    staging: Staging
    shards: ShardStore

    @classmethod
    async def of(cls, resources: Resources, release_id: str, *states: ReleaseState) -> OpenRelease | None:
        """Open a release, None when it is in none of these states any more: the job has nothing to do."""
        store = ReleaseStore(resources)
        document = await store.get(release_id)
        if document["state"] not in {state.value for state in states}:
            return None
        key = await store.key(release_id)
        staging, shards = Staging(resources, release_id, key), ShardStore(resources, release_id, key)
        return cls(document, key, policy_of(document), staging, shards)


async def _unit(resources: Resources, job: Job) -> tuple[Document, OpenRelease] | None:
    """Return the unit that a job is about, None when it is done or its release is not being built any more."""
    unit = await UnitStore(resources).get(job.call_id)
    if unit is None or unit["state"] != "open":
        return None
    release = await OpenRelease.of(resources, unit["release"], ReleaseState.BUILDING, ReleaseState.PUBLISHING)
    return None if release is None else (unit, release)


async def read_day(resources: Resources, job: Job) -> None:
    """Make the items of a workspace's calls of one day, and keep them staged."""
    found = await _unit(resources, job)
    if found is None:
        return
    unit, release = found
    writer = UnitWriter(release.staging, tag_of(release.key, unit["workspace_id"]), keyed_under(release.key))
    reader = await DayReader.of(resources, release, unit)
    async for opened, out in reader.batches():
        for reason in out:
            writer.leave_out(reason)
        await asyncio.to_thread(reader.make, opened, writer)
        await writer.flush()
    told, counts = await writer.end()
    if not await UnitStore(resources).finish(unit, told, counts=counts, now=utc_now()):
        await writer.drop(told)
        return
    log.info("corpus:unit:read", release=release.document["number"], calls=writer.calls, items=told["items"])


class DayReader:
    """Reads the calls of one unit, judges them, and has items made of those that may be in."""

    def __init__(
        self,
        resources: Resources,
        release: OpenRelease,
        unit: Document,
        *,
        opener: CallOpener,
        eligibility: EligibilityReader,
        sealer: LineageSealer,
    ) -> None:
        self._calls = resources.database.scoped("calls", unit["workspace_id"]).reading()
        self._release, self._unit = release, unit
        self._opener, self._eligibility, self._sealer = opener, eligibility, sealer
        self._maker = ItemMaker(keyed_under(release.key), release.policy)

    @classmethod
    async def of(cls, resources: Resources, release: OpenRelease, unit: Document) -> DayReader:
        """Open what reading needs of a unit's workspace."""
        workspace_id = unit["workspace_id"]
        at = release.document["snapshot_at"]
        eligibility = await EligibilityReader.open(
            resources, workspace_id, at=at, policy=release.policy, now=max(utc_now(), at)
        )
        opener = await CallOpener.of(resources, workspace_id)
        sealer = await LineageSealer.of(resources, workspace_id)
        return cls(resources, release, unit, opener=opener, eligibility=eligibility, sealer=sealer)

    async def batches(self) -> AsyncIterator[tuple[list[OpenCall], list[str]]]:
        """Yield the day's calls, some at a time: those that are in, opened, and the reasons of the others."""
        async for calls in self._pages():
            judged = list(zip(calls, await self._eligibility.judge(calls), strict=True))
            allowed = [(call, one) for call, one in judged if one.reason is TrainingReason.ALLOWED]
            opened, shut = await self._opener.open(allowed)
            yield opened, [*(one.reason.value for _, one in judged if not _in(one)), *shut.values()]

    async def _pages(self) -> AsyncIterator[Sequence[Document]]:
        day = datetime.fromisoformat(self._unit["day"]).replace(tzinfo=UTC)
        end = min(day + timedelta(days=1), self._release.document["snapshot_at"] + timedelta(milliseconds=1))
        within = {"created_at": {"$gte": day, "$lt": end}}
        where: Document = within
        while page := await self._calls.find(where, sort=(("created_at", 1), ("_id", 1)), limit=BATCH):
            yield page
            last = page[-1]
            later = [
                {"created_at": {"$gt": last["created_at"]}},
                {"created_at": last["created_at"], "_id": {"$gt": last["_id"]}},
            ]
            where = {"$and": [{"created_at": {"$gte": last["created_at"], "$lt": end}}, {"$or": later}]}

    def make(self, opened: Sequence[OpenCall], writer: UnitWriter) -> None:
        """Make the items of these calls. Takes time: call it in a thread."""
        with uncollected():
            for one in opened:
                self._make(one, writer)

    def _make(self, one: OpenCall, writer: UnitWriter) -> None:
        source = one.source()
        made = self._maker.make(source)
        if isinstance(made, str):
            writer.leave_out(made)
            return
        until = one.eligible.lawful_until or one.call["retain_until"]
        lineage = self._sealer.lineage(made.item.item_id, one.call, sorted(one.eligible.people), until)
        writer.take(made, lineage, self._maker.people(source))


def _in(one: Eligibility) -> bool:
    return one.reason is TrainingReason.ALLOWED


async def write_group(resources: Resources, job: Job) -> None:
    """Write the files of one group of items."""
    found = await _unit(resources, job)
    if found is None:
        return
    unit, release = found
    if release.document["phase"] != Phase.WRITING.value:
        return
    units = await UnitStore(resources).of_release(unit["release"], UnitKind.DAY)
    counted = Counted.from_bytes(await release.staging.get(release.document["counted"]))
    writer = GroupWriter(
        release=release.document,
        policy=release.policy,
        decided=await asyncio.to_thread(counted.decided, release.policy),
        keyed=keyed_under(release.key),
        staging=release.staging,
        shards=release.shards,
        items=ItemStore(resources),
    )
    files = await writer.write([one for one in units if one["items"]], unit["group"], unit["groups"])
    counts = {f"counts.{name}": count for name, count in writer.counts.items()}
    counts |= {f"counts.excluded.{reason}": count for reason, count in writer.excluded.items()}
    if not await UnitStore(resources).finish(unit, {"files": files}, counts=counts, now=utc_now()):
        for file in files:
            await release.shards.drop(file)
        return
    log.info("corpus:group:written", release=release.document["number"], files=len(files), items=writer.counts["items"])
