"""vCons: one in, and a call out as one, redacted unless the clear copy is asked for."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from api.auth import CallsWriter, Stores, TranscriptReader, utc_now, workspace_of
from api.openapi import errors
from api.reading import ClearCopy, clear_copy, may_see, servable_call, servable_sound, servable_version
from api.vcon_answers import VConTakenOut, taken
from domain.call_parts import PARTS
from domain.errors import Forbidden, Gone, TooLarge
from domain.scopes import Scope
from domain.sights import Sight
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore
from ingest.formats.options import ParseOptions
from ingest.recordings import RecordingStore
from ingest.sources import NAME, SourceStore
from ingest.vcon_out import MEDIA_TYPE, Sound, Told, build, sides_of, uuid8
from ingest.vcons import MAX_BYTES, VConIntake
from redaction.store import RedactionStore
from storage.mongo import Document
from transcription.store import TranscriptKind, TranscriptStore

router = APIRouter(tags=["vcon"])
INLINE_BYTES: Final = 16 * 1024 * 1024
"""Longer sound is fetched from its own address, by ranges."""
_AT_ONCE: Final = 2
_IN = {"schema": {"type": "object", "required": ["uuid"], "properties": {"uuid": {"type": "string"}}}}
_SHOWN: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["uuid", "created_at", "parties", "dialog", "analysis"],
        "properties": {
            "uuid": {"type": "string", "format": "uuid"},
            "created_at": {"type": "string", "format": "date-time"},
            "redacted": {"type": "object", "required": ["uuid", "type"]},
            "parties": {"type": "array", "items": {"type": "object"}},
            "dialog": {"type": "array", "items": {"type": "object", "required": ["type", "start"]}},
            "analysis": {"type": "array", "items": {"type": "object", "required": ["type", "vendor"]}},
        },
    }
}


class VConResponse(Response):
    """A vCon."""

    media_type = MEDIA_TYPE


@router.post(
    "/v1/vcons",
    summary="Take a vCon in",
    responses=errors("not-found", "file-refused", "too-large"),
    openapi_extra={"requestBody": {"required": True, "content": {MEDIA_TYPE: _IN, "application/json": _IN}}},
)
async def take_vcon_in(
    request: Request,
    caller: CallsWriter,
    stores: Stores,
    source: Annotated[
        str | None,
        Query(pattern=f"^{NAME.pattern}$", description="A configured source: its zone, region and certificates."),
    ] = None,
) -> VConTakenOut:
    """Take in one vCon (0.0.1 to 0.4.0, plain or signed), up to 64 MiB, gzip and zstd accepted.

    Its traffic facts land as a CDR; recordings inside it become calls and go through transcription and redaction.
    Messages, transcripts and attachments are not stored; `ignored` counts them. The same vCon again changes nothing.
    """
    workspace = await WorkspaceStore(stores).get(workspace_of(caller))
    now = utc_now()
    configured = None if source is None else await SourceStore(stores, workspace.workspace_id).get(source)
    intake = VConIntake(
        stores,
        workspace.workspace_id,
        workspace.policy,
        configured.options(now=now) if configured else ParseOptions(now=now),
        source,
        fetch_hosts=configured.config.fetch_hosts if configured else (),
    )
    content = await _whole(request)
    async with _turn(request):
        return taken(await intake.take_in(content, now=now))


def _turn(request: Request) -> asyncio.Semaphore:
    """Return what lets in so many at a time: a document takes several times its size while it is read."""
    state = request.app.state
    if not hasattr(state, "vcon_turns"):
        state.vcon_turns = asyncio.Semaphore(_AT_ONCE)
    turns: asyncio.Semaphore = state.vcon_turns
    return turns


async def _whole(request: Request) -> bytes:
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_BYTES:
            raise TooLarge("the vCon is larger than allowed", limit_bytes=MAX_BYTES)
    return bytes(content)


@router.get(
    "/v1/calls/{call_id}/vcon",
    summary="Read a call as a vCon",
    response_class=VConResponse,
    responses={
        200: {"description": "A vCon of syntax 0.4.0", "content": {MEDIA_TYPE: _SHOWN}},
        **errors(
            "not-found", "gone", "not-ready", "blocked", "rejected", "sound-unverified", "reason-missing", "too-large"
        ),
    },
)
async def read_vcon(
    call_id: str,
    caller: TranscriptReader,
    stores: Stores,
    clear: ClearCopy,
    inline: Annotated[bool, Query(description="The sound in the document itself, up to 16 MiB.")] = False,
) -> VConResponse:
    """Return the redacted call: roles without numbers, the redacted transcript, the redacted sound by its address.

    It names the uuid of the version as spoken, which `?clear=true&reason=…` returns (scope `transcripts:clear`); that
    is audited.
    """
    if not clear.clear and Scope.TRANSCRIPTS_READ not in caller.scopes:
        raise Forbidden("the key's scopes do not reach this", needs=Scope.TRANSCRIPTS_READ.value)
    if not clear.clear:
        for sight in (Sight.REDACTED_TRANSCRIPT, Sight.REDACTED_SOUND):
            await may_see(stores, caller, sight)
    call = await servable_call(stores, caller, call_id, parts=PARTS)
    workspace_id = workspace_of(caller)
    address = f"{stores.settings.public_url.rstrip('/')}/v1/calls/{call_id}/recording"
    index = await stores.keyring.blind_indexer(workspace_id)
    spoken_id, redacted_id = uuid8(index.token(f"vcon:{call_id}:spoken")), None
    logs, recordings = CallLogStore(stores, workspace_id), RecordingStore(stores, workspace_id)
    log, numbers = await logs.of_call(call_id), {}
    as_spoken = await clear_copy(stores, caller, clear, call_id=call_id, event="call:vcon:read_clear")
    version = servable_version(call, None, as_spoken=as_spoken)
    if as_spoken:
        recording = await recordings.of_call(call_id)
        pieces = recordings.read_original(recording)
        sound = await _sound(pieces, recording["original"], f"{address}?clear=true", inline=inline)
        with contextlib.suppress(Gone):  # their retention is over before the call's
            numbers = {} if log is None else await logs.numbers(log, now=utc_now())
    else:
        redaction = await RedactionStore(stores, workspace_id).of_call(call_id, version=version)
        audio = servable_sound(stores, redaction)
        pieces = RedactionStore(stores, workspace_id).read_audio(call_id, audio)
        sound = await _sound(pieces, audio, f"{address}?version={version}", inline=inline)
        made = f"{audio['object_id']}:{redaction['created_at'].isoformat()}"
        redacted_id = uuid8(index.token(f"vcon:{call_id}:redacted:{made}"))
    kind = TranscriptKind.CLEAR if as_spoken else TranscriptKind.REDACTED
    transcript = await TranscriptStore(stores, workspace_id).load(call_id, kind, version=version)
    told = Told(
        vcon_id=redacted_id or spoken_id,
        redacted_from=spoken_id if redacted_id else None,
        created_at=call["ready_at"],
        started_at=call["setup_time"] or call["created_at"],
        duration_s=call.get("duration_s"),
        sides=sides_of(log["direction"] if log else None, numbers, call["channels"]),
        caller_known=log is not None,
        sound=sound,
        transcript=transcript,
    )
    return VConResponse(build(told))


async def _sound(pieces: AsyncIterator[bytes], kept: Document, address: str, *, inline: bool) -> Sound:
    """Return what a vCon says of a recording. Raises TooLarge when it is to stand inside and is too long for that."""
    if inline and kept["size"] > INLINE_BYTES:
        raise TooLarge("the sound is too large to stand in the document; ask without inline", limit_bytes=INLINE_BYTES)
    digest, content = hashlib.sha512(), bytearray()
    async for piece in pieces:
        digest.update(piece)
        if inline:
            content += piece
    return Sound(kept["media_type"], digest.digest(), address, bytes(content) if inline else None)
