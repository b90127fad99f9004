"""Minors: noted by number or address. Their calls are closed at once, never trained on, and erased when asked."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.consent_bodies import AskIn, MinorCallsOut, MinorIn, MinorOut, MinorsOut
from api.openapi import errors
from api.person_bodies import PersonIn, person_tokens
from domain.errors import Conflict, Invalid, NotFound
from governance.holds import Held, HoldStore
from governance.minors import Minor, MinorStore
from governance.waiting import wake_calls_of
from governance.workspaces import WorkspaceStore
from ingest.call_lists import CallLists
from ingest.calls import CallStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/people/minors", tags=["privacy"])
MOST_AT_ONCE: Final = 200
"""Calls that one request erases."""
MOST_LOOKED_AT: Final = 10_000


async def _person(stores: Resources, workspace_id: str, person: PersonIn) -> tuple[str, ...]:
    return await person_tokens(stores, await WorkspaceStore(stores).get(workspace_id), person)


@router.post("", summary="Note a minor", responses=errors("too-large"))
async def note_minor(body: MinorIn, caller: PrivacyOfficer, stores: Stores) -> MinorOut:
    """Close every call of a minor, earlier and later ones: nothing works on them, serves them, or is trained on them.

    With a verified consent of a parent they are worked on and served, and still never trained on. Neither age nor name
    is kept. Where the profile's notice takes nothing of minors, go on with `/erase`.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    workspace = await WorkspaceStore(stores).get(workspace_id)
    limit = workspace.policy.settings.minors_age
    if body.age is not None and body.age >= limit:
        raise Invalid(f"the workspace's profile calls persons under {limit} minors", field="age")
    people = await person_tokens(stores, workspace, body.person)
    store = MinorStore(stores, workspace_id)
    noted, changed = await store.note(people, parental_consent=body.parental_consent, by=caller.key_id, now=now)
    if changed:
        detail = {"parental_consent": int(noted.parental_consent)}
        await stores.audit.append(workspace_id, "minor:noted", actor=caller.key_id, now=now, detail=detail)
    if noted.parental_consent:
        await wake_calls_of(stores, workspace_id, people, now=now)
    return _out(noted, changed=changed)


@router.post("/lift", summary="Note that somebody is no minor", responses=errors("not-found", "too-large"))
async def lift_minor(body: AskIn, caller: PrivacyOfficer, stores: Stores) -> MinorOut:
    """Take the note back: it was wrong, or the person came of age. What waited goes on."""
    workspace_id, now = workspace_of(caller), utc_now()
    people = await _person(stores, workspace_id, body.person)
    lifted, changed = await MinorStore(stores, workspace_id).lift(people, by=caller.key_id, now=now)
    if changed:
        await stores.audit.append(workspace_id, "minor:lifted", actor=caller.key_id, now=now)
        await wake_calls_of(stores, workspace_id, people, now=now)
    return _out(lifted, changed=changed)


def _out(found: Minor, *, changed: bool) -> MinorOut:
    return MinorOut(
        minor=found.lifted_at is None,
        parental_consent=found.parental_consent,
        noted_at=found.noted_at,
        changed=changed,
    )


@router.get("", summary="Count minors", responses=errors())
async def count_minors(caller: PrivacyOfficer, stores: Stores) -> MinorsOut:
    """Return how many minors are noted."""
    return MinorsOut(people=await MinorStore(stores, workspace_of(caller)).count())


@router.post(
    "/erase", status_code=202, summary="Erase a minor's calls", responses=errors("not-found", "conflict", "too-large")
)
async def erase_calls(body: AskIn, caller: PrivacyOfficer, stores: Stores) -> MinorCallsOut:
    """Erase the calls of somebody who is noted as a minor, without a parent's consent. A legal hold wins."""
    workspace_id = workspace_of(caller)
    people = await _person(stores, workspace_id, body.person)
    await _refuse_unless_minor(stores, workspace_id, people)
    found, whole = await CallLists(stores, workspace_id).of_people(people, limit=MOST_LOOKED_AT)
    erasing = held = 0
    for call_id in found:
        if erasing == MOST_AT_ONCE:
            break
        gone = await _erase(stores, workspace_id, call_id, by=caller.key_id)
        erasing, held = erasing + gone, held + (not gone)
    return MinorCallsOut(erasing=erasing, held=held, more=not whole or erasing + held < len(found))


async def _refuse_unless_minor(stores: Resources, workspace_id: str, people: tuple[str, ...]) -> None:
    noted = await MinorStore(stores, workspace_id).find(people)
    if noted is None:
        raise NotFound("this person is not noted as a minor")
    if noted.parental_consent:
        raise Conflict("a parent's consent is on file; take it back first, or erase call by call")


async def _erase(stores: Resources, workspace_id: str, call_id: str, *, by: str) -> bool:
    calls, now = CallStore(stores, workspace_id), utc_now()

    async def hide(tx: Any) -> bool:
        return await calls.start_erasing(call_id, cause="minor", now=now, tx=tx)

    try:
        await HoldStore(stores, workspace_id).decide(call_id, hide)
    except Held:
        return False
    event = "call:erasure:requested"
    await stores.audit.append(workspace_id, event, actor=by, now=now, call_id=call_id, event_id=f"{call_id}:{event}")
    return True
