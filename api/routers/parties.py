"""Who is in a call: said when it is registered or later, by number or address, with what law needs of each."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import CallsReader, CallsWriter, Stores, utc_now, workspace_of
from api.openapi import errors
from api.party_bodies import PartiesIn, PartiesOut, parties_out, told_parties
from ingest.call_parties import as_stored, is_emergency
from ingest.calls import CallStore

router = APIRouter(prefix="/v1/calls", tags=["calls"])


@router.put("/{call_id}/parties", summary="Say who is in a call", responses=errors("not-found", "gone", "too-large"))
async def set_parties(call_id: str, body: PartiesIn, caller: CallsWriter, stores: Stores) -> PartiesOut:
    """Replace what was said of the call's people: jurisdiction, kind of customer, whether somebody is a minor.

    Name all of them: whoever is not named, or named without number and e-mail, is unknown, and a call with somebody
    unknown is never trained on. People who came with the call or stand in its log stay known beside those named here.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    calls, told = CallStore(stores, workspace_id), told_parties(body.parties)
    await calls.get(call_id, now=now)
    parties = await as_stored(stores, workspace_id, told)
    await calls.set_parties(call_id, parties, emergency=is_emergency(told), now=now)
    detail = {"parties": len(parties), "minors": sum(one.minor for one in parties)}
    await stores.audit.append(
        workspace_id, "call:parties:set", actor=caller.key_id, now=now, call_id=call_id, detail=detail
    )
    await stores.outbox.wake_waiting(call_id, now=now)
    return parties_out(await calls.get(call_id, now=now))


@router.get("/{call_id}/parties", summary="Read who is in a call", responses=errors("not-found", "gone"))
async def get_parties(call_id: str, caller: CallsReader, stores: Stores) -> PartiesOut:
    """Return what was said of the call's people: never a number, only where keyed hashes are equal."""
    return parties_out(await CallStore(stores, workspace_of(caller)).get(call_id, now=utc_now()))
