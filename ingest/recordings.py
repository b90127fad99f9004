"""Recordings: taken in under a key of the call from the first byte, verified by us, sealed, and never kept twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.errors import (
    ChecksumMismatch,
    Conflict,
    EmptyRecording,
    NotAudio,
    NotFound,
    SizeMismatch,
    UnsupportedMedia,
    UploadMissing,
)
from domain.ids import new_id
from domain.media import compatible, sniff
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer, derive, seal, unseal
from storage.uploads import SignedRequest

SINGLE_PUT_BYTES: Final = 32 * 1024 * 1024
CLIENT_PART_BYTES: Final = 8 * 1024 * 1024
SNIFF_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """How a client brings the bytes: one PUT, or parts that may go in parallel and be repeated."""

    mode: str
    expires_at: datetime
    single: SignedRequest | None = None
    part_bytes: int = 0
    parts: tuple[tuple[int, SignedRequest], ...] = ()
    arrived: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What was verified and sealed."""

    object_id: str
    size: int
    content_hash: str
    sniffed: str


class RecordingStore:
    """The one writer of `recordings` and of the object prefixes `u/` (on the way in) and `c/` (kept)."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._recordings = resources.database.scoped("recordings", workspace_id)
        self._workspace_id = workspace_id

    async def insert(self, document: Document, *, tx: Any = None) -> None:
        """Store a new recording's document."""
        await self._recordings.insert(document, tx=tx)

    async def of_call(self, call_id: str) -> Document:
        """Return a call's recording document. Raises NotFound."""
        document = await self._recordings.find_one({"call_id": call_id})
        if document is None:
            raise NotFound("the call has no recording", call_id=call_id)
        return document

    async def _customer_key(self, call_id: str, upload_key: str) -> bytes:
        return derive(await self._resources.keyring.call_key(self._workspace_id, call_id), f"upload:{upload_key}")

    async def plan(self, recording: Document, *, now: datetime) -> UploadPlan:
        """Return fresh links for what has not arrived yet; the same upload goes on where it was interrupted."""
        settings, objects = self._resources.settings, self._resources.objects
        upload = recording["upload"]
        key = await self._customer_key(recording["call_id"], upload["key"])
        expires_s = settings.upload_expires_s
        expires_at = now + timedelta(seconds=expires_s)
        if upload["mode"] == "single":
            single = await objects.presign_put(
                upload["key"], size=upload["size"], customer_key=key, expires_s=expires_s
            )
            return UploadPlan("single", expires_at, single=single)
        multipart_id = upload["multipart_id"] or await self._open_multipart(recording, key)
        arrived = tuple(part.number for part in await objects.list_parts(upload["key"], upload=multipart_id))
        count = -(-upload["size"] // CLIENT_PART_BYTES)
        parts = [
            (
                number,
                await objects.presign_part(
                    upload["key"], upload=multipart_id, number=number, customer_key=key, expires_s=expires_s
                ),
            )
            for number in range(1, count + 1)
            if number not in arrived
        ]
        return UploadPlan("multipart", expires_at, part_bytes=CLIENT_PART_BYTES, parts=tuple(parts), arrived=arrived)

    async def _open_multipart(self, recording: Document, key: bytes) -> str:
        multipart_id = await self._resources.objects.start_multipart(recording["upload"]["key"], customer_key=key)
        won = await self._recordings.update(
            {"_id": recording["_id"], "upload.multipart_id": None}, {"$set": {"upload.multipart_id": multipart_id}}
        )
        if won:
            return multipart_id
        await self._resources.objects.abort_multipart(recording["upload"]["key"], upload=multipart_id)
        again = await self.of_call(recording["call_id"])
        return str(again["upload"]["multipart_id"])

    async def take_in_uploaded(self, recording: Document, *, sha256: str) -> TakenIn:
        """Verify what the client uploaded and seal it under the call's key; the upload itself is removed by `settle`.

        Raises:
            UploadMissing, SizeMismatch, ChecksumMismatch, EmptyRecording, NotAudio, UnsupportedMedia: nothing is kept,
                and the upload may be sent again.
        """
        upload = recording["upload"]
        objects = self._resources.objects
        key = await self._customer_key(recording["call_id"], upload["key"])
        if upload["mode"] == "multipart" and upload["multipart_id"]:
            await self._join_parts(upload)
        size = await objects.uploaded_size(upload["key"], customer_key=key)
        if size is None:
            raise UploadMissing("nothing has been uploaded yet", call_id=recording["call_id"])
        if size != upload["size"]:
            raise SizeMismatch("the upload has another size than announced", announced=upload["size"], arrived=size)
        pieces = objects.read_uploaded(upload["key"], customer_key=key)
        return await self.take_in(recording, pieces, sha256=sha256)

    async def _join_parts(self, upload: Document) -> None:
        objects = self._resources.objects
        try:
            parts = await objects.list_parts(upload["key"], upload=upload["multipart_id"])
        except NotFound:
            return  # joined before
        arrived = sum(part.size for part in parts)
        if arrived != upload["size"]:
            raise SizeMismatch("not all parts have arrived", announced=upload["size"], arrived=arrived)
        await objects.finish_multipart(upload["key"], upload=upload["multipart_id"], parts=parts)

    async def take_in(self, recording: Document, pieces: AsyncIterable[bytes], *, sha256: str | None) -> TakenIn:
        """Seal the bytes under a fresh object id while hashing them; drop them again when they are not as announced."""
        call_id, upload = recording["call_id"], recording["upload"]
        object_id = new_id("obj")
        key = await self._resources.keyring.call_key(self._workspace_id, call_id)
        digest = hashlib.sha256()
        head = bytearray()

        async def watched() -> AsyncIterator[bytes]:
            async for piece in pieces:
                digest.update(piece)
                if len(head) < SNIFF_BYTES:
                    head.extend(piece[: SNIFF_BYTES - len(head)])
                yield piece

        place = object_key(call_id, object_id)
        size = await self._resources.objects.put_sealed(
            place, watched(), ObjectSealer(key, object_id), limit=self._resources.settings.max_recording_bytes
        )
        try:
            sniffed = _verify(bytes(head), upload, size=size, sha256=sha256, actual=digest.hexdigest())
        except Exception:
            await self._resources.objects.delete(place)
            raise
        return TakenIn(object_id, size, digest.hexdigest(), sniffed)

    async def settle(self, recording: Document, taken: TakenIn, *, now: datetime, tx: Any) -> None:
        """Write down what was taken in. Raises Conflict when another request settled it before."""
        matched = await self._recordings.update(
            {"_id": recording["_id"], "original": None},
            {
                "$set": {
                    "original": {
                        "object_id": taken.object_id,
                        "size": taken.size,
                        "content_hash": taken.content_hash,
                        "media_type": taken.sniffed,
                    },
                    "received_at": now,
                }
            },
            tx=tx,
        )
        if matched != 1:
            raise Conflict("the recording was received before", call_id=recording["call_id"])

    async def drop(self, recording: Document, taken: TakenIn) -> None:
        """Delete a sealed object that nobody will refer to."""
        await self._resources.objects.delete(object_key(recording["call_id"], taken.object_id))

    async def remove_upload(self, recording: Document) -> None:
        """Delete what the client uploaded; safe to run twice."""
        upload = recording["upload"]
        if upload.get("multipart_id"):
            await self._resources.objects.abort_multipart(upload["key"], upload=upload["multipart_id"])
        await self._resources.objects.delete(upload["key"])

    async def read_original(
        self, recording: Document, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield bytes [start, end) of the clear recording: for the stages, and for the audited clear copy."""
        original = recording["original"]
        key = await self._resources.keyring.call_key(self._workspace_id, recording["call_id"])
        sealer = ObjectSealer(key, original["object_id"])
        place = object_key(recording["call_id"], original["object_id"])
        async for piece in self._resources.objects.read_sealed(
            place, sealer, plain_size=original["size"], start=start, end=end
        ):
            yield piece

    async def seal_hints(self, call_id: str, recording_id: str, key: bytes, hints: dict[str, Any]) -> bytes:
        """Return the call's own knowledge of its people, sealed under the call's key."""
        return seal(key, json.dumps(hints).encode(), place=f"recordings/{recording_id}/hints/{call_id}")

    async def hints(self, recording: Document) -> dict[str, list[str]]:
        """Return the call's own knowledge: numbers, names, e-mail addresses."""
        key = await self._resources.keyring.call_key(self._workspace_id, recording["call_id"])
        place = f"recordings/{recording['_id']}/hints/{recording['call_id']}"
        known: dict[str, list[str]] = json.loads(unseal(key, bytes(recording["hints"]), place=place))
        return known


def object_key(call_id: str, object_id: str) -> str:
    """Return the key of a sealed object."""
    return f"c/{call_id}/{object_id}"


def upload_key(call_id: str, upload_id: str) -> str:
    """Return the key of an object on its way in."""
    return f"u/{call_id}/{upload_id}"


def _verify(head: bytes, upload: Document, *, size: int, sha256: str | None, actual: str) -> str:
    if size == 0:
        raise EmptyRecording("the recording is empty")
    announced = upload.get("size")
    if announced is not None and size != announced:
        raise SizeMismatch("the recording has another size than announced", announced=announced, arrived=size)
    expected = sha256 or upload.get("sha256")
    if expected is not None and expected.lower() != actual:
        raise ChecksumMismatch("the bytes that arrived do not have the announced SHA-256")
    sniffed = sniff(head)
    if sniffed is None:
        raise NotAudio("the bytes are no recording in a format that is taken in")
    if not compatible(upload["media_type"], sniffed):
        raise UnsupportedMedia("the bytes are of another media type than announced", found=sniffed)
    return sniffed
