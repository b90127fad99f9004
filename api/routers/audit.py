"""The audit chain: read, checked and exported by a privacy officer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.audit_answers import AuditEvent, AuditHead, AuditPage, AuditVerification
from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.openapi import errors
from domain.chains import AUDIT_FIELDS
from storage.audit_heads import AuditHeads
from storage.mongo import Document
from storage.resources import Resources

router = APIRouter(prefix="/v1/audit", tags=["privacy"])
_NEWEST = 500
_LINES = "application/x-ndjson"


@router.get("", summary="Read the audit log", responses=errors())
async def read_audit(
    caller: PrivacyOfficer,
    stores: Stores,
    call_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    """Return the newest events of the workspace, or of one record, and whether the newest 500 fit together."""
    workspace_id = workspace_of(caller)
    events = await stores.audit.events(workspace_id, call_id=call_id, limit=limit)
    intact = await stores.audit.newest_hold(workspace_id, limit=_NEWEST)
    return AuditPage(intact=intact, events=[_event(document) for document in events])


def _event(document: Document) -> AuditEvent:
    return AuditEvent.model_validate({name: document[name] for name in AuditEvent.model_fields})


@router.get("/head", summary="Get the audit chain's head", responses=errors())
async def read_head(caller: PrivacyOfficer, stores: Stores) -> AuditHead:
    """Return number and hash of the newest event. Who keeps them elsewhere sees later whether the tail was cut."""
    head, line = await AuditHeads(stores.audit, stores.keyring).current(workspace_of(caller), now=utc_now())
    return AuditHead(sequence=head.sequence, hash=head.hash, at=head.at, line=line)


@router.get("/verification", summary="Check the audit chain", responses=errors())
async def verify_audit(
    caller: PrivacyOfficer,
    stores: Stores,
    head: Annotated[str | None, Query(max_length=300, description="A kept head: its `line`.")] = None,
) -> AuditVerification:
    """Check every event of the workspace's chain, beside a head that was kept when it is given.

    It takes as long as the chain is long (`callward audit verify` checks an exported one on another machine).
    """
    found = await AuditHeads(stores.audit, stores.keyring).verify(workspace_of(caller), line=head)
    return AuditVerification(
        intact=found.flaw is None,
        events=found.entries,
        hash=found.head,
        flaw=found.flaw,
        at_sequence=found.at,
        head_checked=head is not None,
    )


@router.get(
    "/export",
    summary="Export the audit chain",
    response_class=StreamingResponse,
    responses={
        200: {"description": "One event a line, in order", "content": {_LINES: {"schema": {"type": "string"}}}},
        **errors(),
    },
)
async def export_audit(
    caller: PrivacyOfficer,
    stores: Stores,
    after: Annotated[int, Query(ge=0, description="Only events behind this number.")] = 0,
) -> StreamingResponse:
    """Return the whole chain as JSON lines, for `callward audit verify FILE` on another machine.

    Where its oldest events have gone, the first line is the `anchor` that stands for them.
    """
    return StreamingResponse(_lines(stores, workspace_of(caller), after), media_type=_LINES)


async def _lines(stores: Resources, workspace_id: str, after: int) -> AsyncIterator[bytes]:
    anchor = await stores.audit.anchor(workspace_id)
    if anchor is not None and after <= anchor["sequence"]:
        yield msgspec.json.encode({"chain": workspace_id, "anchor": anchor["line"]}) + b"\n"
    async for document in stores.audit.export(workspace_id, after=after):
        told = {"chain": workspace_id, **{name: document[name] for name in (*AUDIT_FIELDS, "hash")}}
        yield msgspec.json.encode(told) + b"\n"
