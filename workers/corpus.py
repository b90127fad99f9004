"""The chores of building a release, but for the two of which there are many: plan, join, publish, clear."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import structlog

from corpus.gates.second import SecondLook
from corpus.items import ItemStore
from corpus.joining import joined
from corpus.leaving import REWRITE_TASK, take_out
from corpus.making import keyed_under
from corpus.places import prefix_of
from corpus.rechecking import too_alone, who_left
from corpus.releases import CLEAR_TASK, GONE, PLAN_TASK, PUBLISH_TASK, Phase, ReleaseState, ReleaseStore
from corpus.rewriting import rewrite_stale
from corpus.units import (
    FINISH_TASK,
    JOIN_TASK,
    READ_TASK,
    WRITE_TASK,
    NewUnit,
    UnitKind,
    UnitStore,
    day_unit,
    shard_unit,
)
from corpus.writing import groups_of
from domain.errors import Unavailable
from domain.jobs import Job
from storage.key_opening import PLATFORM
from storage.resources import Resources
from workers.corpus_canaries import canary_sources, second_look
from workers.corpus_finish import Finishing
from workers.corpus_rewriting import rewrite_release
from workers.corpus_units import OpenRelease, read_day, write_group
from workers.engines import Engines
from workers.runner import utc_now

log = structlog.get_logger()
DAY: Final = timedelta(days=1)


async def plan_release(resources: Resources, job: Job) -> None:
    """Cut a release into a unit for each workspace and day on which calls came. Safe to run twice."""
    release = await OpenRelease.of(resources, job.call_id, ReleaseState.BUILDING)
    if release is None or release.document["phase"] != Phase.PLANNING.value:
        return
    wanted = release.document["workspaces"]
    workspaces = await _workspaces(resources) if wanted is None else wanted
    store, total = UnitStore(resources), 0
    for workspace_id in workspaces:
        units = await _days(resources, workspace_id, release.document["snapshot_at"])
        await store.add(release.document, UnitKind.DAY, units, now=utc_now())
        total += len(units)
    await store.begin(release.document, UnitKind.DAY, total, now=utc_now())
    log.info("corpus:release:planned", release=release.document["number"], units=total)


async def _workspaces(resources: Resources) -> list[str]:
    found = await resources.database.whole("workspaces").find({}, fields=("_id",))
    return [one["_id"] for one in found]


async def _days(resources: Resources, workspace_id: str, snapshot_at: datetime) -> list[NewUnit]:
    """Return a unit for each day with calls: one look into an index for each."""
    calls = resources.database.scoped("calls", workspace_id)
    units: list[NewUnit] = []
    after = datetime.min.replace(tzinfo=UTC)
    while True:
        within = {"created_at": {"$gte": after, "$lte": snapshot_at}}
        found = await calls.find(within, sort=(("created_at", 1), ("_id", 1)), limit=1, fields=("created_at",))
        if not found:
            return units
        day = found[0]["created_at"].astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        units.append(day_unit(workspace_id, day.date()))
        after = day + DAY


async def join_release(second_look: Callable[[], SecondLook | None], resources: Resources, job: Job) -> None:
    """Decide, over all that was read, how every item is told; cut the writing into groups. Safe to run twice."""
    release = await OpenRelease.of(resources, job.call_id, ReleaseState.BUILDING)
    if release is None or release.document["phase"] != Phase.JOINING.value:
        return
    store = UnitStore(resources)
    units = await store.of_release(job.call_id, UnitKind.DAY)
    second = await asyncio.to_thread(second_look)
    counted = await joined(release.staging, units, release.policy, keyed_under(release.key), second)
    decided = await asyncio.to_thread(counted.decided, release.policy)
    kept = await release.staging.put(counted.to_bytes())
    fields = {"counted": kept, "anonymity": decided.plan.to_document()}
    if not await ReleaseStore(resources).note(job.call_id, fields):
        return
    items = sum(unit["items"] for unit in units)
    groups = groups_of([unit for unit in units if unit["items"]], release.policy) if items else 0
    pieces = [shard_unit(group, groups) for group in range(groups)]
    await store.add(release.document, UnitKind.SHARD, pieces, now=utc_now())
    await store.begin(release.document, UnitKind.SHARD, groups, now=utc_now())
    log.info("corpus:release:joined", release=release.document["number"], items=items, groups=groups)


async def publish_release(resources: Resources, job: Job) -> None:
    """Publish an approved release without those who left since it was built, and those who are too few without them.

    Safe to run twice, and to be killed: who was taken out stays out.
    """
    release = await OpenRelease.of(resources, job.call_id, ReleaseState.PUBLISHING)
    if release is None:
        return
    left = await who_left(resources, release.document, release.policy, now=utc_now())
    await _take_out(resources, job.call_id, {item_id: reason.value for item_id, reason in left.items()})
    document = await ReleaseStore(resources).get(job.call_id)
    alone = await too_alone(release.shards, document, release.policy)
    await _take_out(resources, job.call_id, dict.fromkeys(alone, "k_anonymity"))
    if await ReleaseStore(resources).publish(job.call_id, now=utc_now()):
        number = document["number"]
        await resources.audit.append(
            None, "corpus:release:published", actor="callward", now=utc_now(), detail={"release": number},
            event_id=f"evt_{job.call_id}",
        )  # fmt: skip
        log.info("corpus:release:published", release=number, left=len(left), alone=len(alone))


async def _take_out(resources: Resources, release_id: str, items: Mapping[str, str]) -> None:
    await take_out(resources, items, now=utc_now())
    if not await rewrite_stale(resources, release_id, clock=utc_now):
        raise Unavailable("files are still being written anew; it is published when they are", release_id=release_id)


async def clear_release(resources: Resources, job: Job) -> None:
    """Erase all of a release that was rejected or discarded but its document. Safe to run twice."""
    releases = ReleaseStore(resources)
    release = await releases.get(job.call_id)
    if ReleaseState(release["state"]) not in GONE:
        return
    await resources.keyring.destroy(PLATFORM, job.call_id, now=utc_now())
    await UnitStore(resources).forget(job.call_id)
    await resources.objects.delete_prefix(prefix_of(job.call_id))
    await ItemStore(resources).forget_release(release["number"])
    await releases.forget_files(job.call_id)
    log.info("corpus:release:cleared", release=release["number"])


def finishing_of(engines: Engines) -> Finishing:
    """Return the last phase with the engines of this process; they are loaded when a release gets so far."""
    return Finishing(lambda canaries: canary_sources(engines.finder, canaries), second_look)


def corpus_chores(finishing: Finishing) -> dict[str, Callable[[Resources, Job], Awaitable[None]]]:
    """Return the chores of a build by the names of their tasks."""
    return {
        PLAN_TASK: plan_release,
        READ_TASK: read_day,
        JOIN_TASK: partial(join_release, finishing.second_look),
        WRITE_TASK: write_group,
        FINISH_TASK: finishing.run,
        PUBLISH_TASK: publish_release,
        CLEAR_TASK: clear_release,
        REWRITE_TASK: rewrite_release,
    }
