"""People's objections to a use of their data (GDPR Art. 21): noted, decided with a reason, listed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.consent_bodies import ObjectionDecisionIn, ObjectionIn, ObjectionOut, ObjectionPage, objection_out
from api.openapi import errors
from api.paging import Cursor, Limit, cut, start_of
from api.person_bodies import person_tokens
from domain.objections import Objection, ObjectionState
from governance.objections import ObjectionStore
from governance.waiting import wake_calls_of
from governance.workspaces import WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/people/objections", tags=["privacy"])


@router.post(
    "",
    status_code=201,
    summary="Note an objection",
    responses={200: {"model": ObjectionOut, "description": "Noted already"}, **errors("too-large")},
)
async def object_to(body: ObjectionIn, caller: PrivacyOfficer, stores: Stores, response: Response) -> ObjectionOut:
    """Stop a use of a person's data at once. Until it is decided, and when it is upheld, it stays stopped.

    An objection to marketing is upheld as it comes. Only a keyed hash of the person is kept.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    people = await person_tokens(stores, await WorkspaceStore(stores).get(workspace_id), body.person)
    store = ObjectionStore(stores, workspace_id)
    noted, fresh = await store.note(people, body.purpose, by=caller.key_id, now=now)
    response.status_code = 201 if fresh else 200
    await _audit(stores, workspace_id, noted, "objection:noted", by=noted.noted_by)
    return objection_out(noted)


@router.post("/{objection_id}/decision", summary="Decide an objection", responses=errors("not-found", "conflict"))
async def decide_objection(
    objection_id: str, body: ObjectionDecisionIn, caller: PrivacyOfficer, stores: Stores
) -> ObjectionOut:
    """Uphold an objection, or reject it for grounds that override the person's. Deciding twice keeps the first."""
    workspace_id, now = workspace_of(caller), utc_now()
    store, upheld = ObjectionStore(stores, workspace_id), body.decision == "upheld"
    decided, _ = await store.decide(objection_id, upheld=upheld, reason=body.reason, by=caller.key_id, now=now)
    await _audit(stores, workspace_id, decided, "objection:decided", by=decided.decided_by or caller.key_id)
    if not upheld:
        await wake_calls_of(stores, workspace_id, decided.people, now=now)
    return objection_out(decided)


async def _audit(stores: Resources, workspace_id: str, found: Objection, event: str, *, by: str) -> None:
    detail = {"objection_id": found.objection_id, "purpose": found.purpose.value, "state": found.state.value}
    event_id = f"{found.objection_id}:{event}"
    await stores.audit.append(workspace_id, event, actor=by, now=utc_now(), detail=detail, event_id=event_id)


@router.get("", summary="List objections", responses=errors())
async def list_objections(
    caller: PrivacyOfficer,
    stores: Stores,
    response: Response,
    state: Annotated[ObjectionState | None, Query(description="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ObjectionPage:
    """Return objections, newest first. The Link header leads to the next page."""
    workspace_id = workspace_of(caller)
    after = await start_of(stores, workspace_id, cursor)
    found = await ObjectionStore(stores, workspace_id).page(state=state, limit=limit + 1, after=after)
    shown, following = await cut(
        stores,
        workspace_id,
        found,
        response,
        limit=limit,
        ordered_by="noted_at",
        path="/v1/people/objections",
        query={"state": None if state is None else state.value},
    )
    return ObjectionPage(objections=[objection_out(Objection.from_document(one)) for one in shown], next=following)
