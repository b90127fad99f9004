"""Legal holds: placed, read and released by a privacy officer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.hold_bodies import GoesOut, HoldIn, HoldOut, HoldReleased, hold_out
from api.openapi import errors
from api.paging import Cursor, cut, start_of
from api.person_bodies import person_tokens
from domain.errors import NotFound
from domain.holds import WORKSPACE, HoldKind, HoldScope, LegalHold, record_scope
from domain.ids import is_id
from governance.hold_effects import what_goes
from governance.holds import HoldStore, NewHold
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/holds", tags=["privacy"])


async def _scope(body: HoldIn, stores: Resources, workspace_id: str) -> HoldScope:
    record_id = body.record_id or body.call_id
    if record_id is not None:
        if not any(is_id(kind, record_id) for kind in ("call", "log", "cdr")):
            raise NotFound("no such call")
        return record_scope(record_id)
    if body.person is not None:
        workspace = await WorkspaceStore(stores).get(workspace_id)
        return HoldScope(HoldKind.PERSON, tokens=await person_tokens(stores, workspace, body.person))
    return WORKSPACE if body.query is None else HoldScope(HoldKind.QUERY, query=body.query.query())


def _store(stores: Resources, workspace_id: str) -> HoldStore:
    return HoldStore(stores, workspace_id, pages=CallLogStore(stores, workspace_id).page_with)


@router.post(
    "",
    status_code=201,
    summary="Place a legal hold",
    responses={
        200: {"model": HoldOut, "description": "The same matter holds the same already; that hold"},
        **errors("not-found", "gone", "too-many-holds"),
    },
)
async def place_hold(body: HoldIn, caller: PrivacyOfficer, stores: Stores, response: Response) -> HoldOut:
    """Keep one record, one person's records, what a query finds, or the whole workspace from being erased for a matter.

    It wins over everything that erases: retention, requests, quarantine, uploads that never came. It lets nobody read
    more: what is due is hidden all the same. A person is looked for by number or e-mail in calls, call logs and CDRs,
    in any notation; what waits in quarantine or in the drop folder is sealed whole and is held by a query of that kind,
    or with the workspace.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    scope = await _scope(body, stores, workspace_id)
    new = NewHold(matter=body.matter, scope=scope, reason=body.reason, placed_by=caller.key_id)
    hold, fresh = await _store(stores, workspace_id).place(new, now=now)
    response.status_code = 201 if fresh else 200
    await _note(stores, hold.placed_by or caller.key_id, hold, "legal_hold:placed")
    return hold_out(hold)


@router.delete("/{hold_id}", summary="Release a legal hold", responses=errors("not-found"))
async def release_hold(
    hold_id: str,
    caller: PrivacyOfficer,
    stores: Stores,
    reason: Annotated[str | None, Query(max_length=500, description="Why. It is kept: name no person.")] = None,
) -> HoldReleased:
    """Release a hold. What it alone kept goes by its original clock: what is due by now, with the next sweep.

    `goes` says what that is. Releasing twice keeps the first time.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    holds = HoldStore(stores, workspace_id)
    hold, _ = await holds.release(hold_id, now=now, released_by=caller.key_id, reason=reason)
    await _note(stores, hold.released_by or caller.key_id, hold, "legal_hold:released")
    goes = [
        GoesOut.model_validate(one, from_attributes=True)
        for one in await what_goes(stores, workspace_id, hold, now=now)
    ]
    return HoldReleased(**hold_out(hold).model_dump(), goes=goes)


async def _note(stores: Resources, actor: str, hold: LegalHold, event: str) -> None:
    """Note a hold in the audit chain, once: asked again after a crash in between, the event is there then."""
    await stores.audit.append(
        hold.workspace_id,
        event,
        actor=actor,
        now=utc_now(),
        call_id=hold.call_id,
        detail={"hold_id": hold.hold_id, "scope": hold.scope.kind.value},
        event_id=f"{hold.hold_id}:{event}",
    )


@router.get("", summary="List legal holds", responses=errors())
async def list_holds(
    caller: PrivacyOfficer,
    stores: Stores,
    response: Response,
    released: Annotated[bool, Query(description="Those that are released, instead of those in force.")] = False,
    matter: Annotated[str | None, Query(max_length=200, description="Only of this matter.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Cursor = None,
) -> list[HoldOut]:
    """Return the holds in force, or the released ones, newest first. The Link header leads to the next page."""
    workspace_id = workspace_of(caller)
    after = await start_of(stores, workspace_id, cursor)
    found = await HoldStore(stores, workspace_id).page(released=released, matter=matter, limit=limit + 1, after=after)
    query = {"released": "true" if released else None, "matter": matter}
    shown, _ = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="placed_at", path="/v1/holds", query=query
    )
    return [hold_out(LegalHold.from_document(document)) for document in shown]


@router.get("/{hold_id}", summary="Look at a legal hold", responses=errors("not-found"))
async def read_hold(hold_id: str, caller: PrivacyOfficer, stores: Stores) -> HoldOut:
    """Return a hold, in force or released: who placed and released it, when and why."""
    return hold_out(await HoldStore(stores, workspace_of(caller)).get(hold_id))
