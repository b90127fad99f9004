"""Calls: register, upload, complete, list, look at, find by number."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from api import views
from api.answers import CallDetail, CallOut, CallPage, NotReceived, Received, Registered, UploadOut
from api.auth import CallFollower, CallsReader, CallsWriter, Stores, utc_now, workspace_of
from api.bodies import CallIn, CompleteIn, SearchIn, UploadIn
from api.cursors import make_cursor, read_cursor
from api.keys import Caller
from api.openapi import errors
from api.party_bodies import ConsentIn, told_parties
from api.reading import ClearCopy, clear_copy, current_call, refuse_restricted
from domain.calls import CallState
from domain.errors import Conflict, Gone, IdempotencyKeyMissing, NotFound
from domain.review import ReviewState
from governance.restrictions import RestrictionStore
from governance.workspaces import WorkspaceStore
from ingest.call_lists import CallLists
from ingest.call_logs import CallLogEntry, CallLogStore
from ingest.calls import CallStore
from ingest.documents import NewCall
from ingest.file_names import read_name
from ingest.formats.options import FUTURE_ALLOWED
from ingest.formats.parties import party
from ingest.idempotency import request_hash
from ingest.recordings import RecordingStore
from ingest.registration import Registration
from ingest.tombstones import Erased
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.resources import Resources
from storage.versions import version_of

router = APIRouter(prefix="/v1/calls", tags=["calls"])
_ERASED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": NotReceived, "description": "Erased before: nothing is stored, and there is nothing more to do"}
}


async def _registration(stores: Resources, caller: Caller) -> Registration:
    workspace = await WorkspaceStore(stores).get(workspace_of(caller))
    return Registration(stores, workspace.workspace_id, workspace.policy)


def _new_call(body: CallIn) -> NewCall:
    log = body.call_log
    entry = None
    if log is not None:
        entry = CallLogEntry(
            setup_time=log.setup_time,
            answer_time=log.answer_time,
            end_time=log.end_time,
            duration_s=log.duration_s,
            direction=log.direction,
            disposition=log.disposition,
            caller=party(log.caller, log.region),
            callee=party(log.callee, log.region),
        )
    name = read_name(body.recording.file_name or "")
    began = name.began(ZoneInfo(body.device_zone) if body.device_zone else None)
    if began is not None and began - utc_now() > FUTURE_ALLOWED:
        began = None
    return NewCall(
        media_type=body.recording.media_type.split(";")[0].strip().lower(),
        size=body.recording.size,
        sha256=body.recording.sha256,
        multipart=body.recording.multipart,
        part_sha256=tuple(body.recording.part_sha256),
        source=body.source,
        origin_id=body.origin_id,
        channels=tuple(body.channels),
        consent=body.consent,
        language=body.language,
        call_log=entry,
        log_id=body.log_id,
        device_id=body.device_id,
        began=body.recording.started_at or began,
        other_number=name.number,
        names=tuple(name for name in (log.agent_name, log.contact_name) if name) if log else (),
        emails=(log.contact_email,) if log and log.contact_email else (),
        parties=told_parties(body.parties),
    )


@router.post(
    "",
    status_code=201,
    summary="Register a call",
    responses={
        200: {
            "model": Registered,
            "description": "Registered before; the same call. Or erased before: nothing is stored",
        },
        **errors(
            "idempotency-key-missing",
            "idempotency-key-reused",
            "idempotency-in-progress",
            "too-large",
            "unsupported-media",
            "gone",
        ),
    },
)
async def register_call(
    body: CallIn,
    caller: CallsWriter,
    stores: Stores,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(description="Required. Fresh for each new call, the same when the request is repeated.")
    ] = None,
) -> Registered:
    """Register a call and get upload links straight to the object store.

    Send the headers of a link exactly as they are given: they hold the key under which the store encrypts the upload.
    Then `POST /v1/calls/{id}/complete`. Repeating the request with the same key and body gives the same call.
    """
    if idempotency_key is None:
        raise IdempotencyKeyMissing("send an Idempotency-Key header")
    registration = await _registration(stores, caller)
    body_hash = request_hash(body.model_dump(mode="json"))
    try:
        done = await registration.register(_new_call(body), key=idempotency_key, body_hash=body_hash, now=utc_now())
    except Erased:
        response.status_code = 200
        return Registered(call=None, upload=None, outcome="erased")
    if not done.created:
        response.status_code = 200
    return Registered(
        call=views.call(done.call),
        upload=None if done.upload is None else views.upload(done.upload),
        outcome="created" if done.created else "existing",
    )


@router.post("/{call_id}/upload", summary="Go on with an upload", responses=errors("not-found", "gone", "conflict"))
async def resume_upload(call_id: str, caller: CallsWriter, stores: Stores, body: UploadIn | None = None) -> UploadOut:
    """Return fresh links for what has not arrived yet, after an interruption or when the links have expired.

    With `part_sha256` the links are bound to the parts' checksums: the store refuses a damaged part at once (400).
    """
    workspace_id = workspace_of(caller)
    call = await CallStore(stores, workspace_id).get(call_id, now=utc_now())
    if call["state"] != CallState.AWAITING_UPLOAD.value:
        raise Conflict("the recording has arrived already", call_id=call_id)
    recordings = RecordingStore(stores, workspace_id)
    recording = await recordings.of_call(call_id)
    if body is not None and body.part_sha256:
        recording = await recordings.state_sums(recording, body.part_sha256)
    return views.upload(await recordings.plan(recording, now=utc_now()))


@router.post(
    "/{call_id}/complete",
    status_code=202,
    summary="Finish an upload",
    response_model=Received,
    responses=_ERASED
    | errors(
        "not-found",
        "gone",
        "conflict",
        "upload-missing",
        "size-mismatch",
        "checksum-mismatch",
        "empty-recording",
        "not-audio",
        "unsupported-media",
    ),
)
async def complete_upload(
    call_id: str, body: CompleteIn, caller: CallsWriter, stores: Stores
) -> Received | JSONResponse:
    """Say that all bytes are there. Size and SHA-256 are verified; then the call is received and its stages begin.

    Nothing is lost when this is refused: the call waits for the right bytes. Asking twice changes nothing. When the
    same call had been delivered before, the answer is that earlier call. Where parts are missing or damaged, `parts` in
    the refusal names them; send `part_sha256` so that damaged ones can be told.
    """
    registration = await _registration(stores, caller)
    parts = body.part_sha256 or None
    completing = registration.complete(call_id, sha256=body.sha256, part_sha256=parts, now=utc_now())
    return await _answered(call_id, completing)


@router.put(
    "/{call_id}/recording",
    status_code=202,
    summary="Send a recording in one stream",
    response_model=Received,
    responses=_ERASED
    | errors(
        "not-found",
        "gone",
        "conflict",
        "size-mismatch",
        "checksum-mismatch",
        "empty-recording",
        "not-audio",
        "unsupported-media",
        "too-large",
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_recording(
    call_id: str,
    request: Request,
    caller: CallsWriter,
    stores: Stores,
    content_sha256: Annotated[
        str | None, Header(pattern=r"^[0-9a-fA-F]{64}$", description="SHA-256 of the bytes, in hex.")
    ] = None,
) -> Received | JSONResponse:
    """Send the bytes through the API, for clients that cannot use upload links. This completes the upload too."""
    registration = await _registration(stores, caller)
    receiving = registration.receive_stream(call_id, request.stream(), sha256=content_sha256, now=utc_now())
    return await _answered(call_id, receiving)


async def _answered(call_id: str, receiving: Awaitable[Document]) -> Received | JSONResponse:
    """Answer with the call that the bytes belong to, or that they were erased before: 200, for all is done."""
    try:
        return views.received(await receiving, asked=call_id)
    except Erased:
        return JSONResponse(NotReceived(id=call_id).model_dump())


@router.get("", summary="List calls", responses=errors())
async def list_calls(
    caller: CallsReader,
    stores: Stores,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    state: Annotated[list[CallState] | None, Query(description="Only calls in these states.")] = None,
    review: Annotated[ReviewState | None, Query(description="Only calls whose review stands so.")] = None,
) -> CallPage:
    """Return the workspace's calls, newest first. Erased and due calls are not among them."""
    workspace_id = workspace_of(caller)
    after = None if cursor is None else await read_cursor(stores, workspace_id, cursor)
    found = await CallLists(stores, workspace_id).page(
        now=utc_now(), limit=limit + 1, after=after, states=state or (), review=review
    )
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = await make_cursor(stores, workspace_id, last["created_at"], last["_id"])
        only = {"state": [one.value for one in state or ()], "review": [review.value] if review else []}
        query = urlencode({"limit": limit, "cursor": following, **only}, doseq=True)
        response.headers["Link"] = f'</v1/calls?{query}>; rel="next"'
    return CallPage(calls=[views.call(document) for document in found[:limit]], next=following)


