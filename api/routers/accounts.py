"""The end of an account, by the platform's administrator; and what stays afterwards, and why."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api import retention_answers as answers
from api.auth import Admin, Stores, administered, platform_only, utc_now
from api.keys import KeyStore
from api.openapi import errors
from api.retention_answers import EndingOut
from api.retention_bodies import EndingIn, ReopeningIn
from domain.errors import NotFound
from governance.endings import Endings
from storage.resources import Resources

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"])


@router.post("/{workspace_id}/end", summary="End an account", responses=errors("not-found", "conflict", "outdated"))
async def end_account(workspace_id: str, body: EndingIn, caller: Admin, stores: Stores) -> EndingOut:
    """End a workspace's account. Its keys are refused at once, nothing is taken in or worked on any more.

    People's data goes within a month (of whom nobody said where they are counts as in the EU); what `keep` names stays
    for its coded reason, a year at most. Needs a platform administrator's key.
    """
    administered(caller, workspace_id)
    platform_only(caller)
    now, endings = utc_now(), Endings(stores)

    async def write(tx: Any) -> None:
        await endings.end(workspace_id, by=caller.key_id, why=body.reason, keep=body.keep, now=now, tx=tx)
        await KeyStore(stores).end_workspace(workspace_id, now, tx=tx)

    await _known(stores, workspace_id)
    await stores.database.transaction(write)
    detail: dict[str, str | int] = {"reason": body.reason, **{what.value: why.value for what, why in body.keep.items()}}
    await stores.audit.append(workspace_id, "workspace:ended", actor=caller.key_id, now=now, detail=detail)
    return await _ending(stores, workspace_id)


@router.get("/{workspace_id}/end", summary="Look at the end of an account", responses=errors("not-found"))
async def get_ending(workspace_id: str, caller: Admin, stores: Stores) -> EndingOut:
    """Return since when an account has ended, what stays and why, and until when that can be taken back."""
    return await _ending(stores, administered(caller, workspace_id))


@router.post("/{workspace_id}/reopen", summary="Take an end back", responses=errors("not-found", "conflict"))
async def reopen_account(workspace_id: str, body: ReopeningIn, caller: Admin, stores: Stores) -> dict[str, str]:
    """Let an ended account go on, before anything was scrubbed because of the end; afterwards this is refused."""
    administered(caller, workspace_id)
    platform_only(caller)
    now = utc_now()

    async def write(tx: Any) -> None:
        await Endings(stores).reopen(workspace_id, by=caller.key_id, why=body.reason, now=now, tx=tx)
        await KeyStore(stores).end_workspace(workspace_id, None, tx=tx)

    await _known(stores, workspace_id)
    await stores.database.transaction(write)
    detail: dict[str, str | int] = {"reason": body.reason}
    await stores.audit.append(workspace_id, "workspace:reopened", actor=caller.key_id, now=now, detail=detail)
    return {"id": workspace_id, "state": "open"}


async def _known(stores: Resources, workspace_id: str) -> None:
    await Endings(stores).look(workspace_id)  # NotFound


async def _ending(stores: Resources, workspace_id: str) -> EndingOut:
    found = await Endings(stores).look(workspace_id)
    if found is None:
        raise NotFound("the workspace's account has not ended", workspace_id=workspace_id)
    return answers.ending(found, utc_now())
