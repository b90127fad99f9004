"""Transcripts and sound of a call: redacted unless the clear copy is asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.answers import TranscriptOut
from api.auth import Stores, TranscriptReader, workspace_of
from api.keys import Caller
from api.openapi import errors
from api.ranges import parse_range
from api.reading import AskedVersion, ClearCopy, clear_copy, may_see, servable_call, servable_sound, servable_version
from domain.call_parts import RECORDING, TRANSCRIPT
from domain.errors import CallwardError, Forbidden
from domain.scopes import Scope
from domain.sights import Sight
from domain.speech import transcript_to_dict
from ingest.recordings import RecordingStore
from redaction.store import RedactionStore
from storage.resources import Resources
from transcription.render import FORMATS
from transcription.store import TranscriptKind, TranscriptStore

router = APIRouter(prefix="/v1/calls", tags=["content"])

_MEDIA = {name: media for name, (media, _) in FORMATS.items()}
_SOUND = {media: {"schema": {"type": "string", "format": "binary"}} for media in ("audio/*",)}
Format = Literal["json", "vtt", "srt", "text"]


class NotAcceptable(CallwardError):
    """None of the accepted media types can be given."""

    code = "not-acceptable"


def chosen_format(asked: Format | None, accept: str | None) -> str:
    """Return json, vtt, srt or text: the query first, then the Accept header. Raises NotAcceptable."""
    if asked is not None:
        return asked
    ranked = sorted(
        (_weighted(entry) for entry in (accept or "*/*").split(",")), key=lambda entry: entry[1], reverse=True
    )
    for media, weight in ranked:
        if weight <= 0:
            continue
        for name, known in _MEDIA.items():
            if media in {known, f"{known.split('/')[0]}/*", "*/*"}:
                return name
    raise NotAcceptable("no such format")


def _weighted(entry: str) -> tuple[str, float]:
    media, *parameters = [part.strip().lower() for part in entry.split(";")]
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return media, float(parameter[2:])
            except ValueError:
                return media, 0.0
    return media, 1.0


@router.get(
    "/{call_id}/transcript",
    summary="Read a transcript",
    response_model=TranscriptOut,
    responses={
        200: {"content": {media: {"schema": {"type": "string"}} for name, media in _MEDIA.items() if name != "json"}},
        **errors("not-found", "gone", "not-ready", "blocked", "rejected", "not-acceptable", "reason-missing"),
    },
)
async def read_transcript(
    call_id: str,
    caller: TranscriptReader,
    stores: Stores,
    clear: ClearCopy,
    version: AskedVersion = None,
    format: Annotated[Format | None, Query(description="Instead of the Accept header.")] = None,  # noqa: A002 - the API's word
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Return the redacted transcript as JSON, WebVTT, SubRip or plain text, by `Accept` or `?format=`.

    Of a call that was heard again, the version that is served, or another by `?version=`.
    """
    wanted = chosen_format(format, accept)
    await _may_read_redacted(stores, caller, Sight.REDACTED_TRANSCRIPT, clear=clear.clear)
    call = await servable_call(stores, caller, call_id, parts=(TRANSCRIPT,))
    as_spoken = await clear_copy(stores, caller, clear, call_id=call_id, event="call:transcript:read_clear")
    kind = TranscriptKind.CLEAR if as_spoken else TranscriptKind.REDACTED
    chosen = servable_version(call, version, as_spoken=as_spoken)
    transcript = await TranscriptStore(stores, workspace_of(caller)).load(call_id, kind, version=chosen)
    if wanted == "json":
        told = {"call_id": call_id, "version": chosen, "redacted": not as_spoken}
        return JSONResponse({**told, **transcript_to_dict(transcript)})
    media, render = FORMATS[wanted]
    return Response(render(transcript), media_type=f"{media}; charset=utf-8")


async def _may_read_redacted(stores: Resources, caller: Caller, sight: Sight, *, clear: bool) -> None:
    if clear:
        return  # `clear_copy` asks for its own scope and sight
    if Scope.TRANSCRIPTS_READ not in caller.scopes:
        raise Forbidden("the key's scopes do not reach this", needs=Scope.TRANSCRIPTS_READ.value)
    await may_see(stores, caller, sight)


@router.get(
    "/{call_id}/recording",
    summary="Listen to a recording",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The sound, in the family of containers that it came in", "content": _SOUND},
        206: {"description": "The asked range", "content": _SOUND},
        **errors(
            "not-found",
            "gone",
            "not-ready",
            "blocked",
            "rejected",
            "sound-unverified",
            "reason-missing",
            "range-not-satisfiable",
        ),
    },
)
async def read_recording(
    call_id: str,
    caller: TranscriptReader,
    stores: Stores,
    clear: ClearCopy,
    version: AskedVersion = None,
    range: Annotated[str | None, Header(description="One byte range, as `bytes=0-1023`.")] = None,  # noqa: A002 - HTTP's word
) -> StreamingResponse:
    """Return the redacted sound (personal data is replaced by a tone), whole or by range, once it is verified.

    Text and sound of one `version` belong together; a recording as spoken has no versions.
    """
    await _may_read_redacted(stores, caller, Sight.REDACTED_SOUND, clear=clear.clear)
    call = await servable_call(stores, caller, call_id, parts=(RECORDING,))
    workspace_id = workspace_of(caller)
    if await clear_copy(stores, caller, clear, call_id=call_id, event="call:recording:read_clear"):
        recordings = RecordingStore(stores, workspace_id)
        recording = await recordings.of_call(call_id)
        original = recording["original"]
        span = parse_range(range, original["size"])
        pieces = recordings.read_original(recording, start=span.start, end=span.end)
        return await _streamed(pieces, span.headers(), span.status, original["media_type"])
    redactions = RedactionStore(stores, workspace_id)
    chosen = servable_version(call, version, as_spoken=False)
    audio = servable_sound(stores, await redactions.of_call(call_id, version=chosen))
    span = parse_range(range, audio["size"])
    pieces = redactions.read_audio(call_id, audio, start=span.start, end=span.end)
    return await _streamed(pieces, span.headers(), span.status, audio["media_type"])


async def _streamed(
    pieces: AsyncIterator[bytes], headers: dict[str, str], status: int, media_type: str
) -> StreamingResponse:
    """Answer with the pieces; the first is fetched before the status is sent, so that a failing store is a problem."""
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(all_pieces(), status_code=status, headers=headers, media_type=media_type)
