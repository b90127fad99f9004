"""How a recording's bytes come in by links: one object, or parts that are sent in parallel, repeated and resumed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain.errors import (
    ChecksumMismatch,
    Conflict,
    EmptyRecording,
    Invalid,
    NotAudio,
    SizeMismatch,
    UnsupportedMedia,
    UploadMissing,
)
from domain.media import compatible, sniff
from ingest.fetch_orders import MODE
from storage.mongo import Document
from storage.objects import ObjectStore
from storage.uploads import SignedRequest, part_key

SINGLE_PUT_BYTES: Final = 32 * 1024 * 1024
CLIENT_PART_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PartToSend:
    """A part that has not arrived, and the link for it."""

    number: int
    size: int
    link: SignedRequest


@dataclass(frozen=True, slots=True)
class ArrivedPart:
    """A part that the store has. `sha256` is what the client said of it, None when it said nothing."""

    number: int
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class UploadPlan:
    """How a client brings the bytes: one PUT, or parts that may go in parallel and be repeated."""

    mode: str
    expires_at: datetime
    single: SignedRequest | None = None
    part_bytes: int = 0
    parts: tuple[PartToSend, ...] = ()
    arrived: tuple[ArrivedPart, ...] = ()


def part_sizes(upload: Document) -> dict[int, int]:
    """Return number → size of an upload's parts; one that comes in a single PUT is one part."""
    if upload["mode"] == MODE:
        raise Conflict("the recording is fetched from its provider; there is nothing to upload")
    size, of_a_part = int(upload["size"]), CLIENT_PART_BYTES if upload["mode"] == "multipart" else int(upload["size"])
    return {number + 1: min(of_a_part, size - at) for number, at in enumerate(range(0, size, of_a_part))}


def sums_of(upload: Document, part_sha256: Sequence[str]) -> dict[str, str]:
    """Return what is stored of the parts' checksums: number → SHA-256. Raises Invalid when it is not one for each."""
    expected = len(part_sizes(upload))
    if len(part_sha256) != expected:
        raise Invalid(
            "give one SHA-256 for each part, in order", field="part_sha256", expected=expected, given=len(part_sha256)
        )
    return {str(number): one.lower() for number, one in enumerate(part_sha256, start=1)}


class IncomingUpload:
    """One upload on its way in, under its customer key."""

    def __init__(self, objects: ObjectStore, upload: Document, customer_key: bytes) -> None:
        self._objects = objects
        self._upload = upload
        self._key = customer_key
        self._sizes = part_sizes(upload)
        self._sums: dict[int, str] = {int(number): one for number, one in (upload.get("sums") or {}).items()}
        self._read: dict[int, str] = {}

    @property
    def _in_parts(self) -> bool:
        return bool(self._upload["mode"] == "multipart")

    async def plan(self, *, now: datetime, expires_s: int) -> UploadPlan:
        """Return fresh links for what has not arrived; a link of a part whose checksum is known is bound to it."""
        expires_at = now + timedelta(seconds=expires_s)
        if not self._in_parts:
            single = await self._link(self._upload["key"], 1, expires_s)
            return UploadPlan("single", expires_at, single=single)
        there = await self._arrived()
        missing = [number for number in self._sizes if number not in there]
        links = await asyncio.gather(
            *(self._link(part_key(self._upload["key"], number), number, expires_s) for number in missing)
        )
        return UploadPlan(
            "multipart",
            expires_at,
            part_bytes=CLIENT_PART_BYTES,
            parts=tuple(
                PartToSend(number, self._sizes[number], link) for number, link in zip(missing, links, strict=True)
            ),
            arrived=tuple(ArrivedPart(number, size, self._sums.get(number)) for number, size in there.items()),
        )

    async def _link(self, place: str, number: int, expires_s: int) -> SignedRequest:
        return await self._objects.presign_put(
            place,
            size=self._sizes[number],
            customer_key=self._key,
            expires_s=expires_s,
            sha256=self._sums.get(number),
        )

    async def _arrived(self) -> dict[int, int]:
        """Return the parts that the store has in the size that they must have."""
        there = await self._objects.uploaded_parts(self._upload["key"])
        return {number: size for number, size in self._sizes.items() if there.get(number) == size}

    async def check_size(self) -> None:
        """Raise UploadMissing or SizeMismatch unless everything is there; the latter names the parts to send."""
        announced = int(self._upload["size"])
        if self._in_parts:
            there = await self._arrived()
            if len(there) == len(self._sizes):
                return
            missing = [number for number in self._sizes if number not in there]
            raise SizeMismatch(
                "not all parts have arrived", announced=announced, arrived=sum(there.values()), parts=missing
            )
        size = await self._objects.uploaded_size(self._upload["key"], customer_key=self._key)
        if size is None:
            raise UploadMissing("nothing has been uploaded yet")
        if size != announced:
            raise SizeMismatch("the upload has another size than announced", announced=announced, arrived=size)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes in order, remembering each part's SHA-256 for `damaged`."""
        for number in self._sizes:
            place = part_key(self._upload["key"], number) if self._in_parts else self._upload["key"]
            digest = hashlib.sha256()
            async for piece in self._objects.read_uploaded(place, customer_key=self._key):
                digest.update(piece)
                yield piece
            self._read[number] = digest.hexdigest()

    async def drop_damaged(self, mismatch: ChecksumMismatch, sums: Mapping[str, str]) -> ChecksumMismatch:
        """Return the refusal that names the damaged parts; they are deleted, so that only they are asked for again.

        Args:
            mismatch: the refusal of the whole.
            sums: what the client says of the parts now; what it said before counts where it says nothing.
        """
        said = self._sums | {int(number): one for number, one in sums.items()}
        damaged = [number for number, actual in self._read.items() if said.get(number, actual) != actual]
        if not self._in_parts or not damaged:
            return mismatch
        for number in damaged:
            await self._objects.delete(part_key(self._upload["key"], number))
        return ChecksumMismatch("some parts do not have the SHA-256 that was announced for them", parts=damaged)


def verified(head: bytes, upload: Document, *, size: int, sha256: str | None, actual: str) -> str:
    """Return the media type that bytes are, when they are what was announced.

    Raises:
        EmptyRecording, SizeMismatch, ChecksumMismatch, NotAudio, UnsupportedMedia: they are not.
    """
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
