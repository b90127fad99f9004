"""For the ML team: the files of published releases, by range, for a stated purpose."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import StreamingResponse

from api.auth import CorpusReader, Stores, utc_now
from api.keys import Caller
from api.openapi import errors
from api.ranges import ByteRange, parse_range
from corpus.serving import ReleaseReader, ServedFile
from corpus.signing import SigningKeys
from domain.errors import CallwardError, Forbidden
from domain.ids import id_from_bytes
from domain.proofs import KEY_HEADER, SIGNATURE_HEADER, Signed
from storage.resources import Resources

router = APIRouter(prefix="/v1/corpus/releases", tags=["corpus"])
_SHORTEST_PURPOSE = 3
_BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
Number = Annotated[int, Path(ge=1, le=10**9)]
Name = Annotated[str, Path(max_length=60, description="As the manifest names it.")]
Purpose = Annotated[
    str | None,
    Query(max_length=200, description="What it is pulled for. Kept in the audit log: name no person."),
]


class PurposeMissing(CallwardError):
    """A release was to be pulled without saying what for."""

    code = "purpose-missing"


def of_the_platform(caller: Caller) -> None:
    """Raise Forbidden for a workspace's key: releases lie over all workspaces."""
    if caller.workspace_id is not None:
        raise Forbidden("releases lie over all workspaces; use a key of the platform (POST /v1/platform/keys)")


def purpose_of(text: str | None) -> str:
    """Return a stated purpose, trimmed. Raises PurposeMissing for none, or a shorter one than three characters."""
    purpose = (text or "").strip()
    if len(purpose) < _SHORTEST_PURPOSE:
        raise PurposeMissing("say what it is pulled for")
    return purpose


@router.get(
    "/{number}/manifest",
    summary="Read a release's manifest",
    response_class=Response,
    responses={
        200: {"description": "manifest.json, signed in the headers", "content": {"application/json": {}}},
        **errors("not-found", "not-published", "purpose-missing"),
    },
)
async def read_manifest(number: Number, caller: CorpusReader, stores: Stores, purpose: Purpose = None) -> Response:
    """Return the files of a release with their SHA-256, what is in it, and what its gates said.

    It is as of now: files are written anew when people leave, and `revision` rises. `Callward-Signature` is Ed25519
    over these bytes (docs/corpus.md), under the key that `Callward-Signing-Key` names.
    """
    of_the_platform(caller)
    reader = ReleaseReader(stores)
    await reader.release(number)
    await _note(stores, caller, "corpus:manifest:pulled", number, "manifest.json", purpose_of(purpose))
    file = await reader.manifest(number)
    body = file.body or b""
    signature = await SigningKeys(stores).sign(Signed.MANIFEST, body, now=utc_now())
    headers = {KEY_HEADER: signature.key_id, SIGNATURE_HEADER: signature.value, "ETag": _etag(file)}
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/{number}/files/{name}",
    summary="Pull a file of a release",
    response_class=StreamingResponse,
    responses={
        200: {"description": "The whole file", "content": _BYTES},
        206: {"description": "The asked range", "content": _BYTES},
        304: {"description": "The file is the one that If-None-Match names"},
        **errors("not-found", "not-published", "withdrawn", "purpose-missing", "range-not-satisfiable"),
    },
)
async def read_file(
    number: Number,
    name: Name,
    caller: CorpusReader,
    stores: Stores,
    purpose: Purpose = None,
    range: Annotated[str | None, Header(description="One byte range, as `bytes=1024-`.")] = None,  # noqa: A002 - HTTP's word
    if_range: Annotated[str | None, Header(description="An ETag: a range of this content, else the whole.")] = None,
    if_none_match: Annotated[str | None, Header(description="ETags of what is there already.")] = None,
) -> Response:
    """Return a file, whole or by range. Its ETag is its SHA-256; a name never stands for two contents.

    410 when rows in it belong to people who left: `successor` names the file that took its place, and the manifest of
    `revision` lists what there is. A file that is closed while it goes out is cut off within 8 MiB.
    """
    of_the_platform(caller)
    reader = ReleaseReader(stores)
    file = await reader.file(number, name)
    await _note(stores, caller, "corpus:file:pulled", number, name, purpose_of(purpose))
    etag = _etag(file)
    if etag in {one.strip() for one in (if_none_match or "").split(",")}:
        return Response(status_code=304, headers={"ETag": etag})
    span = parse_range(range if if_range in {None, etag} else None, file.size)
    return await _streamed(reader, file, span, {**span.headers(), "ETag": etag})


async def _streamed(reader: ReleaseReader, file: ServedFile, span: ByteRange, headers: dict[str, str]) -> Response:
    """Answer with the pieces; the first is fetched before the status is sent, so that a failing store is a problem."""
    pieces = reader.pieces(file, start=span.start, end=span.end)
    first = await anext(pieces, b"")

    async def all_pieces() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(all_pieces(), status_code=span.status, headers=headers, media_type=file.media_type)


def _etag(file: ServedFile) -> str:
    return f'"{file.sha256}"'


async def _note(stores: Resources, caller: Caller, event: str, number: int, name: str, purpose: str) -> None:
    """Store the audit event before anything is read: one a day for each key, file and purpose, however many ranges."""
    now = utc_now()
    same = "|".join((caller.key_id, event, str(number), name, purpose, now.date().isoformat()))
    event_id = id_from_bytes("evt", hashlib.sha256(same.encode()).digest()[:16])
    detail: dict[str, str | int] = {"release": number, "file": name, "purpose": purpose}
    await stores.audit.append(None, event, actor=caller.key_id, now=now, detail=detail, event_id=event_id)
