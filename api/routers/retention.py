"""What administrators set per workspace: windows, training, insights, who sees what; previews and second opinions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api import retention_answers as answers
from api.auth import Admin, Stores, administered, utc_now
from api.keys import Caller
from api.openapi import errors
from api.retention_answers import PreviewOut, ProposalOut, RetentionOut, RetentionSet
from api.retention_bodies import DecisionIn, PreviewIn, RetentionIn
from domain.errors import Invalid
from governance.approvals import TERM, ProposalState, ProposalStore, SecondAdmin
from governance.retention_settings import Outcome, RetentionSettingsService, Wish
from governance.workspaces import WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/workspaces", tags=["retention"])
Version = Annotated[int | None, Query(ge=1, description="An earlier version; left out, the one in force.")]
IfMatch = Annotated[str | None, Header(description='The version that is changed, as the ETag says it: `"3"`.')]
_PUTTING = ("not-found", "outdated", "not-applied", "workspace-ended", "too-large")


@router.get("/{workspace_id}/retention", summary="Look at the windows", responses=errors("not-found"))
async def get_retention(
    workspace_id: str, caller: Admin, stores: Stores, response: Response, version: Version = None
) -> RetentionOut:
    """Return what is set, by whom, when and why; the `ETag` is the version that a change names in `If-Match`."""
    store = WorkspaceStore(stores)
    workspace = await store.get(administered(caller, workspace_id))
    found = await store.version(workspace_id, version or workspace.policy.version)
    response.headers["ETag"] = f'"{found.version}"'
    return answers.retention(workspace, found)


@router.get("/{workspace_id}/retention/versions", summary="List all versions", responses=errors("not-found"))
async def list_versions(workspace_id: str, caller: Admin, stores: Stores) -> list[RetentionOut]:
    """Return every version that was ever in force, oldest first."""
    store = WorkspaceStore(stores)
    workspace = await store.get(administered(caller, workspace_id))
    return [answers.retention(workspace, one) for one in await store.versions(workspace_id)]


@router.put("/{workspace_id}/retention", summary="Set the windows", responses=errors(*_PUTTING))
async def set_retention(
    workspace_id: str, body: RetentionIn, caller: Admin, stores: Stores, response: Response, if_match: IfMatch = None
) -> RetentionSet:
    """Set windows, training, insights and access as a whole: a new version, in force for new records at once.

    Stored records follow (`applied_at`). A change that makes anything go sooner within seven days waits for a second
    administrator (202, `waiting`): nothing is changed or erased before. What speaks against it is spelt out (422).
    """
    now = utc_now()
    based_on = _based_on(body, if_match)
    wish = Wish(body.settings(), based_on, caller.key_id, body.reason)
    outcome = await RetentionSettingsService(stores, administered(caller, workspace_id)).put(wish, now=now)
    if outcome.proposal is not None:
        response.status_code = 202
        await _note(stores, caller, workspace_id, "retention:proposed", outcome.proposal.proposal_id)
        return await _answer(stores, outcome, "waiting")
    changed = outcome.workspace.policy.version != based_on
    if changed:
        detail: dict[str, str | int] = {"version": outcome.workspace.policy.version, "reason": body.reason}
        await stores.audit.append(workspace_id, "workspace:retention:set", actor=caller.key_id, now=now, detail=detail)
    response.headers["ETag"] = f'"{outcome.workspace.policy.version}"'
    return await _answer(stores, outcome, "set" if changed else "unchanged")


def _based_on(body: RetentionIn, if_match: str | None) -> int:
    """Return the version that is changed. Raises Invalid when it is not said, or said twice in two ways."""
    text = None if if_match is None else if_match.strip().removeprefix("W/").strip('"')
    if text is not None and not (text.isascii() and text.isdigit()):
        raise Invalid('If-Match is the ETag of the version that is changed, such as "3"', field="If-Match")
    named = {one for one in (body.based_on, None if text is None else int(text)) if one is not None}
    if len(named) != 1:
        raise Invalid("say which version is changed: If-Match, or based_on", field="based_on")
    return named.pop()


async def _answer(stores: Resources, outcome: Outcome, word: str) -> RetentionSet:
    workspace = outcome.workspace
    version = await WorkspaceStore(stores).version(workspace.workspace_id, workspace.policy.version)
    waiting = None if outcome.proposal is None else answers.proposal(outcome.proposal, utc_now())
    return RetentionSet(outcome=word, retention=answers.retention(workspace, version), proposal=waiting)


async def _note(stores: Resources, caller: Caller, workspace_id: str, event: str, proposal_id: str) -> None:
    await stores.audit.append(
        workspace_id, event, actor=caller.key_id, now=utc_now(), detail={"proposal_id": proposal_id}
    )


@router.post("/{workspace_id}/retention/preview", summary="See what would go", responses=errors(*_PUTTING))
async def preview_retention(workspace_id: str, body: PreviewIn, caller: Admin, stores: Stores) -> PreviewOut:
    """Count what these settings would make go, by kind and month, and what holds keep. Nothing is changed."""
    now = utc_now()
    workspace = await WorkspaceStore(stores).get(administered(caller, workspace_id))
    service = RetentionSettingsService(stores, workspace_id)
    version = await service.wanted(Wish(body.settings(), workspace.policy.version, caller.key_id, "preview"), now=now)
    by = max(body.by or now, now)
    found = await service.preview(version, by=by, now=now)
    soon = found if by == now + TERM else await service.preview(version, by=now + TERM, now=now)
    return answers.preview(found, by, needs_approval=any(going.sooner for going in soon.values()))


@router.get("/{workspace_id}/retention/proposals", summary="List proposals", responses=errors("not-found"))
async def list_proposals(workspace_id: str, caller: Admin, stores: Stores) -> list[ProposalOut]:
    """Return changes that wait for a second administrator, and those that were decided, newest first."""
    await WorkspaceStore(stores).get(administered(caller, workspace_id))
    return [answers.proposal(one, utc_now()) for one in await ProposalStore(stores, workspace_id).newest()]


@router.post(
    "/{workspace_id}/retention/proposals/{proposal_id}",
    summary="Decide a proposal",
    responses=errors(*_PUTTING, "conflict", "second-admin-needed"),
)
async def decide_proposal(
    workspace_id: str, proposal_id: str, body: DecisionIn, caller: Admin, stores: Stores
) -> RetentionSet:
    """Approve or reject a change. To approve it needs another key than the asker's, made before the asking."""
    now, second = utc_now(), SecondAdmin(caller.key_id, caller.made_at or utc_now())
    service = RetentionSettingsService(stores, administered(caller, workspace_id))
    if body.decision == ProposalState.APPROVED.value:
        outcome = await service.approve(proposal_id, second, now=now)
        word = "set"
    else:
        proposal = await service.reject(proposal_id, second, now=now)
        outcome, word = Outcome(await WorkspaceStore(stores).get(workspace_id), proposal), "rejected"
    await _note(stores, caller, workspace_id, f"retention:{body.decision}", proposal_id)
    return await _answer(stores, outcome, word)
