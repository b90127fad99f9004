"""Receipts of what was erased, and whether their chain holds; what the sweep would erase now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.openapi import errors
from api.receipt_answers import DueNow, ErasureReceipt, ReceiptPage, ReceiptVerification
from domain.chains import read_head
from domain.errors import Invalid
from governance.holds import HoldStore
from governance.receipts import KIND, ReceiptStore
from ingest.ageing import TrafficAgeing

router = APIRouter(prefix="/v1", tags=["privacy"])


@router.get("/receipts", summary="List receipts of erasures", responses=errors())
async def list_receipts(
    caller: PrivacyOfficer,
    stores: Stores,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int | None, Query(ge=1, description="Only receipts before this number.")] = None,
) -> ReceiptPage:
    """Return what was erased, newest first: calls, parts of calls, and what the sweep took, in counts."""
    found = await ReceiptStore(stores, workspace_of(caller)).page(limit=limit, before=before)
    receipts = [ErasureReceipt.model_validate({"id": one["_id"], **one}) for one in found]
    return ReceiptPage(receipts=receipts, before=receipts[-1].sequence if len(receipts) == limit else None)


@router.get("/receipts/verification", summary="Check the chain of receipts", responses=errors())
async def verify_receipts(
    caller: PrivacyOfficer,
    stores: Stores,
    head: Annotated[str | None, Query(max_length=300, description="A kept head: its `head`.")] = None,
) -> ReceiptVerification:
    """Check every receipt, beside the audit log that names them, and beside a head that was kept when it is given.

    It takes as long as the chain is long. Keep the `head` of the answer elsewhere, and ask with it next time.
    """
    workspace_id, store = workspace_of(caller), ReceiptStore(stores, workspace_of(caller))
    key = await stores.keyring.purpose_key(workspace_id, "receipt-head")
    try:
        kept = None if head is None else read_head(head, KIND, key)
        verdict = await store.verify(kept=kept)
    except ValueError as error:
        raise Invalid(str(error), field="head") from None
    newest = await store.head(now=utc_now())
    return ReceiptVerification(
        intact=verdict.flaw is None,
        receipts=verdict.entries,
        unchained=await store.unchained(),
        flaw=verdict.flaw,
        at_sequence=verdict.at,
        head=newest.line(KIND, key),
        head_checked=head is not None,
    )


@router.get("/sweep", summary="Say what the sweep would erase now", responses=errors())
async def preview_sweep(caller: PrivacyOfficer, stores: Stores) -> list[DueNow]:
    """Return what of traffic data, refused rows and files, and lists of imports is due, and what of it is held.

    It counts by the filters that the sweep itself uses, and changes nothing.
    """
    workspace_id = workspace_of(caller)
    holds = await HoldStore(stores, workspace_id).in_force()
    found = await TrafficAgeing(stores, workspace_id).preview(holds, now=utc_now())
    return [DueNow(what=one.what, due=one.due, held=one.held, goes=one.goes) for one in found]
