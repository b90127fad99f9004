"""Keys that belong to no workspace, for the vendor's ML team: made by the platform's administrator."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.answers import KeyCreated, KeyOut
from api.auth import Admin, Stores, platform_only, utc_now
from api.bodies import Body, Moment, Name
from api.keys import KeyStore
from api.openapi import errors
from api.routers.workspaces import key_out
from domain.errors import Invalid
from domain.scopes import Scope

router = APIRouter(prefix="/v1/platform/keys", tags=["platform"])
"""Of the scopes only those of the corpus: a key that reaches into all workspaces at once would be a way around them."""


class PlatformKeyIn(Body):
    """A key for the ML team: `corpus:read` pulls releases, `corpus:manage` builds, approves and rejects them."""

    name: Name = Field(examples=["ML team"])
    scopes: list[Literal[Scope.CORPUS_READ, Scope.CORPUS_MANAGE]] = Field(min_length=1, examples=[["corpus:read"]])
    expires_at: Moment | None = Field(default=None, examples=["2027-06-30T00:00:00+05:30"])


@router.post("", status_code=201, summary="Make a key for the ML team", responses=errors("too-large"))
async def create_platform_key(body: PlatformKeyIn, caller: Admin, stores: Stores) -> KeyCreated:
    """Make a key of the platform. The key itself is in this answer and nowhere else."""
    platform_only(caller)
    now = utc_now()
    if body.expires_at is not None and body.expires_at <= now:
        raise Invalid("the key would be expired already", field="expires_at")
    document, text = await KeyStore(stores).create(
        workspace_id=None, name=body.name, scopes=set(body.scopes), expires_at=body.expires_at, now=now
    )
    detail = {"key_id": document["_id"], "scopes": " ".join(document["scopes"])}
    await stores.audit.append(None, "api_key:created", actor=caller.key_id, now=now, detail=detail)
    return KeyCreated(**key_out(document).model_dump(), key=text)


@router.get("", summary="List the platform's keys", responses=errors())
async def list_platform_keys(caller: Admin, stores: Stores) -> list[KeyOut]:
    """Return the keys that belong to no workspace, the administrator's own among them, without their secrets."""
    platform_only(caller)
    return [key_out(document) for document in await KeyStore(stores).of_workspace(None)]


@router.delete("/{key_id}", status_code=204, summary="Revoke a key of the platform", responses=errors("not-found"))
async def revoke_platform_key(key_id: str, caller: Admin, stores: Stores) -> Response:
    """Revoke a key at once."""
    platform_only(caller)
    now = utc_now()
    await KeyStore(stores).revoke(None, key_id, now=now)
    await stores.audit.append(None, "api_key:revoked", actor=caller.key_id, now=now, detail={"key_id": key_id})
    return Response(status_code=204)
