"""The relay: committed jobs to the broker; and the sweep: what is stuck, due or abandoned."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog

from domain.calls import CallState, Stage, StageState
from domain.errors import Gone, LostLease
from domain.jobs import Job, Queue
from domain.logs import where
from ingest.call_lists import due_calls
from ingest.calls import CallStore
from storage.resources import Resources
from workers.ageing import Ageing
from workers.inbox import InboxLook
from workers.matching import match_recordings
from workers.orphans import OrphanWatch
from workers.restored import RestoredLook
from workers.routing import queue_of
from workers.runner import utc_now

log = structlog.get_logger()

Publish = Callable[[Job, str], Awaitable[None]]
"""Hands a job's id to the broker, for the queue of this name."""
POLL_S = 0.1
BROKER_PAUSE_S = 1.0
ABANDONED_AFTER = timedelta(days=7)


class Relay:
    """Runs until it is stopped. Several may run at once: publishing twice is harmless, claims are not shared."""

    def __init__(self, resources: Resources, publish: Publish) -> None:
        self._resources = resources
        self._publish = publish
        self._restored, self._inbox = RestoredLook(resources), InboxLook(resources)
        self._ageing = Ageing(resources)
        self._orphans = OrphanWatch(resources)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let the loop end after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Publish and sweep until stopped; a store or broker that does not answer is asked again."""
        next_sweep = 0.0
        while not self._stopping.is_set():
            pause = POLL_S
            try:
                await self.publish_ready()
                if time.monotonic() >= next_sweep:
                    next_sweep = time.monotonic() + self._resources.settings.sweep_every_s
                    await Sweep(self._resources).run()
                    await self._ageing.go_on()
                    await self._inbox.go_on()
                    await self._restored.go_on()
                    await match_recordings(self._resources)
                    await self._orphans.go_on()
            except Exception as error:  # the relay outlives every outage of what it talks to  # noqa: BLE001
                log.warning("relay:round:failed", **where(error))
                pause = BROKER_PAUSE_S
            try:
                await asyncio.wait_for(self._stopping.wait(), timeout=pause)
            except TimeoutError:
                continue

    async def publish_ready(self) -> int:
        """Publish what is ready; return how many messages went out."""
        republish_after = timedelta(seconds=self._resources.settings.republish_after_s)
        jobs = await self._resources.outbox.publishable(now=utc_now(), republish_after=republish_after)
        for job in jobs:
            await self._publish(job, await queue_of(self._resources, job))
        if jobs:
            await self._resources.outbox.mark_published(*(job.job_id for job in jobs), now=utc_now())
            log.info("outbox:published", jobs=len(jobs))
        return len(jobs)


class Sweep:
    """One round over what nobody else looks after. Running it twice changes nothing."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def run(self) -> None:
        """Free expired leases, hide what is due, end abandoned uploads, see to it that what is hidden is erased."""
        await self.free_leases()
        await self.hide_due()
        await self.end_abandoned()
        await self.start_erasures()

    async def free_leases(self) -> None:
        """Give jobs of lost workers to others; a job that was lost too often fails its call."""
        freed = await self._resources.outbox.free_expired(now=utc_now())
        if freed:
            log.warning("outbox:leases:freed", jobs=freed)
        for job in await self._resources.outbox.worn_out(now=utc_now()):
            log.warning("outbox:job:dead", job_id=job.job_id, call_id=job.call_id, task=job.task)
            try:
                await self._resources.database.transaction(functools.partial(self._give_up, job))
            except LostLease:
                continue

    async def _give_up(self, job: Job, tx: Any) -> None:
        await self._resources.outbox.bury(job, code="worker_lost", tx=tx)
        if job.task not in set(Stage):
            return
        calls = CallStore(self._resources, job.workspace_id)
        with contextlib.suppress(Gone):
            await calls.set_stage(
                job.call_id,
                Stage(job.task),
                StageState.FAILED,
                version=job.version,
                call_state=CallState.FAILED,
                now=utc_now(),
                reason="worker_lost",
                tx=tx,
            )

    async def hide_due(self) -> None:
        """Hide calls whose retention is over; erasing follows."""
        for call in await due_calls(self._resources, now=utc_now()):
            await CallStore(self._resources, call["workspace_id"]).start_erasing(
                call["_id"], cause="retention_over", now=utc_now()
            )

    async def end_abandoned(self) -> None:
        """Erase registrations whose recording never came."""
        found = await self._resources.database.whole("calls").find(
            {"state": CallState.AWAITING_UPLOAD.value, "updated_at": {"$lte": utc_now() - ABANDONED_AFTER}}, limit=100
        )
        for call in found:
            await CallStore(self._resources, call["workspace_id"]).start_erasing(
                call["_id"], cause="upload_abandoned", now=utc_now()
            )

    async def start_erasures(self) -> None:
        """Give every hidden call an erasing job if it has none that is open."""
        erasing = await self._resources.database.whole("calls").find(
            {"state": CallState.ERASING.value}, fields=("_id", "workspace_id")
        )
        under_way = await self._resources.outbox.calls_with_open("erase") if erasing else frozenset()
        for call in erasing:
            if call["_id"] in under_way:
                continue
            await self._resources.outbox.add(
                workspace_id=call["workspace_id"],
                call_id=call["_id"],
                task="erase",
                queue=Queue.LANGUAGE,
                now=utc_now(),
            )
