"""Imports: what came in, what became of it, and what was refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api import cdr_views
from api.auth import CallFollower, Stores, utc_now, workspace_of
from api.cdr_answers import ImportOut, ImportPage, RejectionPage
from api.openapi import errors
from api.paging import Cursor, Limit, cut, start_of
from api.reading import ClearCopy, clear_copy
from domain.errors import ReasonMissing
from ingest.imports import ImportStore
from ingest.quarantine import QuarantineStore

router = APIRouter(prefix="/v1/imports", tags=["cdrs"])


@router.get("", summary="List imports", responses=errors())
async def list_imports(
    caller: CallFollower, stores: Stores, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> ImportPage:
    """Return the files that came in, newest first, with what became of their rows."""
    workspace_id = workspace_of(caller)
    after = await start_of(stores, workspace_id, cursor)
    found = await ImportStore(stores, workspace_id).page(limit=limit + 1, after=after)
    shown, following = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="started_at", path="/v1/imports"
    )
    return ImportPage(imports=[cdr_views.import_of(document) for document in shown], next=following)


@router.get("/{import_id}", summary="Look at an import", responses=errors("not-found"))
async def get_import(import_id: str, caller: CallFollower, stores: Stores) -> ImportOut:
    """Return how far an import got, or how it ended."""
    return cdr_views.import_of(await ImportStore(stores, workspace_of(caller)).get(import_id))


@router.get(
    "/{import_id}/rejections",
    summary="List an import's refused rows",
    responses=errors("not-found", "gone", "reason-missing"),
)
async def list_rejections(
    import_id: str,
    caller: CallFollower,
    stores: Stores,
    response: Response,
    clear: ClearCopy,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RejectionPage:
    """Return the rows that were refused, with line and reason, for thirty days at most.

    With `?clear=true&reason=…` and the scope `transcripts:clear` the rows themselves are shown; that is audited.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    await ImportStore(stores, workspace_id).get(import_id)
    held = QuarantineStore(stores, workspace_id)
    after = await start_of(stores, workspace_id, cursor)
    found = await held.page(import_id, now=now, limit=limit + 1, after=None if after is None else after[1])
    shown, following = await cut(
        stores,
        workspace_id,
        found,
        response,
        limit=limit,
        ordered_by="created_at",
        path=f"/v1/imports/{import_id}/rejections",
    )
    as_spoken = await clear_copy(stores, caller, clear, call_id=import_id, event="cdrs:rejections:read_clear")
    rejections = [
        cdr_views.rejection(document, await held.raw_row(document, now=now) if as_spoken else None)
        for document in shown
    ]
    return RejectionPage(rejections=rejections, next=following)


@router.get(
    "/{import_id}/file",
    summary="Fetch a file that was refused whole",
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **errors("not-found", "gone", "reason-missing"),
    },
    response_class=StreamingResponse,
)
async def fetch_file(import_id: str, caller: CallFollower, stores: Stores, clear: ClearCopy) -> StreamingResponse:
    """Return a file whose control totals did not fit, as it came, for thirty days at most.

    It is there in clear only: with `?clear=true&reason=…` and the scope `transcripts:clear`; that is audited.
    """
    held, now = QuarantineStore(stores, workspace_of(caller)), utc_now()
    document = await held.file_of(import_id, now=now)
    as_spoken = await clear_copy(stores, caller, clear, call_id=import_id, event="cdrs:file:read_clear")
    if as_spoken:
        pieces = held.read_file(document, now=now)
        first = await anext(pieces, b"")
        return StreamingResponse(_again(first, pieces), media_type="application/octet-stream")
    raise ReasonMissing("a file in quarantine is shown in clear only: add clear=true and a reason")


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
