"""Who may enter: each route states its scope through `requires`; a test fails for a route that does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.keys import Caller, KeyStore
from domain.errors import Forbidden, NotFound, Unauthenticated
from domain.scopes import Scope
from governance.workspaces import WorkspaceEnded
from ingest.pokes import Pokes
from storage.recent import Recent
from storage.resources import Resources

_bearer = HTTPBearer(
    auto_error=False, scheme_name="API key", description="A key such as `cw_…`, made at POST /v1/workspaces/{id}/keys."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def utc_now() -> datetime:
    """Return this instant, aware. The API's only look at the clock."""
    return datetime.now(UTC)


def resources_of(request: Request) -> Resources:
    """Return the process's stores."""
    return cast("Resources", request.app.state.resources)


def pokes_of(request: Request) -> Pokes:
    """Return what the process has to tell recordings of new logs."""
    return cast("Pokes", request.app.state.pokes)


async def _stores(request: Request) -> Resources:
    """Return the same to a route: as a coroutine, for FastAPI sends a plain function to another thread and back."""
    return resources_of(request)


Stores = Annotated[Resources, Depends(_stores)]


def recent_of(request: Request) -> Recent:
    """Return what the process read within the last second."""
    return cast("Recent", request.app.state.recent)


def requires(*scopes: Scope, recent: bool = False) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency that lets in a key with one of these scopes.

    Where a route asks hundreds of times a second the key that was let in may be `recent`: one that was revoked or
    expired meanwhile is let in for a second more.
    """

    async def check(request: Request, credentials: Credentials) -> Caller:
        if credentials is None:
            raise Unauthenticated("no API key was sent")
        key = credentials.credentials
        authenticate = partial(KeyStore(resources_of(request)).authenticate, key, now=utc_now())
        if recent:
            caller = await recent_of(request).of(("key", sha256(key.encode()).digest()), authenticate)
        else:
            caller = await authenticate()
        if not caller.scopes.intersection(scopes):
            raise Forbidden("the key's scopes do not reach this", needs=" or ".join(scope.value for scope in scopes))
        if caller.ended and scopes != (Scope.PRIVACY_MANAGE,):
            raise WorkspaceEnded("the workspace's account has ended; a privacy officer still reads what is proof of it")
        structlog.contextvars.bind_contextvars(key_id=caller.key_id, workspace_id=caller.workspace_id)
        return caller

    cast("Any", check).scopes = scopes
    return check


def workspace_of(caller: Caller) -> str:
    """Return the caller's workspace. Raises Forbidden for a platform key: it reaches no calls."""
    if caller.workspace_id is None:
        raise Forbidden("a platform key reaches no calls; use a key of the workspace")
    return caller.workspace_id


def administered(caller: Caller, workspace_id: str) -> str:
    """Return the workspace if the caller may administer it; another workspace's id does not exist for it."""
    if caller.workspace_id is not None and caller.workspace_id != workspace_id:
        raise NotFound("no such workspace", workspace_id=workspace_id)
    return workspace_id


def platform_only(caller: Caller) -> None:
    """Raise Forbidden unless the key is a platform administrator's."""
    if caller.workspace_id is not None:
        raise Forbidden("only the platform's administrator may do this")


CallsWriter = Annotated[Caller, Depends(requires(Scope.CALLS_WRITE))]
BatchWriter = Annotated[Caller, Depends(requires(Scope.CALLS_WRITE, recent=True))]
CallsReader = Annotated[Caller, Depends(requires(Scope.CALLS_READ))]
CallFollower = Annotated[Caller, Depends(requires(Scope.CALLS_READ, Scope.CALLS_WRITE))]
TranscriptReader = Annotated[Caller, Depends(requires(Scope.TRANSCRIPTS_READ, Scope.TRANSCRIPTS_CLEAR))]
Admin = Annotated[Caller, Depends(requires(Scope.WORKSPACE_ADMIN))]
InventoryReader = Annotated[Caller, Depends(requires(Scope.CALLS_READ, Scope.WORKSPACE_ADMIN, Scope.PRIVACY_MANAGE))]
RecordKeeper = Annotated[Caller, Depends(requires(Scope.PRIVACY_MANAGE, Scope.WORKSPACE_ADMIN))]
PrivacyOfficer = Annotated[Caller, Depends(requires(Scope.PRIVACY_MANAGE))]
CorpusReader = Annotated[Caller, Depends(requires(Scope.CORPUS_READ))]
CorpusManager = Annotated[Caller, Depends(requires(Scope.CORPUS_MANAGE))]
CorpusFollower = Annotated[Caller, Depends(requires(Scope.CORPUS_READ, Scope.CORPUS_MANAGE))]
