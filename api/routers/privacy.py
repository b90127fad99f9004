"""For the privacy officer: erase, and read the receipts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.answers import Receipt
from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.openapi import errors
from domain.errors import NotFound
from governance.holds import HoldStore
from governance.purges import Purges
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.tombstones import TombstoneStore

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

    async def hide(tx: Any) -> bool:
        return await calls.start_erasing(call_id, cause="request", now=now, tx=tx)

    await HoldStore(stores, workspace_id).decide(call_id, hide)
    event = "call:erasure:requested"
    await stores.audit.append(
        workspace_id, event, actor=caller.key_id, now=now, call_id=call_id, event_id=f"{call_id}:{event}"
    )
    return {"id": call_id, "state": "erasing"}


@router.delete("/call-logs/{log_id}", summary="Erase a call log", responses=errors("not-found", "gone", "held"))
async def erase_call_log(log_id: str, caller: PrivacyOfficer, stores: Stores) -> dict[str, str]:
    """Erase an entry of a phone's call log at once. Sent again by the phone it stays erased (`erased` in the answer).

    A legal hold wins: on it, its call, a person in it, or the workspace. Asking again changes nothing.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    logs, stones = CallLogStore(stores, workspace_id), TombstoneStore(stores, workspace_id)
    if log_id in await stones.erased_rows([log_id]):
        await logs.erase(log_id, now=now)  # an erasure that was cut short
        return {"id": log_id, "state": "erased"}
    log = await logs.get(log_id, now=now)

    async def bury(tx: Any) -> None:
        await stones.place_rows([log_id], now=now, tx=tx)

    await HoldStore(stores, workspace_id, pages=logs.page_with).decide(log_id, bury)
    await stores.audit.append(
        workspace_id,
        "call_log:erased",
        actor=caller.key_id,
        now=now,
        call_id=log.get("call_id"),
        detail={"log_id": log_id},
        event_id=f"{log_id}:call_log:erased",
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
