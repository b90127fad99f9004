"""The log of breaches and near misses: entered, followed step by step, never changed."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.incident_bodies import IncidentIn, IncidentOut, StepIn, incident_out
from api.keys import KeyStore
from api.openapi import errors
from domain.incidents import IncidentKind, Noted
from governance.incidents import IncidentStore, NewIncident

router = APIRouter(prefix="/v1/incidents", tags=["privacy"])


@router.post("", status_code=201, summary="Enter a breach or near miss", responses=errors("not-found"))
async def open_incident(body: IncidentIn, caller: PrivacyOfficer, stores: Stores) -> IncidentOut:
    """Enter what happened. The API keys that reach what is affected are revoked before the answer comes.

    Two clocks run from here, by the hours of the workspace's profile: the report inside the house, counted from
    `identified_at`, and the notice to the authority, from `aware_at`. What is late shows in the gauges.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    affected = tuple(dict.fromkeys(body.affected_keys))
    for key_id in affected:
        await KeyStore(stores).revoke(workspace_id, key_id, now=now)
        await stores.audit.append(workspace_id, "key:revoked", actor=caller.key_id, now=now, detail={"key_id": key_id})
    store = IncidentStore(stores, workspace_id)
    aware_at = body.aware_at or body.identified_at
    new = NewIncident(body.kind, body.what, body.identified_at, aware_at, affected)
    made = await store.open(new, by=caller.key_id, now=now)
    detail = {"incident_id": made.incident_id, "kind": made.kind.value}
    await stores.audit.append(workspace_id, "incident:opened", actor=caller.key_id, now=now, detail=detail)
    return incident_out(made, await store.settings(), now=now)


@router.get("", summary="Read the log of breaches", responses=errors())
async def list_incidents(caller: PrivacyOfficer, stores: Stores, kind: IncidentKind | None = None) -> list[IncidentOut]:
    """Return the entries, newest first, each with its clocks as they stand now; the newest thousand."""
    store, now = IncidentStore(stores, workspace_of(caller)), utc_now()
    settings = await store.settings()
    return [incident_out(one, settings, now=now) for one in await store.all(kind=kind)]


@router.get("/{incident_id}", summary="Read an incident", responses=errors("not-found"))
async def get_incident(incident_id: str, caller: PrivacyOfficer, stores: Stores) -> IncidentOut:
    """Return one entry."""
    store = IncidentStore(stores, workspace_of(caller))
    return incident_out(await store.get(incident_id), await store.settings(), now=utc_now())


@router.post("/{incident_id}/steps", summary="Note a step", responses=errors("not-found", "conflict"))
async def note_step(incident_id: str, body: StepIn, caller: PrivacyOfficer, stores: Stores) -> IncidentOut:
    """Add what was done or decided. Steps are never changed; a late notice to the authority needs its reasons.

    `reviewed` counts only from a key whose `office` is `ceo` or `cto`. `closed` is refused until everything is noted
    that such an incident needs; the answer names what is missing.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    store = IncidentStore(stores, workspace_id)
    noted = Noted(body.step, caller.key_id, now, body.choice, body.note)
    found = await store.note(incident_id, noted, office=caller.office)
    detail = {"incident_id": incident_id, "step": body.step.value}
    await stores.audit.append(workspace_id, "incident:step", actor=caller.key_id, now=now, detail=detail)
    return incident_out(found, await store.settings(), now=now)
