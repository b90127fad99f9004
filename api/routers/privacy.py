"""For the privacy officer: erase, hold, read the audit chain and the receipts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api import views
from api.answers import AuditEvent, AuditPage, HoldOut, Receipt
from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.bodies import HoldIn
from api.openapi import errors
from domain.errors import NotFound
from governance.holds import HoldStore
from governance.purges import Held, Purges
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.tombstones import TombstoneStore
from storage.mongo import Document

router = APIRouter(prefix="/v1", tags=["privacy"])


@router.delete("/calls/{call_id}", status_code=202, summary="Erase a call", responses=errors("not-found", "held"))
async def erase_call(call_id: str, caller: PrivacyOfficer, stores: Stores) -> dict[str, str]:
    """Hide the call at once and erase its content: key, objects, documents. The receipt proves it.

    A legal hold wins: the call stays and this is refused. Traffic data stays on its own clock.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    calls = CallStore(stores, workspace_id)
    if await calls.raw(call_id) is None:
        if await Purges(stores).receipt(workspace_id, call_id) is not None:
            return {"id": call_id, "state": "erased"}
        raise NotFound("no such call", call_id=call_id)
    if await HoldStore(stores, workspace_id).is_held(call_id):
        raise Held("a legal hold keeps the call", call_id=call_id)
    await stores.audit.append(workspace_id, "call:erasure:requested", actor=caller.key_id, now=now, call_id=call_id)
    await calls.start_erasing(call_id, cause="request", now=now)
    return {"id": call_id, "state": "erasing"}


@router.delete("/call-logs/{log_id}", summary="Erase a call log", responses=errors("not-found", "gone", "held"))
async def erase_call_log(log_id: str, caller: PrivacyOfficer, stores: Stores) -> dict[str, str]:
    """Erase an entry of a phone's call log at once. Sent again by the phone it stays erased (`erased` in the answer).

    A legal hold on its call, or on the workspace, wins. Asking again changes nothing.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    logs = CallLogStore(stores, workspace_id)
    if log_id in await TombstoneStore(stores, workspace_id).erased_rows([log_id]):
        await logs.erase(log_id, now=now)  # an erasure that was cut short
        return {"id": log_id, "state": "erased"}
    log = await logs.get(log_id, now=now)
    if await HoldStore(stores, workspace_id).is_held(log.get("call_id") or log_id):
        raise Held("a legal hold keeps the log", log_id=log_id)
    await stores.audit.append(
        workspace_id,
        "call_log:erased",
        actor=caller.key_id,
        now=now,
        call_id=log.get("call_id"),
        detail={"log_id": log_id},
    )
    await logs.erase(log_id, now=now)
    return {"id": log_id, "state": "erased"}


@router.get("/calls/{call_id}/receipt", summary="Read an erasure's receipt", responses=errors("not-found"))
async def read_receipt(call_id: str, caller: PrivacyOfficer, stores: Stores) -> Receipt:
    """Return the proof that a call was erased: when, why, how many records, and that its key is destroyed."""
    found = await Purges(stores).receipt(workspace_of(caller), call_id)
    if found is None:
        raise NotFound("the call is not erased", call_id=call_id)
    return Receipt.model_validate({"id": found["_id"], **found})


@router.post("/holds", status_code=201, summary="Place a legal hold", responses=errors("not-found"))
async def place_hold(body: HoldIn, caller: PrivacyOfficer, stores: Stores) -> HoldOut:
    """Keep one call, or the whole workspace, from being erased for a matter. A hold lets nobody read more."""
    workspace_id, now = workspace_of(caller), utc_now()
    if body.call_id is not None and await CallStore(stores, workspace_id).raw(body.call_id) is None:
        raise NotFound("no such call", call_id=body.call_id)
    hold = await HoldStore(stores, workspace_id).place(matter=body.matter, call_id=body.call_id, now=now)
    await _note(stores, caller.key_id, workspace_id, "legal_hold:placed", hold.hold_id, body.call_id)
    return views.hold(hold)


@router.delete("/holds/{hold_id}", summary="Release a legal hold", responses=errors("not-found"))
async def release_hold(hold_id: str, caller: PrivacyOfficer, stores: Stores) -> HoldOut:
    """Release a hold. What is due by then is erased by the next sweep."""
    workspace_id = workspace_of(caller)
    hold = await HoldStore(stores, workspace_id).release(hold_id, now=utc_now())
    await _note(stores, caller.key_id, workspace_id, "legal_hold:released", hold_id, hold.call_id)
    return views.hold(hold)


async def _note(stores: Stores, actor: str, workspace_id: str, event: str, hold_id: str, call_id: str | None) -> None:
    await stores.audit.append(
        workspace_id, event, actor=actor, now=utc_now(), call_id=call_id, detail={"hold_id": hold_id}
    )


@router.get("/holds", summary="List legal holds", responses=errors())
async def list_holds(caller: PrivacyOfficer, stores: Stores) -> list[HoldOut]:
    """Return the holds in force."""
    return [views.hold(hold) for hold in await HoldStore(stores, workspace_of(caller)).in_force()]


@router.get("/audit", summary="Read the audit log", responses=errors())
async def read_audit(
    caller: PrivacyOfficer,
    stores: Stores,
    call_id: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    """Return the newest events of the workspace, and whether its chain of hashes holds."""
    workspace_id = workspace_of(caller)
    events = await stores.audit.events(workspace_id, call_id=call_id, limit=limit)
    return AuditPage(
        intact=await stores.audit.broken_at(workspace_id) is None, events=[_event(document) for document in events]
    )


def _event(document: Document) -> AuditEvent:
    return AuditEvent.model_validate({name: document[name] for name in AuditEvent.model_fields})
