"""People who do not want to be trained on: noted by number, kept as a keyed hash, counted, taken back."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.openapi import errors
from api.retention_answers import OptOutOut, OptOutsOut
from api.retention_bodies import PersonIn
from domain.errors import Invalid
from governance.opt_outs import OptOutStore
from ingest.formats.parties import party

router = APIRouter(prefix="/v1/training/opt-outs", tags=["privacy"])


def _subject(person: PersonIn) -> str:
    """Return by what somebody is found, however the number is written. Raises Invalid for what is nobody's."""
    subject = party(person.number, person.region).subject
    if subject is None:
        raise Invalid("this is nobody's number; write it with its country's code, or name the region", field="number")
    return subject


@router.post("", summary="Opt somebody out of training", responses=errors("too-large"))
async def opt_out(body: PersonIn, caller: PrivacyOfficer, stores: Stores) -> OptOutOut:
    """Keep every call of this person, earlier and later ones, out of the corpus. Only a keyed hash is kept."""
    now, workspace_id = utc_now(), workspace_of(caller)
    changed = await OptOutStore(stores, workspace_id).opt_out(_subject(body), by=caller.key_id, now=now)
    if changed:
        await stores.audit.append(workspace_id, "training:opted_out", actor=caller.key_id, now=now)
    return OptOutOut(opted_out=True, changed=changed)


@router.post("/withdraw", summary="Take an opt-out back", responses=errors("too-large"))
async def withdraw(body: PersonIn, caller: PrivacyOfficer, stores: Stores) -> OptOutOut:
    """Let a person's later choice count."""
    now, workspace_id = utc_now(), workspace_of(caller)
    changed = await OptOutStore(stores, workspace_id).withdraw(_subject(body), by=caller.key_id, now=now)
    if changed:
        await stores.audit.append(workspace_id, "training:opt_out_withdrawn", actor=caller.key_id, now=now)
    return OptOutOut(opted_out=False, changed=changed)


@router.get("", summary="Count who opted out of training", responses=errors())
async def count_opt_outs(caller: PrivacyOfficer, stores: Stores) -> OptOutsOut:
    """Return how many people opted out."""
    return OptOutsOut(people=await OptOutStore(stores, workspace_of(caller)).people())
