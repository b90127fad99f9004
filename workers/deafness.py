"""A worker that hears no more wake-ups though work waits for it ends itself, so that whoever watches it starts another.

Broker clients have been seen to lose their place in a queue without an error (a broker killed between two commands).
MongoDB knows what is owed: jobs that are ready and are published again and again, while this process has nothing to do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from domain.jobs import Queue
from domain.logs import where
from storage.resources import Resources
from workers.routing import queue_of
from workers.runner import utc_now

log = structlog.get_logger()
_ROUNDS: Final = 3
"""A message is sent again once a round; a worker that missed this many in silence hears nothing."""
_LOOKED_AT: Final = 50


class DeafnessWatch:
    """Watches one worker process. Times in seconds.

    Args:
        resources: the process's stores.
        queue: the kind of worker.
        name: the broker queue it consumes.
        idle: says whether nothing is under way.
        give_up: called once, when the worker is deaf.
    """

    def __init__(
        self, resources: Resources, queue: Queue, name: str, *, idle: Callable[[], bool], give_up: Callable[[], None]
    ) -> None:
        self._resources = resources
        self._queue = queue
        self._name = name
        self._idle = idle
        self._give_up = give_up
        self._every_s = resources.settings.republish_after_s
        self._heard_at = time.monotonic()

    def heard(self) -> None:
        """Note that a wake-up came, or that work ended."""
        self._heard_at = time.monotonic()

    async def run(self) -> None:
        """Look once a round, for good; a store that does not answer is asked again."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                deaf = await self.is_deaf()
            except Exception as error:  # the watch outlives every outage  # noqa: BLE001
                log.warning("worker:watch:failed", **where(error))
                continue
            if deaf:
                log.error("worker:deaf", queue=self._name)
                self._give_up()
                return

    async def is_deaf(self) -> bool:
        """Say whether work has waited for this queue for rounds in which this idle worker heard nothing."""
        if not self._idle() or time.monotonic() - self._heard_at < _ROUNDS * self._every_s:
            return False
        since = utc_now() - timedelta(seconds=_ROUNDS * self._every_s)
        for job in await self._resources.outbox.overlooked(self._queue, since=since, limit=_LOOKED_AT):
            if await queue_of(self._resources, job) == self._name:
                return True
        return False
