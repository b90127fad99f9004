"""Releases of the training corpus: asked for, watched, decided upon. Of no workspace: platform keys only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.auth import CorpusFollower, CorpusManager, Stores, platform_only, utc_now
from api.corpus_answers import ReleaseOut, ReleasePage, release_out
from api.corpus_bodies import DecisionIn, ReleaseIn
from api.keys import Caller
from api.openapi import errors
from api.paging import Limit
from corpus.releases import ReleaseState, ReleaseStore
from domain.errors import Invalid, NotFound
from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/corpus/releases", tags=["corpus"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("", status_code=202, summary="Build a release", responses=errors("too-large"))
async def build(body: ReleaseIn, caller: CorpusManager, stores: Stores, response: Response) -> ReleaseOut:
    """Begin to build a release of everything that may lawfully be in it at this instant.

    Workers do it; `GET /v1/corpus/releases/{number}` shows how far they are. It ends in `review`, or in `failed` when a
    gate did not pass.
    """
    platform_only(caller)
    policy, now = body.corpus_policy(), utc_now()
    await _check_workspaces(stores, body.workspaces)
    made = await ReleaseStore(stores).create(
        purpose=body.purpose, asked_by=caller.key_id, policy=policy, workspaces=body.workspaces, now=now
    )
    await _audit(stores, caller, "corpus:release:asked", made["number"])
    response.headers["Location"] = f"/v1/corpus/releases/{made['number']}"
    return release_out(made)


async def _check_workspaces(stores: Resources, workspaces: list[str] | None) -> None:
    for workspace_id in workspaces or ():
        try:
            await WorkspaceStore(stores).get(workspace_id)
        except NotFound:
            raise Invalid("no such workspace", field="workspaces", workspace_id=workspace_id) from None


@router.get("", summary="List releases", responses=errors())
async def list_releases(
    caller: CorpusFollower,
    stores: Stores,
    limit: Limit = 50,
    below: Annotated[int | None, Query(ge=1, description="Only releases with a lower number.")] = None,
) -> ReleasePage:
    """Return releases, newest first; a key with `corpus:read` only sees those that are published."""
    platform_only(caller)
    found = await ReleaseStore(stores).page(after=below, limit=limit + 1, state=_seen_by(caller))
    shown = found[:limit]
    return ReleasePage(
        releases=[release_out(one) for one in shown], next=shown[-1]["number"] if len(found) > limit else None
    )


@router.get("/{number}", summary="Look at a release", responses=errors("not-found"))
async def get_release(number: Number, caller: CorpusFollower, stores: Stores) -> ReleaseOut:
    """Return how far a release is, what is in it, what was left out and why, and what the gates said."""
    platform_only(caller)
    release = await ReleaseStore(stores).numbered(number)
    only = _seen_by(caller)
    if only is not None and release["state"] != only.value:
        raise NotFound("no such release", number=number)
    return release_out(release)


def _seen_by(caller: Caller) -> ReleaseState | None:
    """Return the one state in which a caller sees releases, None for any."""
    return None if Scope.CORPUS_MANAGE in caller.scopes else ReleaseState.PUBLISHED


@router.post("/{number}/approve", summary="Approve a release", responses=errors("not-found", "conflict", "too-large"))
async def approve(number: Number, body: DecisionIn, caller: CorpusManager, stores: Stores) -> ReleaseOut:
    """Let a release be published that passed its gates, after a person looked at the sample.

    Who left since it was built is taken out first; then its state becomes `published`.
    """
    return await _decide(number, body, caller, stores, approved=True)


@router.post("/{number}/reject", summary="Reject a release", responses=errors("not-found", "conflict", "too-large"))
async def reject(number: Number, body: DecisionIn, caller: CorpusManager, stores: Stores) -> ReleaseOut:
    """Refuse a release. Everything of it is erased but its record and the reason."""
    return await _decide(number, body, caller, stores, approved=False)


async def _decide(number: int, body: DecisionIn, caller: Caller, stores: Resources, *, approved: bool) -> ReleaseOut:
    platform_only(caller)
    decided = await ReleaseStore(stores).decide(
        number, approved=approved, by=caller.key_id, reason=body.reason, now=utc_now()
    )
    await _audit(stores, caller, f"corpus:release:{'approved' if approved else 'rejected'}", number)
    return release_out(decided)


@router.post("/{number}/discard", summary="Abort or discard a release", responses=errors("not-found", "conflict"))
async def discard(number: Number, caller: CorpusManager, stores: Stores) -> ReleaseOut:
    """Abort a build, or give up a release that waits or failed. Everything of it is erased but its record."""
    platform_only(caller)
    gone = await ReleaseStore(stores).discard(number, by=caller.key_id, now=utc_now())
    await _audit(stores, caller, "corpus:release:discarded", number)
    return release_out(gone)


async def _audit(stores: Resources, caller: Caller, event: str, number: int) -> None:
    await stores.audit.append(None, event, actor=caller.key_id, now=utc_now(), detail={"release": number})
