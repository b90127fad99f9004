"""What an erasure has found and done so far, kept until its receipt is written: a run that was killed forgets nothing.

A receipt says how much was erased. Whoever erases is killed now and then, and what the next run finds is only the
rest; so what was found is counted here first, and the receipt is made from that. Ids, constant words and counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.ids import new_id
from storage.mongo import Document
from storage.resources import Resources


async def workspaces_with_open_work(resources: Resources) -> set[str]:
    """Return the ids of the workspaces in which a sweep did something that no receipt tells of, or died at it.

    Nothing need be due there any more: what was erased last may be what is not counted yet.
    """
    unfinished: Document = {"$or": [{"token": {"$type": "string"}}, {"counts": {"$exists": True}}]}
    of_sweeps = {"kind": {"$in": ["lane", "keys", "closed"]}, **unfinished}
    found = await resources.database.whole("purge_jobs").find(of_sweeps, fields=("workspace_id",))
    return {job["workspace_id"] for job in found}


class PurgeJobs:
    """The one writer of `purge_jobs`, bound to a workspace; the lanes of a sweep lie there too (`SweepLanes`)."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._jobs = resources.database.scoped("purge_jobs", workspace_id)
        self._workspace_id = workspace_id

    async def found(self, call_id: str, counts: Mapping[str, int], *, cause: str, now: datetime) -> Document:
        """Note what there is of a call before it goes; of two runs that counted, the greater count stays."""
        change = {
            "$max": {f"counts.{name}": number for name, number in counts.items()},
            "$setOnInsert": {"kind": "call", "cause": cause, "started_at": now},
        }
        job = await self._jobs.find_and_update({"_id": call_id}, change, upsert=True)
        return job or {}

    async def failed(self, call_id: str, code: str, *, now: datetime) -> None:
        """Note that erasing a call did not come to its end. It is tried again, and counts as failing until it does."""
        change = {
            "$inc": {"failures": 1},
            "$set": {"error": code, "failed_at": now},
            "$setOnInsert": {"kind": "call", "started_at": now},
        }
        await self._jobs.update({"_id": call_id}, change, upsert=True)

    async def settle(self, job_id: str, *, tx: Any = None) -> None:
        """Forget an erasure: its receipt is written."""
        await self._jobs.delete({"_id": job_id}, tx=tx)

    async def did(self, what: str, number: int, *, now: datetime, month: str, tx: Any) -> None:
        """Count what is erased in a transaction of its own: the key of a month."""
        change: Document = {
            "$setOnInsert": {"kind": "keys", "started_at": now},
            "$inc": {f"counts.{what}": number},
            "$addToSet": {"months": month},
        }
        await self._jobs.update({"_id": f"{self._workspace_id}/keys"}, change, upsert=True, tx=tx)

    async def counted(self) -> bool:
        """Say whether something was erased that no receipt tells of yet."""
        return await self._jobs.find_one({"kind": {"$in": ["lane", "keys"]}, "counts": {"$exists": True}}) is not None

    async def close_round(self, *, tx: Any) -> None:
        """Put all counts of the sweep together, to be told in one receipt; those from now on belong to another."""
        told = {"kind": {"$in": ["lane", "keys"]}, "counts": {"$exists": True}}
        counts: Counter[str] = Counter()
        months: set[str] = set()
        for job in await self._jobs.find(told, tx=tx):
            counts.update(job["counts"])
            months.update(job.get("months", ()))
        if counts:
            closed: Document = {"kind": "closed", "counts": dict(counts), "months": sorted(months)}
            await self._jobs.insert({"_id": new_id("round"), **closed}, tx=tx)
            await self._jobs.update_all(told, {"$unset": {"counts": "", "months": ""}}, tx=tx)

    async def closed(self) -> list[Document]:
        """Return the rounds whose receipts are to be written."""
        return await self._jobs.find({"kind": "closed"})
