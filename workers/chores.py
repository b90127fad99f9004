"""Chores: jobs that are no stage of a call. Fetching a recording, taking in a file that lies in the store.

A chore is an async function of the stores and its job, safe to run twice: it runs under the job's lease, and the job is
marked done in a transaction that the lease's token fences. A refusal that is `permanent` gives it up at once; all else
is tried again with growing pauses and then becomes a dead letter.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from domain.calls import UNSERVED_FOR_GOOD, CallState
from domain.errors import CallwardError, LostLease
from domain.ids import is_id
from domain.jobs import Job, JobState, backoff
from domain.logs import where
from ingest import fetch_orders, inbox
from ingest.calls import CallStore
from storage.resources import Resources
from workers.fetch import fetch_recording
from workers.inbox import take_in
from workers.lease import leased
from workers.outcome import code_of
from workers.runner import utc_now

log = structlog.get_logger()

Chore = Callable[[Resources, Job], Awaitable[None]]

CHORES: Final[Mapping[str, Chore]] = {fetch_orders.TASK: fetch_recording, inbox.TASK: take_in}
"""Every chore by the name of its task. `Job.call_id` is the id of what it is about: `call_…` or `imp_…`."""


class UnknownChore(CallwardError):
    """The job's task is none that this version knows; a newer worker may take it at the next try."""

    code = "unknown-chore"


@dataclass(frozen=True, slots=True)
class ChoreRunner:
    """Runs claimed jobs as chores; how each ended is written down, only a lost lease is raised."""

    resources: Resources
    chores: Mapping[str, Chore]

    async def run(self, job: Job) -> None:
        """Do the chore, unless its call is being erased. Raises LostLease."""
        try:
            if await self._is_going(job):
                await self._drop(job)
                return
            await self._work(job)
        except LostLease:
            raise
        except Exception as error:  # one bad chore must not stop the worker  # noqa: BLE001
            await self._settle(job, error)

    async def _work(self, job: Job) -> None:
        chore = self.chores.get(job.task)
        if chore is None:
            raise UnknownChore("no chore of this name", job_id=job.job_id)
        started = time.monotonic()
        async with leased(self.resources, job):
            await chore(self.resources, job)
        await self._complete(job)
        log.info("job:chore:done", took_s=round(time.monotonic() - started, 3), attempt=job.attempts)

    async def _is_going(self, job: Job) -> bool:
        """Say whether the job is about a call that is being erased or gone."""
        if not is_id("call", job.call_id):
            return False
        call = await CallStore(self.resources, job.workspace_id).raw(job.call_id)
        return call is None or CallState(call["state"]) in UNSERVED_FOR_GOOD

    async def _complete(self, job: Job) -> None:
        async def write(tx: Any) -> None:
            await self.resources.outbox.complete(job, now=utc_now(), tx=tx)

        await self.resources.database.transaction(write)

    async def _drop(self, job: Job) -> None:
        await self._complete(job)
        log.info("job:dropped")

    async def _settle(self, job: Job, error: Exception) -> None:
        if await self._is_going(job):  # erasing began meanwhile
            await self._drop(job)
            return
        code = code_of(error)
        if isinstance(error, CallwardError) and error.permanent:
            await self.resources.outbox.bury(job, code=code)
            log.warning("job:chore:given_up", reason=code, **where(error))
            return
        base_s = getattr(error, "pause_base_s", self.resources.settings.retry_base_s)
        after = backoff(job.attempts, base_s=base_s)
        state = await self.resources.outbox.release(job, now=utc_now(), after=after, code=code)
        log.warning("job:chore:error", reason=code, attempt=job.attempts, dead=state is JobState.DEAD, **where(error))
