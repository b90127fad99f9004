"""Running one job: claim, ask the guard, work under a renewed lease, write the effect fenced by the token."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from domain.call_parts import PARTS, is_over
from domain.calls import UNSERVED_FOR_GOOD, CallState, Stage, StageState, next_stage
from domain.errors import Gone, LostLease
from domain.jobs import Job, Queue, backoff, may_retry
from domain.logs import where
from domain.processing import Decision, Reason, Verdict
from domain.records import Purpose
from governance.guard import Guard
from governance.purges import Purges
from ingest.call_runs import run_of
from ingest.calls import CallStore
from storage.mongo import Document
from storage.resources import Resources
from workers.endings import ASK_AGAIN, Endings, utc_now
from workers.lease import leased
from workers.outcome import Outcome, StageRefused, WrongWorker, code_of

__all__ = ["STAGE_QUEUE", "JobRunner", "StageHandler", "utc_now"]
log = structlog.get_logger()

STAGE_PURPOSE: Mapping[Stage, Purpose] = {
    Stage.TRANSCRIBE: Purpose.TRANSCRIPTION,
    Stage.REDACT_TEXT: Purpose.REDACTION,
    Stage.REDACT_AUDIO: Purpose.REDACTION,
}
STAGE_QUEUE: Mapping[Stage, Queue] = {
    Stage.TRANSCRIBE: Queue.SPEECH,
    Stage.REDACT_TEXT: Queue.LANGUAGE,
    Stage.REDACT_AUDIO: Queue.SPEECH,
}
"""Redacted sound is heard again before it is served, so it is made where the speech engine is."""
_OVER = frozenset({Reason.ERASURE_PENDING, Reason.RETENTION_OVER})

StageHandler = Callable[[Document], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs jobs of the stages with these handlers, of erasure, and all others as chores (`workers.chores`)."""

    resources: Resources
    handlers: Mapping[Stage, StageHandler]
    erase: Callable[[Job], Awaitable[None]]
    chore: Callable[[Job], Awaitable[None]]

    async def run(self, job_id: str) -> None:
        """Do the job if it is free; anything that goes wrong is written down, nothing is raised."""
        job = await self.resources.outbox.claim(job_id, now=utc_now())
        if job is None:
            log.info("job:claim:missed", job_id=job_id)
            return
        structlog.contextvars.bind_contextvars(job_id=job.job_id, call_id=job.call_id, task=job.task)
        try:
            if job.task == "erase":
                await self._run_erase(job)
            elif job.task in set(Stage):
                await self._run_stage(job, Stage(job.task))
            else:
                await self.chore(job)
        except LostLease:
            log.warning("job:lease:lost")
        finally:
            structlog.contextvars.clear_contextvars()

    async def _run_erase(self, job: Job) -> None:
        try:
            async with leased(self.resources, job):
                await self.erase(job)
        except LostLease:
            raise
        except Exception as error:  # the sweep must outlive whatever one call does  # noqa: BLE001
            await self._postpone_erase(job, error)

    async def _postpone_erase(self, job: Job, error: Exception) -> None:
        """Try again later, as often as it takes: nothing that is to be erased may end as a dead letter.

        A hold is nobody's failure; all else is counted, and shows in the gauge of what is overdue.
        """
        held = getattr(error, "code", "") == "held"
        log.log(
            logging.INFO if held else logging.WARNING,
            "call:erasure:postponed",
            held=held,
            attempt=job.attempts,
            **({} if held else where(error)),
        )
        now = utc_now()
        if not held:
            await Purges(self.resources).note_failure(job.workspace_id, job.call_id, code_of(error), now=now)
        last = not may_retry(job.attempts, self.resources.settings.max_attempts)
        await self.resources.outbox.release(
            job,
            now=now,
            after=ASK_AGAIN if held else self._pause(job),
            code="held" if held else "erasure_failed",
            count_attempt=not held and not last,
        )

    def _pause(self, job: Job) -> timedelta:
        return backoff(job.attempts, base_s=self.resources.settings.retry_base_s)

    async def _run_stage(self, job: Job, stage: Stage) -> None:
        calls = CallStore(self.resources, job.workspace_id)
        try:
            await self._settle_stage(job, stage, calls)
        except Gone:  # erasing began meanwhile: whatever came of the stage is thrown away
            call = await calls.raw(job.call_id)
            part = None if call is None else next((one for one in PARTS if is_over(call, one, now=utc_now())), None)
            if call is None or part is None or CallState(call["state"]) in UNSERVED_FOR_GOOD:
                await self._drop(job)
            else:  # a part of it went, and the call stays
                await Endings(self.resources, calls).fail(job, stage, code=f"{part}_erased", blocked=True)

    async def _settle_stage(self, job: Job, stage: Stage, calls: CallStore) -> None:
        endings = Endings(self.resources, calls)
        try:
            await self._do_stage(job, stage, calls, endings)
        except (LostLease, Gone):
            raise
        except WrongWorker:
            await endings.hand_back(job, stage)
        except StageRefused as refusal:
            await endings.fail(
                job,
                stage,
                code=refusal.code,
                blocked=refusal.blocked,
                closes=refusal.closes,
                effect=refusal.effect,
            )
        except Exception as error:  # one bad call must not stop the worker  # noqa: BLE001
            await endings.try_later(job, stage, error, pause=self._pause(job))

    async def _do_stage(self, job: Job, stage: Stage, calls: CallStore, endings: Endings) -> None:
        call = await calls.raw(job.call_id)
        if call is None or CallState(call["state"]) in {CallState.ERASING, CallState.ERASED}:
            await self._drop(job)
            return
        run = run_of(call, job.version)
        if run is None:  # another version has taken its place
            await self._drop(job)
            return
        decision = await Guard(self.resources).ask(call, purpose=STAGE_PURPOSE[stage], now=utc_now())
        if decision.verdict is not Verdict.GO:
            await self._refuse(job, stage, endings, decision)
            return
        started = time.monotonic()
        await self._begin(job, stage, calls)
        async with leased(self.resources, job):
            outcome = await self.handlers[stage](run)
            await self._commit(job, stage, calls, outcome, took_s=time.monotonic() - started)

    async def _begin(self, job: Job, stage: Stage, calls: CallStore) -> None:
        """Show the stage as running, fenced: a worker that was away too long must not turn a finished call back."""

        async def write(tx: Any) -> None:
            now = utc_now()
            if not await self.resources.outbox.renew(job, now=now, tx=tx):
                raise LostLease("the job is held by another worker", job_id=job.job_id)
            await calls.set_stage(
                job.call_id,
                stage,
                StageState.RUNNING,
                version=job.version,
                call_state=CallState.PROCESSING,
                now=now,
                tx=tx,
            )

        await self.resources.database.transaction(write)

    async def _commit(self, job: Job, stage: Stage, calls: CallStore, outcome: Outcome, *, took_s: float) -> None:
        following = next_stage(stage)

        async def write(tx: Any) -> None:
            now = utc_now()
            await self.resources.outbox.complete(job, now=now, tx=tx)
            await outcome.effect(tx)
            await calls.set_stage(
                job.call_id,
                stage,
                StageState.DONE,
                version=job.version,
                call_state=CallState.PROCESSING if following else CallState.READY,
                now=now,
                took_s=took_s,
                facts={**outcome.facts, **({} if following else {"ready_at": now})},
                tx=tx,
            )
            await calls.advance(
                job.call_id, job.version, closes=outcome.closes, ready=following is None, now=now, tx=tx
            )
            if following is not None:
                await self.resources.outbox.add(
                    workspace_id=job.workspace_id,
                    call_id=job.call_id,
                    task=following.value,
                    queue=STAGE_QUEUE[following],
                    version=job.version,
                    now=now,
                    tx=tx,
                )

        await self.resources.database.transaction(write)
        log.info("call:stage:done", stage=stage.value, took_s=round(took_s, 3), attempt=job.attempts)

    async def _drop(self, job: Job) -> None:
        async def write(tx: Any) -> None:
            await self.resources.outbox.complete(job, now=utc_now(), tx=tx)

        await self.resources.database.transaction(write)
        log.info("job:dropped")

    async def _refuse(self, job: Job, stage: Stage, endings: Endings, decision: Decision) -> None:
        log.info("call:stage:refused", stage=stage.value, verdict=decision.verdict.value, reason=decision.reason.value)
        if decision.reason in _OVER:
            await self._drop(job)
        elif decision.verdict is Verdict.NEVER:
            await endings.fail(job, stage, code=decision.reason.value, blocked=True)
        else:
            await endings.wait(job, stage, code=decision.reason.value)
