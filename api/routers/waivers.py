"""Exceptions to policy: approved by a CEO or CTO, with a reason, a scope and an end (promise RN26)."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Admin, Stores, administered, utc_now
from api.openapi import errors
from api.waiver_bodies import WaiverIn, WaiverOut, waiver_out
from domain.waivers import Waiver
from governance.retention_settings import RetentionSettingsService
from governance.waivers import NewWaiver, WaiverStore
from governance.workspaces import WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/workspaces/{workspace_id}/waivers", tags=["workspaces"])


@router.post("", status_code=201, summary="Approve an exception to policy", responses=errors("not-found"))
async def approve_waiver(workspace_id: str, body: WaiverIn, caller: Admin, stores: Stores) -> WaiverOut:
    """Set a rule of the policy aside for a time. Only a key whose `office` is `ceo` or `cto` may (promise RN26).

    At its end, or once it is revoked, the policy's own rule counts again.
    """
    workspace, now = await WorkspaceStore(stores).get(administered(caller, workspace_id)), utc_now()
    new = NewWaiver(body.rule, body.reason, body.ends_at, body.artifact, body.longest)
    made = await WaiverStore(stores).approve(
        workspace.workspace_id, new, approved_by=caller.key_id, office=caller.office, now=now
    )
    await _note(stores, caller.key_id, made, "waiver:approved")
    return waiver_out(made, now=now)


@router.get("", summary="List exceptions to policy", responses=errors("not-found"))
async def list_waivers(workspace_id: str, caller: Admin, stores: Stores) -> list[WaiverOut]:
    """Return the workspace's waivers, newest first, those that count no longer among them."""
    workspace, now = await WorkspaceStore(stores).get(administered(caller, workspace_id)), utc_now()
    return [waiver_out(one, now=now) for one in await WaiverStore(stores).of_workspace(workspace.workspace_id)]


@router.delete("/{waiver_id}", summary="Revoke an exception to policy", responses=errors("not-found"))
async def revoke_waiver(workspace_id: str, waiver_id: str, caller: Admin, stores: Stores) -> WaiverOut:
    """Take an exception back: the policy's own rule counts at once. Any administrator may; twice changes nothing."""
    now = utc_now()
    revoked, _ = await WaiverStore(stores).revoke(
        administered(caller, workspace_id), waiver_id, revoked_by=caller.key_id, now=now
    )
    await _note(stores, revoked.revoked_by or caller.key_id, revoked, "waiver:revoked")
    await RetentionSettingsService(stores, revoked.workspace_id).follow_waivers(by=caller.key_id, now=now)
    return waiver_out(revoked, now=now)


async def _note(stores: Resources, actor: str, waiver: Waiver, event: str) -> None:
    await stores.audit.append(
        waiver.workspace_id,
        event,
        actor=actor,
        now=utc_now(),
        detail={"waiver_id": waiver.waiver_id, "rule": waiver.rule.value, "office": waiver.office.value},
        event_id=f"{waiver.waiver_id}:{event}",
    )
