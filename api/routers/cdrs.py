"""CDRs: take a file in, list, look at, find by number, sum up, erase."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from starlette.requests import ClientDisconnect

from api import cdr_views
from api.auth import CallsReader, CallsWriter, PrivacyOfficer, Stores, utc_now, workspace_of
from api.bodies import Moment, SearchIn
from api.cdr_answers import CdrDetail, CdrPage, Imported, Totals, TotalsLine
from api.openapi import errors
from api.paging import Cursor, Limit, cut, start_of
from api.reading import ClearCopy, clear_copy, refuse_restricted
from domain.errors import Gone, Invalid
from governance.holds import HoldStore
from governance.restrictions import RestrictionStore
from governance.workspaces import WorkspaceStore
from ingest.cdr_import import CdrImport, known_zone
from ingest.cdr_reads import CdrReader
from ingest.cdrs import CdrStore
from ingest.formats.parties import party
from ingest.tombstones import TombstoneStore

router = APIRouter(prefix="/v1/cdrs", tags=["cdrs"])

SourceName = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_-]{0,63}$", description="A configured source.")]
From = Annotated[Moment | None, Query(alias="from", description="Calls that began then or later.")]
To = Annotated[Moment | None, Query(alias="to", description="Calls that began before.")]
Zone = Annotated[str | None, Query(max_length=64, description="Over the source's own; IANA name. Never guessed.")]
Dimension = Literal["day", "direction", "country", "disposition", "source"]


@router.post(
    "",
    summary="Take a CDR file in",
    responses=errors("not-found", "file-refused", "unknown-format", "zone-needed"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_cdrs(
    request: Request,
    caller: CallsWriter,
    stores: Stores,
    source: SourceName = None,
    format: Annotated[  # noqa: A002 - the parameter's name in the address
        str | None, Query(max_length=64, description="A format's name; `auto`, or left out, asks source and file.")
    ] = None,
    zone: Zone = None,
    region: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="Of national numbers.")] = None,
) -> Imported:
    """Send a file of call detail records, of any size, plain or compressed with gzip or zstd.

    Good rows land while the file is still coming; bad ones go to quarantine with their line and reason. Sending a file
    again, in parts, or in another order changes nothing. Without `source` nothing is known of zone and region, and a
    file with local times is refused. A file with control totals lands whole or not at all.
    """
    workspace = await WorkspaceStore(stores).get(workspace_of(caller))
    taking_in = CdrImport(stores, workspace.workspace_id, workspace.policy)
    try:
        result = await taking_in.run(request.stream(), source, format, now=utc_now(), zone=zone, region=region)
    except ClientDisconnect:  # nobody is there to read the answer
        raise HTTPException(400) from None
    return cdr_views.imported(result)


@router.get("", summary="List CDRs", responses=errors())
async def list_cdrs(
    caller: CallsReader,
    stores: Stores,
    response: Response,
    limit: Limit = 50,
    cursor: Cursor = None,
    begin: From = None,
    end: To = None,
    source: SourceName = None,
) -> CdrPage:
    """Return calls' traffic data by their start, newest first, without identifiers."""
    workspace_id = workspace_of(caller)
    found = await CdrReader(stores, workspace_id).page(
        now=utc_now(),
        limit=limit + 1,
        after=await start_of(stores, workspace_id, cursor),
        between=(begin, end),
        source=source,
    )
    query = {"from": begin and begin.isoformat(), "to": end and end.isoformat(), "source": source}
    shown, following = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="setup_time", path="/v1/cdrs", query=query
    )
    return CdrPage(cdrs=[cdr_views.cdr(document) for document in shown], next=following)


@router.post("/search", summary="Find CDRs by number", responses=errors())
async def search_cdrs(body: SearchIn, caller: CallsReader, stores: Stores) -> CdrPage:
    """Return calls in which a number, extension or address takes part, newest first. It is found by keyed hash.

    Those whose use is restricted are not among them.
    """
    subject = party(body.number, body.region).subject
    if subject is None:
        return CdrPage(cdrs=[], next=None)
    workspace_id = workspace_of(caller)
    found = await CdrReader(stores, workspace_id).with_number(subject, now=utc_now(), limit=body.limit)
    found = await RestrictionStore(stores, workspace_id).unrestricted("cdrs", found)
    return CdrPage(cdrs=[cdr_views.cdr(document) for document in found], next=None)


@router.get("/totals", summary="Sum CDRs up", responses=errors())
async def sum_cdrs(
    caller: CallsReader,
    stores: Stores,
    begin: From = None,
    end: To = None,
    by: Annotated[list[Dimension] | None, Query(description="Left out: day, direction and country.")] = None,
    zone: Annotated[str, Query(max_length=64, description="Of the days; IANA name.")] = "UTC",
) -> Totals:
    """Return counts, durations and charges. They stay the same when the numbers leave."""
    lines = await CdrReader(stores, workspace_of(caller)).totals(
        now=utc_now(), between=_ordered(begin, end), by=by or ("day", "direction", "country"), zone=known_zone(zone)
    )
    return Totals(lines=[TotalsLine.model_validate(line) for line in lines])


def _ordered(begin: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime | None]:
    if begin is not None and end is not None and end <= begin:
        raise Invalid("`to` must lie after `from`", field="to")
    return begin, end


@router.get("/{cdr_id}", summary="Look at a CDR", responses=errors("not-found", "reason-missing", "restricted"))
async def get_cdr(cdr_id: str, caller: CallsReader, stores: Stores, clear: ClearCopy) -> CdrDetail:
    """Return a call's traffic data.

    With `?clear=true&reason=…` and the scope `transcripts:clear` its numbers, names and free fields are shown for as
    long as they are kept; that is audited.
    """
    reader, now = CdrReader(stores, workspace_of(caller)), utc_now()
    document = await reader.get(cdr_id, now=now)
    told = None
    await refuse_restricted(stores, caller, clear, "cdrs", document)
    if await clear_copy(stores, caller, clear, call_id=cdr_id, event="cdr:numbers:read_clear"):
        try:
            told = await reader.numbers(document, now=now)
        except Gone:
            told = None
    return cdr_views.cdr_detail(document, told)


@router.delete("/{cdr_id}", summary="Erase a CDR", responses=errors("not-found", "held"))
async def erase_cdr(cdr_id: str, caller: PrivacyOfficer, stores: Stores) -> dict[str, str]:
    """Erase a call's traffic data at once and for good: the same rows delivered again are not stored.

    A legal hold wins: the record stays and this is refused. Its charge leaves the totals with it.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    cdrs, stones = CdrStore(stores, workspace_id), TombstoneStore(stores, workspace_id)
    if not await stones.erased_rows([cdr_id]):
        await CdrReader(stores, workspace_id).get(cdr_id, now=now)

        async def bury(tx: Any) -> None:
            await stones.place_rows([cdr_id], now=now, tx=tx)

        await HoldStore(stores, workspace_id).decide(cdr_id, bury)
        event = "cdr:erased"
        await stores.audit.append(
            workspace_id, event, actor=caller.key_id, now=now, call_id=cdr_id, event_id=f"{cdr_id}:{event}"
        )
    await cdrs.erase(cdr_id, now=now)  # again, if an erasure was cut short
    return {"id": cdr_id, "state": "erased"}
