"""What people granted, refused and took back, purpose by purpose: noted by number or address, kept as proof."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.consent_bodies import AskIn, ConsentsIn, ConsentsOut, NotedOut, StandingOut, consent_out
from api.openapi import errors
from api.person_bodies import person_of
from domain.consents import ConsentEvent, is_granted, standing
from domain.records import Purpose
from governance.consents import ConsentStore
from governance.waiting import wake_calls_of
from governance.workspaces import WorkspaceStore

router = APIRouter(prefix="/v1/people/consents", tags=["privacy"])


@router.post("", status_code=201, summary="Note a person's choices", responses=errors("too-large"))
async def note_choices(body: ConsentsIn, caller: PrivacyOfficer, stores: Stores, response: Response) -> NotedOut:
    """Note what a person granted, refused or withdrew: an answer of its own to each purpose, with the text shown.

    A withdrawal stops new use from now on and leaves every earlier act, and the account, as they are. The person is
    kept as keyed hashes only. What is sent again is noted once (200).
    """
    workspace_id, now = workspace_of(caller), utc_now()
    person = await person_of(stores, await WorkspaceStore(stores).get(workspace_id), body.person)
    choices = [one.choice(now) for one in body.choices]
    noted = await ConsentStore(stores, workspace_id).note(person, choices, by=caller.key_id, now=now)
    for one in noted:
        detail = {"consent_id": one["_id"], "purpose": one["purpose"], "state": one["state"]}
        await stores.audit.append(workspace_id, "consent:noted", actor=caller.key_id, now=now, detail=detail)
    await wake_calls_of(stores, workspace_id, person.people, now=now)
    response.status_code = 201 if noted else 200
    return NotedOut(noted=[consent_out(one) for one in noted])


@router.post("/search", summary="Read a person's choices", responses=errors("too-large"))
async def read_choices(body: AskIn, caller: PrivacyOfficer, stores: Stores) -> ConsentsOut:
    """Return how a person stands to each purpose now, and every act that was ever noted, the oldest first."""
    workspace_id, now = workspace_of(caller), utc_now()
    person = await person_of(stores, await WorkspaceStore(stores).get(workspace_id), body.person)
    acts = await ConsentStore(stores, workspace_id).history(person)
    await stores.audit.append(workspace_id, "consent:read", actor=caller.key_id, now=now, detail={"acts": len(acts)})
    events = [(ConsentEvent.from_document(one, person.certain), one["_id"]) for one in acts]
    found = []
    for purpose in Purpose:
        counts = standing([event for event, _ in events], purpose, at=now)
        if counts is not None:
            by = next(consent_id for event, consent_id in events if event is counts)
            granted = is_granted(counts, at=now)
            found.append(StandingOut(purpose=purpose, granted=granted, until=counts.until if granted else None, by=by))
    return ConsentsOut(standing=found, history=[consent_out(one) for one in acts])
