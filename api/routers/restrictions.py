"""Restriction of use (GDPR Art. 18): set and lifted by a privacy officer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.hold_bodies import RestrictionIn, RestrictionOut, restriction_out
from api.openapi import errors
from api.paging import Cursor, cut, start_of
from api.person_bodies import person_tokens
from domain.errors import NotFound
from domain.holds import HoldKind, HoldScope, record_scope
from domain.ids import is_id
from domain.restrictions import Restriction
from governance.restrictions import RestrictionStore
from governance.workspaces import WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/restrictions", tags=["privacy"])


async def _scope(body: RestrictionIn, stores: Resources, workspace_id: str) -> HoldScope:
    if body.person is not None:
        workspace = await WorkspaceStore(stores).get(workspace_id)
        return HoldScope(HoldKind.PERSON, tokens=await person_tokens(stores, workspace, body.person))
    if body.call_id is None or not is_id("call", body.call_id):
        raise NotFound("no such call")
    return record_scope(body.call_id)


@router.post(
    "",
    status_code=201,
    summary="Restrict the use of records",
    responses={200: {"model": RestrictionOut, "description": "Restricted already"}, **errors("not-found")},
)
async def restrict(body: RestrictionIn, caller: PrivacyOfficer, stores: Stores, response: Response) -> RestrictionOut:
    """Stop every use of a call, or of every call of a person, those that are still to come among them.

    Stages wait, content and numbers are not served, searches leave the records out, nothing of them is trained on.
    They stay stored for as long as their clocks say and are erased then: a restriction is no hold.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    scope = await _scope(body, stores, workspace_id)
    set_, fresh = await RestrictionStore(stores, workspace_id).set(
        scope, reason=body.reason, set_by=caller.key_id, now=now
    )
    response.status_code = 201 if fresh else 200
    await _note(stores, set_.set_by, set_, "restriction:set")
    return restriction_out(set_)


@router.delete("/{restriction_id}", summary="Lift a restriction", responses=errors("not-found"))
async def lift(
    restriction_id: str,
    caller: PrivacyOfficer,
    stores: Stores,
    reason: Annotated[str | None, Query(max_length=500, description="Why. It is kept: name no person.")] = None,
) -> RestrictionOut:
    """Let the records be used again; stages that waited go on. Lifting twice keeps the first time."""
    store = RestrictionStore(stores, workspace_of(caller))
    lifted, _ = await store.lift(restriction_id, lifted_by=caller.key_id, reason=reason, now=utc_now())
    await _note(stores, lifted.lifted_by or caller.key_id, lifted, "restriction:lifted")
    return restriction_out(lifted)


async def _note(stores: Resources, actor: str, restriction: Restriction, event: str) -> None:
    await stores.audit.append(
        restriction.workspace_id,
        event,
        actor=actor,
        now=utc_now(),
        call_id=restriction.scope.record_id,
        detail={"restriction_id": restriction.restriction_id, "scope": restriction.scope.kind.value},
        event_id=f"{restriction.restriction_id}:{event}",
    )


@router.get("", summary="List restrictions", responses=errors())
async def list_restrictions(
    caller: PrivacyOfficer,
    stores: Stores,
    response: Response,
    lifted: Annotated[bool, Query(description="Those that are lifted, instead of those in force.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Cursor = None,
) -> list[RestrictionOut]:
    """Return the restrictions in force, or the lifted ones, newest first. The Link header leads to the next page."""
    workspace_id = workspace_of(caller)
    after = await start_of(stores, workspace_id, cursor)
    found = await RestrictionStore(stores, workspace_id).page(lifted=lifted, limit=limit + 1, after=after)
    query = {"lifted": "true" if lifted else None}
    shown, _ = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="set_at", path="/v1/restrictions", query=query
    )
    return [restriction_out(Restriction.from_document(document)) for document in shown]
