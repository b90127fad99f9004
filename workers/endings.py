"""How a stage ends when it does not end well: waiting, refused, tried later, handed back. Each is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from domain.calls import CallState, Stage, StageState
from domain.jobs import Job, JobState
from domain.logs import where
from ingest.calls import CallStore
from storage.resources import Resources
from workers.outcome import Effect, code_of

log = structlog.get_logger()

ASK_AGAIN: Final = timedelta(seconds=60)
HAND_BACK: Final = timedelta(seconds=2)
"""Before a job that came to a worker of another model is published again, to the right ones."""


def utc_now() -> datetime:
    """Return this instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Endings:
    """Writes how a stage ended, on job and call, fenced by the job's token. Each raises LostLease or Gone."""

    resources: Resources
    calls: CallStore

    async def wait(self, job: Job, stage: Stage, *, code: str) -> None:
        """The guard says: not now. Asked again in a minute; it costs no try."""

        async def write(tx: Any) -> None:
            await self.resources.outbox.release(
                job, now=utc_now(), after=ASK_AGAIN, code=code, count_attempt=False, tx=tx
            )
            await self._note(job, stage, StageState.WAITING, CallState.WAITING, code, tx)

        await self.resources.database.transaction(write)

    async def hand_back(self, job: Job, stage: Stage) -> None:
        """Another speech model is wanted than this worker has: the relay sends the job to that one's queue."""

        async def write(tx: Any) -> None:
            await self.resources.outbox.release(
                job, now=utc_now(), after=HAND_BACK, code="wrong_worker", count_attempt=False, tx=tx
            )
            await self._note(job, stage, StageState.PENDING, CallState.PROCESSING, None, tx)

        await self.resources.database.transaction(write)
        log.info("call:stage:handed_back", stage=stage.value)

    async def fail(
        self,
        job: Job,
        stage: Stage,
        *,
        code: str,
        blocked: bool,
        closes: tuple[int, ...] = (),
        effect: Effect | None = None,
    ) -> None:
        """It cannot finish, and trying again cannot help: a dead letter. `closes` and `effect`: see `StageRefused`."""

        async def write(tx: Any) -> None:
            await self.resources.outbox.bury(job, code=code, tx=tx)
            if effect is not None:
                await effect(tx)
            states = (StageState.BLOCKED, CallState.BLOCKED) if blocked else (StageState.FAILED, CallState.FAILED)
            await self._note(job, stage, *states, code, tx)
            await self.calls.advance(job.call_id, job.version, closes=closes, ready=False, now=utc_now(), tx=tx)

        await self.resources.database.transaction(write)
        log.warning("call:stage:failed", stage=stage.value, blocked=blocked, reason=code)

    async def try_later(self, job: Job, stage: Stage, error: Exception, *, pause: timedelta) -> None:
        """Something went wrong: tried again after a pause, or given up after the last try."""
        code = code_of(error)
        log.warning("call:stage:error", stage=stage.value, attempt=job.attempts, **where(error))

        async def write(tx: Any) -> None:
            state = await self.resources.outbox.release(job, now=utc_now(), after=pause, code=code, tx=tx)
            dead = state is JobState.DEAD
            states = (StageState.FAILED, CallState.FAILED) if dead else (StageState.PENDING, CallState.PROCESSING)
            await self._note(job, stage, *states, code, tx)

        await self.resources.database.transaction(write)

    async def _note(
        self, job: Job, stage: Stage, state: StageState, call_state: CallState, reason: str | None, tx: Any
    ) -> None:
        await self.calls.set_stage(
            job.call_id,
            stage,
            state,
            version=job.version,
            call_state=call_state,
            now=utc_now(),
            reason=reason,
            tx=tx,
        )
