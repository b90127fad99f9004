"""Recordings whose object is gone from the store: the call fails, and a person finds its dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from domain.calls import STAGES, CallState, Stage, StageState
from domain.jobs import Job, JobState
from ingest.calls import CallStore
from ingest.recordings import RecordingStore, object_key
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import version_of
from workers.runner import STAGE_QUEUE

log = structlog.get_logger()

_SEEN_TOGETHER: Final = 500
_CLOSED: Final = frozenset(
    {CallState.AWAITING_UPLOAD, CallState.FAILED, CallState.BLOCKED, CallState.ERASING, CallState.ERASED}
)
"""Calls that have no recording yet, have their dead letter already, or are on their way out."""
_OPEN: Final = frozenset({JobState.READY.value, JobState.CLAIMED.value})
_END: Final = "call`"
"""Sorts behind every call's id."""


class MissingRecordings:
    """Compares a walk through the store's keys, in their order, with the calls in the same order."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._calls = resources.database.whole("calls")
        self._recordings = resources.database.whole("recordings")
        self.begin()

    def begin(self) -> None:
        """Begin a new walk."""
        self._compared_before = ""
        self._waiting: set[str] = set()

    async def look(self, keys: Sequence[str], *, now: datetime) -> None:
        """Take the next keys of the walk, none at its end; compare the calls of which all keys were seen."""
        last = keys[-1].split("/")[1] if keys else _END
        seen = self._waiting | set(keys)
        after = ""
        while found := await self._calls_between(after, last):
            await self._compare(found, seen, now)
            after = found[-1]["_id"]
        self._compared_before = last
        self._waiting = {key for key in seen if key.split("/")[1] == last}

    async def _calls_between(self, after: str, before: str) -> list[Document]:
        between = {"_id": {"$gte": self._compared_before, "$gt": after, "$lt": before}}
        return await self._calls.find(between, fields=("workspace_id", "state"), limit=_SEEN_TOGETHER)

    async def _compare(self, calls: Sequence[Document], seen: set[str], now: datetime) -> None:
        wanted = [call for call in calls if call["state"] not in _CLOSED]
        workspaces = sorted({call["workspace_id"] for call in wanted})
        grace = timedelta(seconds=self._resources.settings.orphan_grace_s)
        recordings = await self._recordings.find(
            {
                "workspace_id": {"$in": workspaces},
                "call_id": {"$in": [call["_id"] for call in wanted]},
                "received_at": {"$lte": now - grace},
            },
            fields=("workspace_id", "call_id", "original.object_id"),
        )
        for one in recordings:
            if one["original"] and object_key(one["call_id"], one["original"]["object_id"]) not in seen:
                await self._settle(one["workspace_id"], one["call_id"], now)

    async def _settle(self, workspace_id: str, call_id: str, now: datetime) -> None:
        """Look at the store itself, and at the call once more: much may have happened since the listing."""
        calls = CallStore(self._resources, workspace_id)
        recording = await RecordingStore(self._resources, workspace_id).of_call(call_id)
        call = await calls.raw(call_id)
        if call is None or call["state"] in _CLOSED or recording["original"] is None:
            return
        if await self._resources.objects.exists(object_key(call_id, recording["original"]["object_id"])):
            return
        stage = next((Stage(row["stage"]) for row in call["stages"] if row["state"] != StageState.DONE), STAGES[0])
        job = await self._job(call, stage, now)
        if job is None:
            return  # a worker is at it; it finds the recording missing by itself

        async def write(tx: Any) -> None:
            await self._resources.outbox.bury(job, code="recording_missing", tx=tx)
            await calls.set_stage(
                call_id,
                stage,
                StageState.FAILED,
                version=job.version,
                call_state=CallState.FAILED,
                now=now,
                reason="recording_missing",
                tx=tx,
            )

        await self._resources.database.transaction(write)
        await self._resources.audit.append(
            workspace_id, "call:recording:missing", actor="sweep", now=now, call_id=call_id
        )
        log.error("call:recording:missing", call_id=call_id)

    async def _job(self, call: Document, stage: Stage, now: datetime) -> Job | None:
        """Hold the call's open job, or a new one, so that it can be made a dead letter; None while a worker has it."""
        outbox, call_id, version = self._resources.outbox, call["_id"], version_of(call)
        jobs = [
            job
            for job in await outbox.of_call(call_id)
            if job["state"] in _OPEN and job["task"] == stage and version_of(job) == version
        ]
        if jobs:
            await outbox.wake_waiting(call_id, now=now)
        job_id = (
            jobs[0]["_id"]
            if jobs
            else await outbox.add(
                workspace_id=call["workspace_id"],
                call_id=call_id,
                task=stage.value,
                queue=STAGE_QUEUE[stage],
                version=version,
                now=now,
            )
        )
        return await outbox.claim(job_id, now=now)
