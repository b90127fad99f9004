"""The relay: committed jobs to the broker; and, in turns, whatever else nobody asks for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from domain.jobs import Job
from domain.logs import where
from storage.resources import Resources
from workers.ageing import Ageing
from workers.artifacts import ArtifactSweep
from workers.audit_ageing import AuditAgeing
from workers.corpus_watch import CorpusLooks
from workers.inbox import InboxLook
from workers.matching import match_recordings
from workers.orphans import OrphanWatch
from workers.redating import Redatings
from workers.restored import RestoredLook
from workers.routing import queue_of
from workers.runner import utc_now
from workers.sweep import Sweep

__all__ = ["Relay", "Sweep"]

log = structlog.get_logger()

Publish = Callable[[Job, str], Awaitable[None]]
"""Hands a job's id to the broker, for the queue of this name."""
POLL_S = 0.1
BROKER_PAUSE_S = 1.0


class Relay:
    """Runs until it is stopped. Several may run at once: publishing twice is harmless, claims are not shared."""

    def __init__(self, resources: Resources, publish: Publish) -> None:
        self._resources = resources
        self._publish = publish
        self._restored, self._inbox = RestoredLook(resources), InboxLook(resources)
        self._redatings, self._parts = Redatings(resources), ArtifactSweep(resources)
        self._dating: asyncio.Task[None] | None = None
        self._ageing, self._audit_ageing = Ageing(resources), AuditAgeing(resources)
        self._orphans = OrphanWatch(resources)
        self._corpus = CorpusLooks(resources)
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
                    self._date_anew()
                    self._corpus.go_on()
                    await self._parts.go_on()
                    await self._ageing.go_on()
                    await self._audit_ageing.go_on()
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
        if self._dating is not None:
            self._dating.cancel()  # what it does is safe to do again
            await asyncio.gather(self._dating, return_exceptions=True)
        await self._corpus.close()

    def _date_anew(self) -> None:
        """Let stored records follow changed windows, beside the publishing, which does not wait for them."""
        if self._dating is None or self._dating.done():
            self._dating = asyncio.create_task(self._redatings.go_on())

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
