"""Workspaces and their API keys."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api import views
from api.answers import KeyCreated, KeyOut, WorkspaceOut
from api.auth import Admin, Stores, administered, platform_only, utc_now
from api.bodies import KeyIn, WorkspaceIn
from api.keys import KeyStore
from api.openapi import errors
from api.speech_bodies import SpeechIn
from domain.errors import Conflict, Invalid
from domain.jobs import DEFAULT_MODEL
from domain.listening import SpeechSettings
from domain.scopes import Scope
from governance.workspaces import NewWorkspace, Workspace, WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources

router = APIRouter(prefix="/v1/workspaces", tags=["workspaces"])


def key_out(document: Document) -> KeyOut:
    """Return a stored key as it is shown."""
    shown = ("workspace_id", "name", "scopes", "created_at", "expires_at", "revoked_at")
    told = {name: document[name] for name in shown}
    return KeyOut.model_validate(
        {"id": document["_id"], **told, "office": document.get("office"), "role": document.get("role")}
    )


@router.post("", status_code=201, summary="Create a workspace", responses=errors())
async def create_workspace(body: WorkspaceIn, caller: Admin, stores: Stores) -> WorkspaceOut:
    """Create a workspace (a tenant) under a policy profile. Needs a platform administrator's key."""
    platform_only(caller)
    new = NewWorkspace(
        name=body.name,
        profile=body.profile,
        content_retention=body.content_retention,
        consent_required=body.consent_required,
        instruction=tuple(dict.fromkeys(body.instruction)),
    )
    made = await WorkspaceStore(stores).create(new, now=utc_now())
    await stores.audit.append(made.workspace_id, "workspace:created", actor=caller.key_id, now=utc_now())
    return views.workspace(made)


@router.get("/{workspace_id}", summary="Look at a workspace", responses=errors("not-found"))
async def get_workspace(workspace_id: str, caller: Admin, stores: Stores) -> WorkspaceOut:
    """Return a workspace with the policy in force."""
    return views.workspace(await WorkspaceStore(stores).get(administered(caller, workspace_id)))


@router.put("/{workspace_id}/speech", summary="Say how calls are heard", responses=errors("not-found", "too-large"))
async def set_speech(workspace_id: str, body: SpeechIn, caller: Admin, stores: Stores) -> WorkspaceOut:
    """Set language, hot words, model and the threshold of review for calls that are heard from now on.

    The whole is replaced. Calls that were heard before keep their transcripts; `POST /v1/calls/{id}/transcriptions`
    has one of them heard again.
    """
    wishes = SpeechSettings(
        body.language, tuple(body.allowed_languages), tuple(body.hot_words), body.review_below, body.model
    )
    found = await WorkspaceStore(stores).set_speech(administered(caller, workspace_id), wishes)
    detail: dict[str, str | int] = {
        "hot_words": len(found.speech.hot_words),
        "model": found.speech.model or DEFAULT_MODEL,
        "language": found.speech.language or "detected",
    }
    await stores.audit.append(workspace_id, "workspace:speech:set", actor=caller.key_id, now=utc_now(), detail=detail)
    return views.workspace(found)


@router.post("/{workspace_id}/keys", status_code=201, summary="Make a key", responses=errors("not-found", "conflict"))
async def create_key(workspace_id: str, body: KeyIn, caller: Admin, stores: Stores) -> KeyCreated:
    """Make a key for the workspace. The key itself is in this answer and nowhere else."""
    now = utc_now()
    workspace = await WorkspaceStore(stores).get(administered(caller, workspace_id))
    if body.expires_at is not None and body.expires_at <= now:
        raise Invalid("the key would be expired already", field="expires_at")
    if body.office is not None:
        platform_only(caller)
    if Scope.CORPUS_MANAGE in body.scopes:
        raise Invalid("releases lie over all workspaces: make this key at POST /v1/platform/keys", field="scopes")
    if workspace.ended_at is not None and set(body.scopes) != {Scope.PRIVACY_MANAGE}:
        raise Conflict("the account has ended: only a privacy officer's key (privacy:manage) can be made")
    document, text = await KeyStore(stores).create(
        workspace_id=workspace.workspace_id,
        name=body.name,
        scopes=set(body.scopes),
        expires_at=body.expires_at,
        now=now,
        office=body.office,
        role=body.role,
    )
    await _follow_the_end(stores, workspace)
    told = {"key_id": document["_id"], **({} if body.office is None else {"office": body.office.value})}
    await stores.audit.append(workspace_id, "api_key:created", actor=caller.key_id, now=now, detail=told)
    return KeyCreated(**key_out(document).model_dump(), key=text)


async def _follow_the_end(stores: Resources, before: Workspace) -> None:
    """Mark the keys of a workspace whose account has ended, it may be while the key was being made."""
    ended_at = (await WorkspaceStore(stores).get(before.workspace_id)).ended_at
    if ended_at is not None:
        await KeyStore(stores).end_workspace(before.workspace_id, ended_at)


@router.get("/{workspace_id}/keys", summary="List API keys", responses=errors("not-found"))
async def list_keys(workspace_id: str, caller: Admin, stores: Stores) -> list[KeyOut]:
    """Return the workspace's keys, without their secrets."""
    workspace = await WorkspaceStore(stores).get(administered(caller, workspace_id))
    return [key_out(document) for document in await KeyStore(stores).of_workspace(workspace.workspace_id)]


@router.delete(
    "/{workspace_id}/keys/{key_id}", status_code=204, summary="Revoke an API key", responses=errors("not-found")
)
async def revoke_key(workspace_id: str, key_id: str, caller: Admin, stores: Stores) -> Response:
    """Revoke a key at once."""
    now = utc_now()
    await KeyStore(stores).revoke(administered(caller, workspace_id), key_id, now=now)
    await stores.audit.append(workspace_id, "api_key:revoked", actor=caller.key_id, now=now, detail={"key_id": key_id})
    return Response(status_code=204)
