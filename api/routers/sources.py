"""Sources: the phone systems, carriers and providers of a workspace, for its administrator."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.auth import Admin, Stores, utc_now, workspace_of
from api.openapi import errors
from api.source_bodies import SourceHook, SourceIn, SourceOut
from domain.errors import NotFound
from ingest.sources import Source, SourceConfig, SourceStore
from storage.resources import Resources

router = APIRouter(prefix="/v1/sources", tags=["sources"])

Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,63}$", examples=["main-pbx"])]


def _callback_url(stores: Resources, source: Source) -> str | None:
    """Return where the source's provider sends its callbacks; None when it has no provider."""
    if source.config.provider is None:
        return None
    return f"{stores.settings.public_url.rstrip('/')}/v1/callbacks/{source.config.provider}/{source.hook}"


def _shown(stores: Resources, source: Source) -> SourceOut:
    return SourceOut(
        **asdict(source.config),
        name=source.name,
        secret_names=list(source.secret_names),
        callback_url=_callback_url(stores, source),
    )


@router.put("/{name}", summary="Configure a source", responses=errors("not-found"))
async def put_source(name: Name, body: SourceIn, caller: Admin, stores: Stores) -> SourceOut:
    """Create a source, or replace what is said of it. Secrets that are left out stay as they are."""
    workspace_id, now = workspace_of(caller), utc_now()
    told = body.model_dump(exclude={"secrets", "fetch_hosts"})
    config = SourceConfig(**told, fetch_hosts=tuple(body.fetch_hosts))
    source = await SourceStore(stores, workspace_id).put(name, config, secrets=body.secrets, now=now)
    await stores.audit.append(
        workspace_id, "source:configured", actor=caller.key_id, now=now, detail={"source_id": source.source_id}
    )
    return _shown(stores, source)


@router.get("", summary="List sources", responses=errors())
async def list_sources(caller: Admin, stores: Stores) -> list[SourceOut]:
    """Return the workspace's sources by name."""
    return [_shown(stores, source) for source in await SourceStore(stores, workspace_of(caller)).all()]


@router.get("/{name}", summary="Look at a source", responses=errors("not-found"))
async def get_source(name: Name, caller: Admin, stores: Stores) -> SourceOut:
    """Return what is said of a source, and where its callbacks come in."""
    return _shown(stores, await SourceStore(stores, workspace_of(caller)).get(name))


@router.delete("/{name}", status_code=204, summary="Delete a source", responses=errors("not-found"))
async def delete_source(name: Name, caller: Admin, stores: Stores) -> Response:
    """Forget a source, its secrets and its callback address. What came from it stays."""
    workspace_id, now = workspace_of(caller), utc_now()
    sources = SourceStore(stores, workspace_id)
    source = await sources.get(name)
    if not await sources.delete(name):
        raise NotFound("no such source")
    await stores.audit.append(
        workspace_id, "source:deleted", actor=caller.key_id, now=now, detail={"source_id": source.source_id}
    )
    return Response(status_code=204)


@router.post("/{name}/hook:rotate", summary="Change a source's callback address", responses=errors("not-found"))
async def rotate_hook(name: Name, caller: Admin, stores: Stores) -> SourceHook:
    """Give a source a new callback address. The old one leads nowhere at once: tell the provider the new one."""
    workspace_id, now = workspace_of(caller), utc_now()
    source = await SourceStore(stores, workspace_id).rotate_hook(name, now=now)
    await stores.audit.append(
        workspace_id, "source:hook:rotated", actor=caller.key_id, now=now, detail={"source_id": source.source_id}
    )
    return SourceHook(name=source.name, callback_url=_callback_url(stores, source), rotated_at=now)
