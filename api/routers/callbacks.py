"""Callbacks: where providers tell of calls and recordings. No key is asked for: see `ingest.providers`."""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from fastapi import APIRouter, Request, Response

from api.auth import Stores, utc_now
from api.openapi import keyless
from domain.errors import NotFound
from governance.workspaces import WorkspaceStore
from ingest.providers.errors import CallbackRefused
from ingest.providers.receiving import Reception
from ingest.providers.registry import Answer
from ingest.providers.request import CallbackRequest
from ingest.sources import source_of_hook
from storage.resources import Resources

log = structlog.get_logger()
router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])
PATH: Final = "/{provider}/{hook}"
_HOOK: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Taken in, known already, or of no interest", "content": {"text/plain": {}, "text/xml": {}}},
    **keyless("callback-refused", "callback-unreadable", "zone-needed", "not-found", "too-large", "unavailable"),
}


@router.post(
    PATH, summary="Take a provider's callback", response_class=Response, responses=_RESPONSES, name="take_callback"
)
async def take_posted(provider: str, hook: str, request: Request, stores: Stores) -> Response:
    """Take what a provider tells of a call: its state, its record, or a recording that is ready.

    The address is the one that PUT /v1/sources/{name} answered with. docs/callbacks.md says which check it must pass; a
    source without its check refuses everything. Sending the same callback again changes nothing.
    """
    return await _take(provider, hook, request, stores)


@router.get(
    PATH,
    summary="Take a callback by GET",
    response_class=Response,
    responses=_RESPONSES,
    name="get_callback",
)
async def take_by_get(provider: str, hook: str, request: Request, stores: Stores) -> Response:
    """The same for providers that put everything into the query, such as Exotel's passthru."""
    return await _take(provider, hook, request, stores)


async def _take(provider: str, hook: str, request: Request, stores: Resources) -> Response:
    source = await source_of_hook(stores, hook) if _HOOK.fullmatch(hook) else None
    if source is None or source.config.provider != provider:
        raise NotFound("there is nothing at this address")
    structlog.contextvars.bind_contextvars(workspace_id=source.workspace_id, source_id=source.source_id)
    workspace = (await WorkspaceStore(stores).get(source.workspace_id)).taking_in()
    try:
        taken = await Reception(stores, source, workspace.policy).take(
            await _as_sent(request, stores, provider, hook), now=utc_now()
        )
    except CallbackRefused:
        log.warning("callback:refused")
        raise
    log.info("callback:taken", rows=taken.rows, ignored=taken.ignored, recordings=taken.recordings)
    return _answered(taken.answer)


async def _as_sent(request: Request, stores: Resources, provider: str, hook: str) -> CallbackRequest:
    """Return the request as the provider signed it: under our public address, never under what a proxy calls us."""
    query = request.scope["query_string"].decode("latin-1")
    address = f"{stores.settings.public_url.rstrip('/')}{router.prefix}/{provider}/{hook}"
    return CallbackRequest(
        method=request.method,
        url=f"{address}?{query}" if query else address,
        query=query,
        headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]],
        body=await request.body(),
    )


def _answered(answer: Answer) -> Response:
    return Response(answer.body, media_type=answer.media_type)
