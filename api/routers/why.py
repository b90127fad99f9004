"""Why is this still here? Asked of a call, a call log or a CDR, by whoever answers for it."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import RecordKeeper, Stores, utc_now, workspace_of
from api.keys import Caller
from api.openapi import errors
from api.why_answers import WhyOut, why_out
from domain.errors import NotFound
from governance.hold_reading import HoldReader
from governance.why import WhyStore
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.log_pages import entry_of
from storage.mongo import Document
from storage.resources import Resources

router = APIRouter(prefix="/v1", tags=["privacy"])


async def _explained(
    stores: Resources, caller: Caller, collection: str, record_id: str, document: Document | None
) -> WhyOut:
    workspace, now = await WorkspaceStore(stores).get(workspace_of(caller)), utc_now()
    pages = CallLogStore(stores, workspace.workspace_id).page_with
    why = WhyStore(stores, workspace, HoldReader(stores, workspace.workspace_id, pages=pages))
    if document is not None:
        return why_out(await why.explain(collection, document, now=now), now=now)
    found = await why.explain_erased(record_id)
    if found is None:
        raise NotFound("no such record")
    return why_out(found, now=now)


@router.get("/calls/{call_id}/why", summary="Ask why a call is still here", responses=errors("not-found"))
async def why_call(call_id: str, caller: RecordKeeper, stores: Stores) -> WhyOut:
    """Say why a call is still here, until when, by which rule, who set it, and what else keeps or restricts it.

    Of an erased one, that it is, when and why.
    """
    call = await CallStore(stores, workspace_of(caller)).raw(call_id)
    return await _explained(stores, caller, "calls", call_id, call)


@router.get("/call-logs/{log_id}/why", summary="Ask why a call log is still here", responses=errors("not-found"))
async def why_call_log(log_id: str, caller: RecordKeeper, stores: Stores) -> WhyOut:
    """Say the same of a call log, whose identifiers have a clock of their own."""
    page = await CallLogStore(stores, workspace_of(caller)).page_with(log_id)
    entry = None if page is None else entry_of(page, log_id)
    return await _explained(stores, caller, "call_logs", log_id, entry)


@router.get("/cdrs/{cdr_id}/why", summary="Ask why a CDR is still here", responses=errors("not-found"))
async def why_cdr(cdr_id: str, caller: RecordKeeper, stores: Stores) -> WhyOut:
    """Say the same of a CDR, whose identifiers have a clock of their own."""
    cdr = await stores.database.scoped("cdrs", workspace_of(caller)).find_one({"_id": cdr_id})
    return await _explained(stores, caller, "cdrs", cdr_id, cdr)
