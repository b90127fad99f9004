"""The sweep of calls: leases of lost workers, calls that are due or abandoned, and the jobs that erase what is hidden.

What must never happen here: a call that is due and readable because others stood before it. So whatever is due is
hidden in one round, however much it is, and what cannot be hidden, or must not be, does not keep others waiting.
"""

from __future__ import annotations

import contextlib
import functools
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from domain.calls import CallState, Stage, StageState
from domain.errors import Gone, LostLease, NotFound
from domain.jobs import Job, Queue
from governance.holds import HoldStore
from ingest.call_lists import due_calls
from ingest.calls import CallStore
from storage.mongo import Document
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()
ABANDONED_AFTER: Final = timedelta(days=7)
_AT_ONCE: Final = 500


class Sweep:
    """One round over what nobody else looks after. Running it twice changes nothing."""

    def __init__(self, resources: Resources, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._resources = resources
        self._clock = clock

    async def run(self) -> None:
        """Free expired leases, hide what is due, end abandoned uploads, see to it that what is hidden is erased."""
        await self.free_leases()
        await self.hide_due()
        await self.end_abandoned()
        await self.start_erasures()

    async def free_leases(self) -> None:
        """Give jobs of lost workers to others; a job that was lost too often fails its call."""
        freed = await self._resources.outbox.free_expired(now=self._clock())
        if freed:
            log.warning("outbox:leases:freed", jobs=freed)
        for job in await self._resources.outbox.worn_out(now=self._clock()):
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
                now=self._clock(),
                reason="worker_lost",
                tx=tx,
            )

    async def hide_due(self) -> int:
        """Hide calls whose retention is over, held ones too: erasing follows, and waits for the hold."""
        hidden = 0
        while calls := await due_calls(self._resources, now=self._clock(), limit=_AT_ONCE):
            done = 0
            for call in calls:
                done += await self._hide(call, "retention_over")
            hidden += done
            if not done:  # others hide them
                break
        return hidden

    async def end_abandoned(self) -> None:
        """Erase registrations whose recording never came, but for those that are held: they may still be completed."""
        waiting: Document = {
            "state": CallState.AWAITING_UPLOAD.value,
            "updated_at": {"$lte": self._clock() - ABANDONED_AFTER},
        }
        records, after = self._resources.database, ""
        while found := await records.whole("calls").find({**waiting, "_id": {"$gt": after}}, limit=_AT_ONCE):
            for call in found:
                if not await HoldStore(self._resources, call["workspace_id"]).is_held(call["_id"]):
                    await self._hide(call, "upload_abandoned")
            after = found[-1]["_id"]

    async def _hide(self, call: Document, cause: str) -> bool:
        with contextlib.suppress(NotFound):  # somebody else was faster, and is done with it
            store = CallStore(self._resources, call["workspace_id"])
            return await store.start_erasing(call["_id"], cause=cause, now=self._clock())
        return False

    async def start_erasures(self) -> None:
        """Give every hidden call an erasing job if it has none that is open."""
        records, after = self._resources.database, ""
        while hidden := await records.whole("calls").find(
            {"state": CallState.ERASING.value, "_id": {"$gt": after}},
            fields=("_id", "workspace_id"),
            limit=_AT_ONCE,
        ):
            by_workspace: defaultdict[str, list[str]] = defaultdict(list)
            for call in hidden:
                by_workspace[call["workspace_id"]].append(call["_id"])
            for workspace_id, ids in by_workspace.items():
                await self._start(workspace_id, ids)
            after = hidden[-1]["_id"]

    async def _start(self, workspace_id: str, ids: list[str]) -> None:
        under_way = await self._resources.outbox.with_open(workspace_id, ids, "erase")
        for call_id in ids:
            if call_id not in under_way:
                await self._resources.outbox.add(
                    workspace_id=workspace_id, call_id=call_id, task="erase", queue=Queue.LANGUAGE, now=self._clock()
                )
