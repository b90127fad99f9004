"""Recordings: taken in under a key of the call from the first byte, verified by us, sealed, and never kept twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterable, AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.errors import (
    ChecksumMismatch,
    Conflict,
    NotFound,
)
from domain.ids import new_id
from domain.jobs import Queue
from ingest.fetch_orders import MODE, TASK, FetchOrder, open_order, seal_order
from ingest.uploading import IncomingUpload, UploadPlan, sums_of, verified
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer, derive, seal, unseal
from storage.uploads import part_key

SNIFF_BYTES: Final = 4096


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

    async def _key(self, call_id: str) -> bytes:
        return await self._resources.keyring.artifact_key(self._workspace_id, call_id, "recording")

    async def insert(self, document: Document, *, key: bytes, order: FetchOrder | None = None, tx: Any = None) -> None:
        """Store a new recording's document, and the job that gets the recording when it is to be fetched."""
        if order is not None:
            document["upload"]["order"] = seal_order(order, key, document["_id"])
            await self._order_job(document["call_id"], document["created_at"], tx=tx)
        await self._recordings.insert(document, tx=tx)

    async def _order_job(self, call_id: str, now: datetime, *, tx: Any = None) -> None:
        await self._resources.outbox.add(
            workspace_id=self._workspace_id, call_id=call_id, task=TASK, queue=Queue.INGEST, now=now, tx=tx
        )

    async def order(self, recording: Document) -> FetchOrder:
        """Return where a recording is to be fetched from."""
        return open_order(recording, await self._key(recording["call_id"]))

    async def order_again(self, recording: Document, order: FetchOrder, *, now: datetime) -> None:
        """Take a fresher address of a recording that has not come, and try again if that was given up."""
        call_id = recording["call_id"]
        key = await self._key(call_id)
        sealed = seal_order(order, key, recording["_id"])
        waiting = {"_id": recording["_id"], "original": None, "upload.mode": MODE}
        if await self._recordings.update(waiting, {"$set": {"upload.order": sealed}}) != 1:
            return
        if not await self._resources.outbox.has_open(self._workspace_id, call_id, TASK):
            await self._order_job(call_id, now)

    async def of_call(self, call_id: str) -> Document:
        """Return a call's recording document. Raises NotFound; Gone when it was erased before its call."""
        document = await self._recordings.find_one({"call_id": call_id})
        if document is None:
            await self._key(call_id)  # Gone, where the recording went before its call
            raise NotFound("the call has no recording", call_id=call_id)
        return document

    async def _incoming(self, recording: Document) -> IncomingUpload:
        upload = recording["upload"]
        call_key = await self._key(recording["call_id"])
        return IncomingUpload(self._resources.objects, upload, derive(call_key, f"upload:{upload['key']}"))

    async def plan_if_uploaded(self, recording: Document, *, now: datetime) -> UploadPlan | None:
        """Return the same as `plan`, None for a recording that is fetched from its provider."""
        return None if recording["upload"]["mode"] == MODE else await self.plan(recording, now=now)

    async def plan(self, recording: Document, *, now: datetime) -> UploadPlan:
        """Return fresh links for what has not arrived yet; the same upload goes on where it was interrupted."""
        incoming = await self._incoming(recording)
        return await incoming.plan(now=now, expires_s=self._resources.settings.upload_expires_s)

    async def state_sums(self, recording: Document, part_sha256: Sequence[str]) -> Document:
        """Note the SHA-256 of each part as the client says it; parts that came under another one are asked for again.

        Raises:
            Invalid: when it is not one for each part.
        """
        upload = recording["upload"]
        sums, before = sums_of(upload, part_sha256), upload.get("sums") or {}
        for number in (number for number, one in before.items() if sums[number] != one):
            await self._resources.objects.delete(part_key(upload["key"], int(number)))
        await self._recordings.update({"_id": recording["_id"], "original": None}, {"$set": {"upload.sums": sums}})
        return await self.of_call(recording["call_id"])

    async def take_in_uploaded(
        self, recording: Document, *, sha256: str, part_sha256: Sequence[str] | None = None
    ) -> TakenIn:
        """Verify what the client uploaded and seal it under the call's key; the upload itself is removed by `settle`.

        Raises:
            UploadMissing, SizeMismatch, ChecksumMismatch, EmptyRecording, NotAudio, UnsupportedMedia: nothing is kept,
                and the upload may be sent again. Where parts are known to be missing or damaged, `parts` names them.
        """
        sums = {} if part_sha256 is None else sums_of(recording["upload"], part_sha256)
        incoming = await self._incoming(recording)
        await incoming.check_size()
        try:
            return await self.take_in(recording, incoming.pieces(), sha256=sha256)
        except ChecksumMismatch as mismatch:
            raise await incoming.drop_damaged(mismatch, sums) from None

    async def take_in(self, recording: Document, pieces: AsyncIterable[bytes], *, sha256: str | None) -> TakenIn:
        """Seal the bytes under a fresh object id while hashing them; drop them again when they are not as announced."""
        call_id, upload = recording["call_id"], recording["upload"]
        object_id = new_id("obj")
        key = await self._key(call_id)
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
            sniffed = verified(bytes(head), upload, size=size, sha256=sha256, actual=digest.hexdigest())
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

    async def shorten(self, call_id: str, retain_until: datetime | None, *, tx: Any) -> None:
        """Move the end of a recording's retention to an earlier instant; None changes nothing."""
        if retain_until is not None:
            later = {"call_id": call_id, "retain_until": {"$gt": retain_until}}
            await self._recordings.update(later, {"$set": {"retain_until": retain_until}}, tx=tx)

    async def redate(self, call_id: str, until: datetime, version: int) -> None:
        """Note until when the recording is kept under this version of the policy."""
        change = {"retain_until": until, "policy_version": version}
        await self._recordings.update({"call_id": call_id}, {"$set": change})

    async def drop(self, recording: Document, taken: TakenIn) -> None:
        """Delete a sealed object that nobody will refer to."""
        await self._resources.objects.delete(object_key(recording["call_id"], taken.object_id))

    async def remove_upload(self, recording: Document) -> None:
        """Delete what the client uploaded; safe to run twice."""
        key = recording["upload"]["key"]
        if recording["upload"]["mode"] == "multipart":
            await self._resources.objects.delete_prefix(f"{key}/")
        else:
            await self._resources.objects.delete(key)

    async def read_original(
        self, recording: Document, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield bytes [start, end) of the clear recording: for the stages, and for the audited clear copy."""
        original = recording["original"]
        key = await self._key(recording["call_id"])
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
        return _opened(await self._key(recording["call_id"]), recording)

    async def hints_of(self, call_ids: Collection[str]) -> dict[str, dict[str, list[str]]]:
        """Return the same of many calls, in two looks; those whose recording is erased are left out."""
        keys = await self._resources.keyring.artifact_keys(self._workspace_id, call_ids, "recording")
        found = await self._recordings.find({"call_id": {"$in": list(keys)}}, fields=("call_id", "hints"))
        return {one["call_id"]: _opened(keys[one["call_id"]], one) for one in found}


def _opened(key: bytes, recording: Document) -> dict[str, list[str]]:
    place = f"recordings/{recording['_id']}/hints/{recording['call_id']}"
    known: dict[str, list[str]] = json.loads(unseal(key, bytes(recording["hints"]), place=place))
    return known


def object_key(call_id: str, object_id: str) -> str:
    """Return the key of a sealed object."""
    return f"c/{call_id}/{object_id}"


def upload_key(call_id: str, upload_id: str) -> str:
    """Return the key of an object on its way in."""
    return f"u/{call_id}/{upload_id}"
