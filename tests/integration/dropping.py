"""The drop folder as a PBX, a relay and an ingest worker use it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.inbox import FOLDER, TASK, folder_of
from workers.chores import CHORES, ChoreRunner
from workers.inbox import InboxLook
from workers.runner import JobRunner

if TYPE_CHECKING:
    from conftest import Tenant

    from domain.jobs import Job
    from storage.mongo import Document
    from storage.resources import Resources

NAME = "+447700900123_Ravi Kumar.wav"
"""A file's name as PBXes make them: it must be nowhere but sealed."""


def sound() -> bytes:
    """Return bytes of their own that begin as a recording does."""
    return b"fLaC" + uuid.uuid4().bytes * 8


async def _no_erasure(job: Job) -> None:
    raise AssertionError(job.task)


@dataclass
class Folder:
    """A workspace's drop folder."""

    tenant: Tenant

    @property
    def resources(self) -> Resources:
        return self.tenant.resources

    async def put(self, name: str, content: bytes) -> str:
        key = folder_of(self.tenant.workspace_id) + name
        await self.resources.objects.call("put_object", Key=key, Body=content)
        return key

    async def look(self) -> None:
        await InboxLook(self.resources).go_on()

    async def jobs(self) -> list[Document]:
        jobs = self.resources.database.scoped("outbox", self.tenant.workspace_id)
        return await jobs.find({"task": TASK}, sort=(("created_at", 1), ("_id", 1)))

    async def work(self) -> None:
        """Do every job that is ready, as a worker does."""
        runner = JobRunner(self.resources, {}, _no_erasure, ChoreRunner(self.resources, CHORES).run)
        for job in await self.jobs():
            if job["state"] == "ready":
                await runner.run(job["_id"])

    async def taken_in(self) -> None:
        """One round of relay and worker."""
        await self.look()
        await self.work()

    async def left(self) -> list[str]:
        """Return what still lies there."""
        return [key.removeprefix(FOLDER) for key in await self.resources.objects.list_keys(self.place)]

    @property
    def place(self) -> str:
        return folder_of(self.tenant.workspace_id)

    async def imports(self) -> list[tuple[str, str | None, dict[str, int]]]:
        """Return state, reason and counts (but for zeros) of each import."""
        found = await self.resources.database.scoped("imports", self.tenant.workspace_id).find({})
        return [(one["state"], one["reason"], +Counter(one["counts"])) for one in found]

    async def count(self, name: str, **where: Any) -> int:
        return await self.resources.database.scoped(name, self.tenant.workspace_id).count(where)

    async def kept(self) -> list[bytes]:
        """Return the files in quarantine."""
        from ingest.quarantine import QuarantineStore  # noqa: PLC0415 - few tests ask

        store = QuarantineStore(self.resources, self.tenant.workspace_id)
        files = self.resources.database.scoped("quarantine", self.tenant.workspace_id)
        now = datetime.now(UTC)
        return [
            b"".join([piece async for piece in store.read_file(one, now=now)])
            for one in await files.find({"kind": "file"})
        ]
