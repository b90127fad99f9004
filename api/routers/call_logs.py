"""Call logs: what phones have in their logs, taken in by batches; listed, searched, looked at."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Query, Request, Response

from api.auth import BatchWriter, CallFollower, CallsReader, Stores, pokes_of, recent_of, utc_now, workspace_of
from api.bodies import SearchIn
from api.cursors import make_cursor, read_cursor
from api.log_answers import CursorOut, DayOut, LogDetail, LogPage, log_detail, log_out
from api.openapi import errors
from api.reading import ClearCopy, clear_copy, refuse_restricted
from api.structs import body_as, request_schema, schema_of
from domain.errors import Gone
from governance.restrictions import RestrictionStore
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from ingest.formats.parties import party
from ingest.formats.record import PartyKind
from ingest.log_batches import DEVICE_ID, EXAMPLE, BatchIn, checked_device_id
from ingest.log_intake import LogIntake
from ingest.log_outcomes import BatchResult

router = APIRouter(prefix="/v1/call-logs", tags=["call logs"])
_BATCH: Final = msgspec.json.Decoder(BatchIn)
_RESULT: Final = msgspec.json.Encoder()


@router.post(
    ":batch",
    summary="Send a phone's call log",
    responses={
        200: {
            "description": "What became of each entry",
            "content": {"application/json": {"schema": schema_of(BatchResult)}},
        },
        **errors("too-large"),
    },
    response_class=Response,
    openapi_extra={"requestBody": request_schema(BatchIn, EXAMPLE)},
)
async def send_batch(request: Request, caller: BatchWriter, stores: Stores) -> Response:
    """Take in up to 1,000 entries of a phone's call log, gzip or plain. Each lands once, however often it is sent.

    An entry is known by device, time, number, type and SIM. An entry whose value cannot be meant is `rejected` with its
    reason, and the rest lands. An unknown field, as a note or a message would be, refuses the whole batch: the app
    sends derived values only. Sending a batch again is always right: it changes nothing that is stored.
    """
    batch = await body_as(_BATCH, request)
    workspace_id, recent = workspace_of(caller), recent_of(request)
    workspace = await recent.of(("workspace", workspace_id), partial(WorkspaceStore(stores).get, workspace_id))
    intake = LogIntake(stores, workspace_id, workspace.policy, pokes_of(request), recent)
    result = await intake.take_in(batch, now=utc_now())
    return Response(_RESULT.encode(result), media_type="application/json")


@router.get("/cursor", summary="Ask how far a device had got", responses=errors())
async def read_device_cursor(
    caller: CallFollower,
    stores: Stores,
    device_id: Annotated[str, Query(pattern=DEVICE_ID, description="As in its batches: a random id of the app.")],
    days: Annotated[int, Query(ge=1, le=92, description="So many days back, today among them.")] = 31,
) -> CursorOut:
    """Tell a reinstalled app what is stored of its device: the newest entry, and how many there are of each UTC day.

    A day with fewer entries than the phone has is a gap (a batch that never arrived): send that day again.
    """
    now = utc_now()
    since = datetime.combine(now.astimezone(UTC).date() - timedelta(days=days - 1), time.min, tzinfo=UTC)
    logs = CallLogStore(stores, workspace_of(caller))
    known = await logs.device_cursor(checked_device_id(device_id), since=since, now=now)
    return CursorOut(
        entries=known.entries,
        oldest_at=known.oldest_at,
        newest_at=known.newest_at,
        since=since,
        days=[DayOut(day=day, entries=entries) for day, entries in known.days.items()],
    )


@router.get("", summary="List call logs", responses=errors())
async def list_call_logs(
    caller: CallsReader,
    stores: Stores,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> LogPage:
    """Return the workspace's call logs, newest call first, without numbers."""
    workspace_id, now = workspace_of(caller), utc_now()
    after = None if cursor is None else await read_cursor(stores, workspace_id, cursor)
    found = await CallLogStore(stores, workspace_id).page(now=now, limit=limit + 1, after=after)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = await make_cursor(stores, workspace_id, last["setup_time"], last["_id"])
        query = urlencode({"limit": limit, "cursor": following})
        response.headers["Link"] = f'</v1/call-logs?{query}>; rel="next"'
    return LogPage(call_logs=[log_out(document, now=now) for document in found[:limit]], next=following)


@router.post("/search", summary="Find call logs by number", responses=errors())
async def search_call_logs(body: SearchIn, caller: CallsReader, stores: Stores) -> LogPage:
    """Return call logs in which a number takes part, newest first. Withheld numbers and service codes are nobody."""
    side = party(body.number, body.region)
    if side.subject is None or side.kind is PartyKind.EXTENSION:
        return LogPage(call_logs=[], next=None)
    now = utc_now()
    logs, restrictions = CallLogStore(stores, workspace_of(caller)), RestrictionStore(stores, workspace_of(caller))
    found = await logs.page(now=now, limit=body.limit, number=side.subject)
    found = await restrictions.unrestricted("call_logs", found)
    return LogPage(call_logs=[log_out(document, now=now) for document in found], next=None)


@router.get(
    "/{log_id}", summary="Look at a call log", responses=errors("not-found", "gone", "reason-missing", "restricted")
)
async def get_call_log(log_id: str, caller: CallsReader, stores: Stores, clear: ClearCopy) -> LogDetail:
    """Return a call log. With `?clear=true&reason=…` and the scope `transcripts:clear` its numbers show; audited."""
    now = utc_now()
    logs = CallLogStore(stores, workspace_of(caller))
    document = await logs.get(log_id, now=now)
    numbers: dict[str, Any] = {}
    await refuse_restricted(stores, caller, clear, "call_logs", document)
    if await clear_copy(stores, caller, clear, call_id=log_id, event="call_log:numbers:read_clear"):
        try:
            numbers = await logs.numbers(document, now=now)
        except Gone:
            numbers = {}
    return log_detail(document, numbers=numbers, now=now)