@router.post("/search", summary="Find calls by number", responses=errors())
async def search_calls(body: SearchIn, caller: CallsReader, stores: Stores) -> CallPage:
    """Return calls in which a number takes part, newest first. Numbers are found by keyed hash, never stored clear."""
    workspace_id, now = workspace_of(caller), utc_now()
    number = party(body.number, body.region).subject
    if number is None:  # a withheld number or a service code is nobody
        return CallPage(calls=[], next=None)
    ids = await CallLogStore(stores, workspace_id).calls_with_number(number, now=now, limit=body.limit)
    found = await CallLists(stores, workspace_id).page(now=now, limit=body.limit, ids=ids)
    found = await RestrictionStore(stores, workspace_id).unrestricted("calls", found)
    return CallPage(calls=[views.call(document) for document in found], next=None)


@router.get(
    "/{call_id}", summary="Look at a call", responses=errors("not-found", "gone", "reason-missing", "restricted")
)
async def get_call(call_id: str, caller: CallFollower, stores: Stores, clear: ClearCopy) -> CallDetail:
    """Return a call: its stages with times and reasons, the tags of each record, what was found (counts, never values).

    With `?clear=true&reason=…` and the scope `transcripts:clear` the call log's numbers are shown; that is audited.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    document = await current_call(stores, caller, call_id, now=now)
    logs = CallLogStore(stores, workspace_id)
    log = await logs.of_call(call_id)
    numbers: dict[str, Any] | None = None
    await refuse_restricted(stores, caller, clear, "calls", document)
    if await clear_copy(stores, caller, clear, call_id=call_id, event="call:numbers:read_clear") and log is not None:
        try:
            numbers = await logs.numbers(log, now=now)
        except Gone:
            numbers = None
    try:
        redaction = await RedactionStore(stores, workspace_id).of_call(call_id, version=version_of(document))
    except NotFound:
        redaction = None
    return views.call_detail(document, log=log, redaction=redaction, numbers=numbers)


@router.put("/{call_id}/consent", summary="Say what is known of consent", responses=errors("not-found", "gone"))
async def set_consent(call_id: str, body: ConsentIn, caller: CallsWriter, stores: Stores) -> CallOut:
    """Record the parties' consent to recording. A call that waited for it goes on at once; refused, it stops."""
    workspace_id, now = workspace_of(caller), utc_now()
    calls = CallStore(stores, workspace_id)
    await calls.get(call_id, now=now)
    await calls.set_consent(call_id, body.consent.value, now=now)
    await stores.audit.append(
        workspace_id,
        "call:consent:set",
        actor=caller.key_id,
        now=now,
        call_id=call_id,
        detail={"consent": body.consent.value},
    )
    await stores.outbox.wake_waiting(call_id, now=now)
    return views.call(await calls.get(call_id, now=now))
