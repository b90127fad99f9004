"""The register of disclosures: what left, to whom, on which ground; a disclosure without one is refused."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.disclosure_bodies import DisclosureIn, DisclosureOut, DisclosurePage, disclosure_out
from api.openapi import errors
from api.paging import Cursor, Limit, cut, start_of
from domain.disclosures import disclosure_from
from governance.disclosures import DisclosureStore

router = APIRouter(prefix="/v1/disclosures", tags=["privacy"])


@router.post("", status_code=201, summary="Note a disclosure", responses=errors())
async def note_disclosure(body: DisclosureIn, caller: PrivacyOfficer, stores: Stores) -> DisclosureOut:
    """Note what is handed to somebody outside, before it leaves.

    Refused without a ground and its reference; to providers and affiliates where the profile shares with none; to a
    buyer without an agreement on confidentiality; out of the EEA without a safeguard that the profile knows.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    new = body.disclosure(now=now)
    disclosure_id = await DisclosureStore(stores, workspace_id).note(new, by=caller.key_id, now=now)
    detail = {"disclosure_id": disclosure_id, "ground": new.ground.value, "recipient_kind": new.recipient_kind.value}
    await stores.audit.append(workspace_id, "disclosure:noted", actor=caller.key_id, now=now, detail=detail)
    return disclosure_out(disclosure_id, new, noted_by=caller.key_id)


@router.get("", summary="Read the register of disclosures", responses=errors())
async def list_disclosures(
    caller: PrivacyOfficer, stores: Stores, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> DisclosurePage:
    """Return what was disclosed, newest first."""
    workspace_id = workspace_of(caller)
    after = await start_of(stores, workspace_id, cursor)
    found = await DisclosureStore(stores, workspace_id).page(after=after, limit=limit + 1)
    shown, following = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="disclosed_at", path="/v1/disclosures"
    )
    told = [disclosure_out(one["_id"], disclosure_from(one), noted_by=one["noted_by"]) for one in shown]
    return DisclosurePage(disclosures=told, next=following)


@router.get("/{disclosure_id}", summary="Read a disclosure", responses=errors("not-found"))
async def get_disclosure(disclosure_id: str, caller: PrivacyOfficer, stores: Stores) -> DisclosureOut:
    """Return one entry; `safeguard_reference` is what a person gets who asks for a copy of the safeguards."""
    found = await DisclosureStore(stores, workspace_of(caller)).get(disclosure_id)
    return disclosure_out(disclosure_id, disclosure_from(found), noted_by=found["noted_by"])
