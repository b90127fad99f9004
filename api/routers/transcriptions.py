"""Versions of a call's transcript: have it heard again, list what there is, settle a review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from api import views
from api.answers import CallOut, TranscriptionList, TranscriptionOut
from api.auth import Admin, CallsReader, Stores, utc_now, workspace_of
from api.openapi import errors
from api.reading import reason_of
from api.speech_bodies import HearAgainIn, ReviewIn
from api.transcription_views import transcriptions
from domain.call_parts import RECORDING, required_part
from domain.errors import Blocked, IdempotencyKeyMissing, Invalid
from domain.jobs import DEFAULT_MODEL
from domain.processing import Verdict
from domain.records import Purpose
from governance.guard import Guard
from ingest.calls import CallStore
from ingest.rehearing import Rehearings, Wish
from storage.resources import Resources
from transcription.store import TranscriptStore

router = APIRouter(prefix="/v1/calls", tags=["transcriptions"])


@router.post(
    "/{call_id}/transcriptions",
    status_code=202,
    summary="Have a call heard again",
    responses=errors(
        "not-found",
        "gone",
        "conflict",
        "blocked",
        "too-large",
        "reason-missing",
        "idempotency-key-missing",
        "idempotency-key-reused",
        "idempotency-in-progress",
    ),
)
async def hear_again(
    call_id: str,
    body: HearAgainIn,
    caller: Admin,
    stores: Stores,
    idempotency_key: Annotated[
        str | None, Header(description="Required. Fresh for each new wish, the same when the request is repeated.")
    ] = None,
) -> TranscriptionOut:
    """Run the stages again, into a new version; text and sound that are served change together when it is ready.

    Until then, and when it fails, the earlier version is served on (`rehearing` of `GET /v1/calls/{id}` says why).
    There is one exception: when the new run finds personal data that the earlier version lets through, that version is
    served to nobody from that moment on. Earlier versions stay until the call is erased.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    call = await CallStore(stores, workspace_id).get(call_id, now=now)
    if idempotency_key is None:
        raise IdempotencyKeyMissing("send an Idempotency-Key header")
    reason = reason_of(body.reason)
    _check_model(stores, body.model)
    required_part(await Guard(stores).dated(call, now=now), RECORDING, now=now)
    decision = await Guard(stores).ask(call, purpose=Purpose.TRANSCRIPTION, now=now)
    if decision.verdict is Verdict.NEVER:
        raise Blocked("the call may not be heard again", call_id=call_id, reason=decision.reason.value)
    wish = Wish(body.language, body.model)
    call, version = await Rehearings(stores, workspace_id).ask(
        call_id, wish, key=idempotency_key, reason=reason, now=now
    )
    await stores.audit.append(
        workspace_id,
        "call:transcription:asked",
        actor=caller.key_id,
        now=now,
        call_id=call_id,
        detail={"version": version, "reason": reason},
        event_id=f"evt_{call_id}_{version}",
    )
    found = await TranscriptStore(stores, workspace_id).versions(call_id)
    return next(one for one in transcriptions(call, found) if one.version == version)


def _check_model(stores: Resources, model: str | None) -> None:
    known = sorted({DEFAULT_MODEL, *stores.settings.speech_models})
    if model is not None and model not in known:
        raise Invalid("no speech model of this name is configured", field="model", known=", ".join(known))


@router.get("/{call_id}/transcriptions", summary="List versions of a transcript", responses=errors("not-found", "gone"))
async def list_transcriptions(call_id: str, caller: CallsReader, stores: Stores) -> TranscriptionList:
    """Return every version with the engine that made it and how well it heard; nothing that was said."""
    workspace_id = workspace_of(caller)
    call = await CallStore(stores, workspace_id).get(call_id, now=utc_now())
    found = await TranscriptStore(stores, workspace_id).versions(call_id)
    return TranscriptionList(call_id=call_id, versions=transcriptions(call, found))


@router.post(
    "/{call_id}/review",
    summary="Settle a review",
    responses=errors("not-found", "gone", "conflict", "too-large", "reason-missing"),
)
async def settle_review(call_id: str, body: ReviewIn, caller: Admin, stores: Stores) -> CallOut:
    """Accept or reject the version that is served, whether or not a review was asked for. The last decision holds.

    A rejected version's redacted text and sound are served to nobody (409 `rejected`); the copy as spoken still opens
    with its scope and a reason. Having the call heard again makes a version that is judged anew.
    """
    workspace_id, now, reason = workspace_of(caller), utc_now(), reason_of(body.reason)
    calls = CallStore(stores, workspace_id)
    await calls.get(call_id, now=now)
    accepted = body.decision == "accepted"
    await calls.settle_review(call_id, body.version, accepted=accepted, now=now)
    await stores.audit.append(
        workspace_id,
        f"call:review:{body.decision}",
        actor=caller.key_id,
        now=now,
        call_id=call_id,
        detail={"version": body.version, "reason": reason},
    )
    return views.call(await calls.get(call_id, now=now))
