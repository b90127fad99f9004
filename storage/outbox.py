"""The outbox: jobs written in the same transaction as the state that asks for them.

A message on the broker holds a job's id and nothing else; it is a wake-up. A worker claims the job here by
compare-and-set, with a lease and a token; what it did is written in one transaction that the token fences. Losing every
message loses nothing: what nobody claimed is published again, what was not finished is freed when its lease is over.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.errors import Conflict, LostLease, NotFound
from domain.ids import new_id
from domain.jobs import Job, JobState, Queue, lease_end, may_retry
from storage.mongo import Database, Document

_OPEN = [JobState.READY.value, JobState.CLAIMED.value]


class Outbox:
    """The job store, across workspaces: relay and workers serve all of them."""

    def __init__(self, database: Database, *, lease_s: float, max_attempts: int) -> None:
        self._jobs = database.whole("outbox")
        self._lease_s = lease_s
        self._max_attempts = max_attempts

    async def add(
        self,
        *,
        workspace_id: str,
        call_id: str,
        task: str,
        queue: Queue,
        now: datetime,
        version: int = 1,
        tx: Any = None,
    ) -> str:
        """Write a job; it is published after the transaction commits. Returns its id."""
        job_id = new_id("job")
        await self._jobs.insert(
            {
                "_id": job_id,
                "workspace_id": workspace_id,
                "call_id": call_id,
                "task": task,
                "queue": queue.value,
                "version": version,
                "state": JobState.READY.value,
                "attempts": 0,
                "run_after": now,
                "published_at": None,
                "lease_until": None,
                "token": None,
                "created_at": now,
                "error": None,
            },
            tx=tx,
        )
        return job_id

    async def publishable(self, *, now: datetime, republish_after: timedelta, limit: int = 200) -> list[Job]:
        """Return ready jobs that were never published, or so long ago that the message must be lost."""
        found = await self._jobs.find(
            {
                "state": JobState.READY.value,
                "run_after": {"$lte": now},
                "$or": [{"published_at": None}, {"published_at": {"$lte": now - republish_after}}],
            },
            sort=(("run_after", 1), ("_id", 1)),
            limit=limit,
        )
        return [Job.from_document(document) for document in found]

    async def overlooked(self, queue: Queue, *, since: datetime, limit: int) -> list[Job]:
        """Return jobs of a queue that were ready by `since` and published, and that nobody has claimed."""
        waiting = {"state": JobState.READY.value, "run_after": {"$lte": since}, "published_at": {"$ne": None}}
        return [
            Job.from_document(document)
            for document in await self._jobs.find({**waiting, "queue": queue.value}, limit=limit)
        ]

    async def mark_published(self, *job_ids: str, now: datetime) -> None:
        """Note that a message for each of these jobs was handed to the broker."""
        ready = {"_id": {"$in": list(job_ids)}, "state": JobState.READY.value}
        await self._jobs.update_all(ready, {"$set": {"published_at": now}})

    async def claim(self, job_id: str, *, now: datetime) -> Job | None:
        """Take a job if it is free; None when another holds it, it is done, or not due yet."""
        token = secrets.token_hex(16)
        document = await self._jobs.find_and_update(
            {
                "_id": job_id,
                "$or": [
                    {"state": JobState.READY.value, "run_after": {"$lte": now}},
                    {"state": JobState.CLAIMED.value, "lease_until": {"$lte": now}},
                ],
                "attempts": {"$lt": self._max_attempts},
            },
            {
                "$set": {
                    "state": JobState.CLAIMED.value,
                    "token": token,
                    "lease_until": lease_end(now, self._lease_s),
                    "claimed_at": now,
                },
                "$inc": {"attempts": 1},
            },
        )
        return None if document is None else Job.from_document(document)

    async def renew(self, job: Job, *, now: datetime, tx: Any = None) -> bool:
        """Prolong the lease; False when the job is another's by now. Within `tx` it fences what is written there."""
        change = {"$set": {"lease_until": lease_end(now, self._lease_s)}}
        return await self._jobs.update(_held(job), change, tx=tx) == 1

    async def complete(self, job: Job, *, now: datetime, tx: Any) -> None:
        """Mark the job done, inside the transaction that writes its effect. Raises LostLease: nothing is written."""
        change = {"$set": {"state": JobState.DONE.value, "done_at": now, "lease_until": None, "error": None}}
        if await self._jobs.update(_held(job), change, tx=tx) != 1:
            raise LostLease("the job is held by another worker", job_id=job.job_id)

    async def release(
        self, job: Job, *, now: datetime, after: timedelta, code: str, count_attempt: bool = True, tx: Any = None
    ) -> JobState:
        """Give the job back to be tried later; when it was tried often enough it becomes a dead letter.

        Args:
            job: the claimed job.
            now: this instant.
            after: how long to wait before the next try.
            code: a constant word for what went wrong.
            count_attempt: False for a wait that is nobody's failure.
            tx: the transaction that writes what is said of the call.
        """
        attempts = job.attempts if count_attempt else max(0, job.attempts - 1)
        state = JobState.READY if may_retry(attempts, self._max_attempts) else JobState.DEAD
        matched = await self._jobs.update(
            _held(job),
            {
                "$set": {
                    "state": state.value,
                    "run_after": now + after,
                    "published_at": None,
                    "lease_until": None,
                    "token": None,
                    "attempts": attempts,
                    "error": code,
                }
            },
            tx=tx,
        )
        if matched != 1:
            raise LostLease("the job is held by another worker", job_id=job.job_id)
        return state

    async def bury(self, job: Job, *, code: str, tx: Any = None) -> None:
        """Make the job a dead letter at once: trying again cannot help."""
        change = {"$set": {"state": JobState.DEAD.value, "lease_until": None, "token": None, "error": code}}
        if await self._jobs.update(_held(job), change, tx=tx) != 1:
            raise LostLease("the job is held by another worker", job_id=job.job_id)

    async def free_expired(self, *, now: datetime) -> int:
        """Free jobs whose worker is gone and that may be tried again; return how many."""
        lost = {"state": JobState.CLAIMED.value, "lease_until": {"$lte": now}, "attempts": {"$lt": self._max_attempts}}
        free = {"state": JobState.READY.value, "published_at": None, "lease_until": None, "token": None}
        return await self._jobs.update_all(lost, {"$set": free})

    async def worn_out(self, *, now: datetime) -> list[Job]:
        """Return jobs whose worker is gone and that were tried often enough; `bury` makes dead letters of them."""
        lost = {"state": JobState.CLAIMED.value, "lease_until": {"$lte": now}, "attempts": {"$gte": self._max_attempts}}
        return [Job.from_document(document) for document in await self._jobs.find(lost)]

    async def dead_letters(self, workspace_id: str | None, *, limit: int = 100) -> list[Document]:
        """Return dead letters, newest first, of one workspace or of all."""
        found: Document = {"state": JobState.DEAD.value} | (
            {} if workspace_id is None else {"workspace_id": workspace_id}
        )
        return await self._jobs.find(found, sort=(("created_at", -1), ("_id", 1)), limit=limit)

    async def requeue(self, job_id: str, *, workspace_id: str | None, now: datetime, tx: Any = None) -> Job:
        """Give a dead letter all its tries again. Raises NotFound, or Conflict when it is not dead."""
        where: Document = {"_id": job_id} if workspace_id is None else {"_id": job_id, "workspace_id": workspace_id}
        document = await self._jobs.find_and_update(
            {**where, "state": JobState.DEAD.value},
            {
                "$set": {
                    "state": JobState.READY.value,
                    "attempts": 0,
                    "run_after": now,
                    "published_at": None,
                    "requeued_at": now,
                }
            },
            tx=tx,
        )
        if document is not None:
            return Job.from_document(document)
        if await self._jobs.find_one(where) is None:
            raise NotFound("no such job", job_id=job_id)
        raise Conflict("the job is not a dead letter", job_id=job_id)

    async def wake_waiting(self, call_id: str, *, now: datetime) -> None:
        """Let a call's waiting jobs be tried now (its consent or instruction has come)."""
        await self._wake({"call_id": call_id}, now)

    async def wake_held(self, workspace_id: str, *, now: datetime) -> None:
        """Let erasing jobs be tried now that met a legal hold: one was released."""
        await self._wake({"workspace_id": workspace_id, "error": "held"}, now)

    async def _wake(self, found: Document, now: datetime) -> None:
        change = {"$set": {"run_after": now, "published_at": None}}
        await self._jobs.update_all({**found, "state": JobState.READY.value}, change)

    async def drop(self, workspace_id: str, call_id: str, *, but: str, tx: Any = None) -> None:
        """Remove a call's other jobs: it is being erased."""
        await self._jobs.delete({"workspace_id": workspace_id, "call_id": call_id, "_id": {"$ne": but}}, tx=tx)

    async def with_open(self, workspace_id: str, call_ids: Sequence[str], task: str) -> frozenset[str]:
        """Return those of these calls that have a job of this task that is neither done nor dead."""
        wanted = {"workspace_id": workspace_id, "call_id": {"$in": list(call_ids)}, "task": task}
        found = await self._jobs.find({**wanted, "state": {"$in": _OPEN}}, fields=("call_id",))
        return frozenset(job["call_id"] for job in found)

    async def has_open(self, workspace_id: str, call_id: str, task: str) -> bool:
        """Say whether a call has such a job."""
        return bool(await self.with_open(workspace_id, [call_id], task))

    async def others_at_work(self, job: Job, *, now: datetime) -> bool:
        """Say whether another worker holds a job of the same call."""
        others = {"call_id": job.call_id, "_id": {"$ne": job.job_id}, "state": JobState.CLAIMED.value}
        return await self._jobs.count({"workspace_id": job.workspace_id, **others, "lease_until": {"$gt": now}}) > 0

    async def counts(self) -> dict[str, int]:
        """Return how many jobs stand in each state."""
        return {state.value: await self._jobs.count({"state": state.value}) for state in JobState}

    async def of_call(self, call_id: str) -> list[Document]:
        """Return a call's jobs in the order of their making."""
        return await self._jobs.find({"call_id": call_id}, sort=(("created_at", 1),))


def _held(job: Job) -> Document:
    return {"_id": job.job_id, "state": JobState.CLAIMED.value, "token": job.token}
