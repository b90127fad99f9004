"""What people ask of a controller: noted, verified, decided, answered, each with its dates."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.auth import PrivacyOfficer, Stores, utc_now, workspace_of
from api.openapi import errors
from api.paging import Cursor, Limit, cut, start_of
from api.person_bodies import person_tokens
from api.request_bodies import (
    EventIn,
    HeldCategory,
    HoldingsOut,
    MarketingOut,
    RequestIn,
    RequestOut,
    RequestPage,
    request_out,
)
from domain.disclosures import marketing_answer
from domain.jurisdictions import jurisdiction
from domain.people_requests import NotedEvent, PersonRequest, RequestKind, request_from
from domain.records import Category, LegalBasis
from domain.request_deadlines import authority_of
from governance.disclosures import DisclosureStore
from governance.people_requests import NewRequest, PeopleRequests
from governance.workspaces import Workspace, WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/requests", tags=["privacy"])
_PORTABLE = frozenset({LegalBasis.CONSENT, LegalBasis.CONTRACT})
_OF_PEOPLE = (Category.COMMUNICATIONS_CONTENT, Category.TRAFFIC_IDENTIFIERS, Category.TRAFFIC_DATA)


@router.post("", status_code=201, summary="Enter a person's request", responses=errors())
async def open_request(body: RequestIn, caller: PrivacyOfficer, stores: Stores) -> RequestOut:
    """Note what somebody asks, by number or e-mail, and get the dates by which it is to be answered.

    A month for most people, 45 days in California, and for an erasure the days of the workspace's profile too.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    workspace = await WorkspaceStore(stores).get(workspace_id)
    people = await person_tokens(stores, workspace, body.person)
    new = NewRequest(body.kind, people, body.received_at or now, body.place)
    store = PeopleRequests(stores, workspace_id)
    made = await store.open(new, by=caller.key_id, now=now)
    detail = {"request_id": made.request_id, "kind": made.kind.value}
    await stores.audit.append(workspace_id, "request:opened", actor=caller.key_id, now=now, detail=detail)
    return request_out(made, workspace.policy.settings, now=now)


@router.get("", summary="Read the register of requests", responses=errors())
async def list_requests(
    caller: PrivacyOfficer,
    stores: Stores,
    response: Response,
    open_only: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RequestPage:
    """Return requests, newest first, each with its dates as they stand now."""
    workspace_id, now = workspace_of(caller), utc_now()
    store = PeopleRequests(stores, workspace_id)
    after = await start_of(stores, workspace_id, cursor)
    found = await store.page(after=after, open_only=open_only, limit=limit + 1)
    query = {"open_only": "true"} if open_only else None
    shown, following = await cut(
        stores, workspace_id, found, response, limit=limit, ordered_by="received_at", path="/v1/requests", query=query
    )
    settings = await store.settings()
    return RequestPage(requests=[request_out(request_from(one), settings, now=now) for one in shown], next=following)


@router.get("/{request_id}", summary="Read a request", responses=errors("not-found"))
async def get_request(request_id: str, caller: PrivacyOfficer, stores: Stores) -> RequestOut:
    """Return one request."""
    store = PeopleRequests(stores, workspace_of(caller))
    return request_out(await store.get(request_id), await store.settings(), now=utc_now())


@router.post("/{request_id}/events", summary="Note an event", responses=errors("not-found", "conflict"))
async def note_event(request_id: str, body: EventIn, caller: PrivacyOfficer, stores: Stores) -> RequestOut:
    """Add what was done or decided; nothing is changed afterwards.

    Nothing is granted before `identity_verified`; a refusal gives one of four reasons; while proof is waited for the
    clock stands; an extension is told inside the first month.
    """
    workspace_id, now = workspace_of(caller), utc_now()
    store = PeopleRequests(stores, workspace_id)
    found = await store.note(request_id, NotedEvent(body.event, caller.key_id, now, body.reason, body.note))
    detail = {"request_id": request_id, "event": body.event.value}
    await stores.audit.append(workspace_id, "request:event", actor=caller.key_id, now=now, detail=detail)
    return request_out(found, await store.settings(), now=now)


@router.get("/{request_id}/holdings", summary="Find what there is of a person", responses=errors("not-found"))
async def get_holdings(request_id: str, caller: PrivacyOfficer, stores: Stores) -> HoldingsOut:
    """Return the ids of the person's calls and CDRs, how each kind is processed and on what ground, until when.

    The copies themselves are read call by call (a vCon is machine-readable), each with a reason and an audit event;
    erasing and restricting go by the same ids. To Californians who ask it: what was disclosed for direct marketing.
    """
    workspace_id = workspace_of(caller)
    store = PeopleRequests(stores, workspace_id)
    found = await store.get(request_id)
    held = await store.holdings(found)
    workspace = await WorkspaceStore(stores).get(workspace_id)
    now, detail = utc_now(), {"request_id": request_id}
    await stores.audit.append(workspace_id, "request:holdings:read", actor=caller.key_id, now=now, detail=detail)
    return HoldingsOut(
        request_id=request_id,
        records={name: list(ids) for name, ids in held.found.items()},
        more=sorted(held.more),
        processing=[_processing(workspace, category, found.place) for category in _OF_PEOPLE],
        marketing=await _marketing(stores, workspace_id, found),
        authority=authority_of(found.place),
    )


def _processing(workspace: Workspace, category: Category, place: str | None) -> HeldCategory:
    policy = workspace.policy
    terms = policy.terms(category, None if place is None else jurisdiction(place), None)
    return HeldCategory(
        category=category,
        role=terms.role,
        legal_basis=terms.legal_basis,
        purposes=list(policy.categories[category].purposes),
        kept=f"{terms.retention.add} from the call on ({terms.retention.source})",
        portable=terms.legal_basis in _PORTABLE,
    )


async def _marketing(stores: Resources, workspace_id: str, found: PersonRequest) -> MarketingOut | None:
    if found.kind is not RequestKind.DIRECT_MARKETING_DISCLOSURES:
        return None
    told = [one async for one in DisclosureStore(stores, workspace_id).for_marketing()]
    answer = marketing_answer(told, found.received)
    recipients = [{"name": name, "address": address} for name, address in answer.recipients]
    return MarketingOut(year=answer.year, categories=list(answer.categories), recipients=recipients)
