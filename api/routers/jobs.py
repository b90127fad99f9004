"""Dead letters: what was given up, to be read and requeued by a person."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.answers import DeadLetter
from api.auth import Admin, Stores, utc_now
from api.openapi import errors
from domain.calls import Stage
from ingest.calls import CallStore

router = APIRouter(prefix="/v1/dead-letters", tags=["operations"])


@router.get("", summary="List dead letters", responses=errors())
async def list_dead_letters(
    caller: Admin, stores: Stores, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> list[DeadLetter]:
    """Return the jobs that were given up: of the key's workspace, or of all for a platform key."""
    found = await stores.outbox.dead_letters(caller.workspace_id, limit=limit)
    shown = ("workspace_id", "call_id", "task", "attempts", "error", "created_at")
    return [DeadLetter.model_validate({"job_id": job["_id"], **{name: job[name] for name in shown}}) for job in found]


@router.post(
    "/{job_id}/requeue", status_code=202, summary="Try a dead letter again", responses=errors("not-found", "conflict")
)
async def requeue(job_id: str, caller: Admin, stores: Stores) -> dict[str, str]:
    """Give the job all its tries again; its call goes on from the stage that failed."""
    now = utc_now()

    async def write(tx: Any) -> str:
        job = await stores.outbox.requeue(job_id, workspace_id=caller.workspace_id, now=now, tx=tx)
        if job.task in set(Stage):
            await CallStore(stores, job.workspace_id).reopen(
                job.call_id, Stage(job.task), version=job.version, now=now, tx=tx
            )
        return job.workspace_id

    workspace_id = await stores.database.transaction(write)
    await stores.audit.append(workspace_id, "job:requeued", actor=caller.key_id, now=now, detail={"job_id": job_id})
    return {"job_id": job_id, "state": "ready"}
