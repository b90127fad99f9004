"""Which call log belongs to which recording: what a person must decide, and the decision."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from api import views
from api.answers import MatchedCall, MatchPage
from api.auth import CallsReader, CallsWriter, Stores, utc_now, workspace_of
from api.bodies import MatchIn
from api.cursors import make_cursor, read_cursor
from api.openapi import errors
from governance.workspaces import WorkspaceStore
from ingest.call_lists import CallLists
from ingest.matches import Matches

router = APIRouter(prefix="/v1/matches", tags=["matches"])


@router.get("", summary="List matches", responses=errors())
async def list_matches(
    caller: CallsReader,
    stores: Stores,
    response: Response,
    state: Annotated[
        Literal["review", "open", "matched", "none"], Query(description="Where the match stands.")
    ] = "review",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> MatchPage:
    """Return calls by where their match stands, newest first: by default those that a person must decide.

    Ids, times and confidences only. Numbers: `GET /v1/call-logs/{id}` and `GET /v1/cdrs/{id}`, in clear with a reason.
    """
    workspace_id = workspace_of(caller)
    after = None if cursor is None else await read_cursor(stores, workspace_id, cursor)
    calls = CallLists(stores, workspace_id)
    found = await calls.page_of_matches(state, now=utc_now(), limit=limit + 1, after=after)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = await make_cursor(stores, workspace_id, last["created_at"], last["_id"])
        query = urlencode({"state": state, "limit": limit, "cursor": following})
        response.headers["Link"] = f'</v1/matches?{query}>; rel="next"'
    return MatchPage(matches=[views.matched_call(document) for document in found[:limit]], next=following)


@router.put("/{call_id}", summary="Decide a match", responses=errors("not-found", "gone", "conflict"))
async def decide_match(call_id: str, body: MatchIn, caller: CallsWriter, stores: Stores) -> MatchedCall:
    """Say which call log or CDR a recording belongs to, or that none does. Final: what comes later does not undo it.

    A log that another recording was only inferred to belong to is taken from that one, which then looks anew.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    policy = (await WorkspaceStore(stores).get(workspace_id)).policy
    call = await Matches(stores, workspace_id, policy).decide(call_id, body.log_id, now=now)
    await stores.audit.append(
        workspace_id,
        "call:match:decided",
        actor=caller.key_id,
        now=now,
        call_id=call_id,
        detail={"log_id": body.log_id or "none"},
    )
    return views.matched_call(call)
