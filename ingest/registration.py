"""Registering a call and receiving its recording: each safe to repeat, each one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.call_parts import born
from domain.calls import CallIdentity, CallState
from domain.errors import CallwardError, Conflict, Duplicate, Gone, Invalid, TooLarge, UnsupportedMedia
from domain.ids import new_id
from domain.media import accepted
from domain.policy import Policy
from domain.records import Category
from domain.settled_policy import clocks_of
from ingest.call_logs import CallLogStore
from ingest.call_parties import known_parties
from ingest.calls import CallStore
from ingest.documents import NewCall, call_document, hints_of, recording_document
from ingest.idempotency import Attempt, IdempotencyStore
from ingest.matches import fresh_match
from ingest.recordings import RecordingStore, TakenIn
from ingest.redelivery import Redelivery, refuse
from ingest.tombstones import Erased, ErasedCall
from ingest.uploading import UploadPlan
from storage.mongo import Document
from storage.resources import Resources

ROUTE: Final = "POST /v1/calls"
RETENTION_OVER: Final = "retention_over"
CLOCK_SKEW: Final = timedelta(days=1)
"""How far ahead a phone's clock may run before its start time is refused."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The call, how to upload to it (None when it has arrived), and whether this request created it."""

    call: Document
    upload: UploadPlan | None
    created: bool


class Registration:
    """Takes calls in for one workspace, under its policy."""

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self.calls = CallStore(resources, workspace_id)
        self.recordings = RecordingStore(resources, workspace_id)
        self._logs = CallLogStore(resources, workspace_id)
        self._idempotency = IdempotencyStore(resources, workspace_id)
        self._redelivery = Redelivery(resources, workspace_id)

    async def register(self, new: NewCall, *, key: str, body_hash: str, now: datetime) -> Registered:
        """Register a call once per Idempotency-Key and once per source and origin id.

        Raises:
            TooLarge, UnsupportedMedia, Invalid: the request itself is wrong; nothing is stored and the key is free.
            Erased: the call was erased before; there is one audit line, and the key gives the same answer again.
            Gone: its retention is over already (`reason` is RETENTION_OVER).
            IdempotencyKeyReused, IdempotencyInProgress: see `ingest.idempotency`.
        """
        self._check(new, now)
        attempt = await self._idempotency.begin(ROUTE, key, body_hash, kind="call", now=now)
        try:
            done = await self._register_once(new, attempt, now)
        except Erased:
            await self._redelivery.note(attempt.result_id, now=now)
            await self._idempotency.finish_erased(ROUTE, attempt)
            raise
        except CallwardError:
            await self._idempotency.forget(ROUTE, attempt)
            raise
        if done.call["_id"] != attempt.result_id:
            await self._idempotency.forget(ROUTE, attempt)
        return done

    async def _register_once(self, new: NewCall, attempt: Attempt, now: datetime) -> Registered:
        if attempt.erased:
            refuse()
        if attempt.done:
            return await self._found(await self._redelivery.standing(attempt.result_id, now=now), now)
        if new.origin_id:
            earlier = await self.calls.by_origin(new.source, new.origin_id)
            if earlier is not None and earlier["_id"] != attempt.result_id:
                return await self._found(await self._redelivery.standing(earlier["_id"], now=now), now)
        try:
            return await self._create(new, attempt, now)
        except Duplicate:
            return await self._raced(new, attempt, now)

    async def _raced(self, new: NewCall, attempt: Attempt, now: datetime) -> Registered:
        """Another request registered the same call between our look and our write, or our own first try had landed."""
        mine = await self.calls.raw(attempt.result_id)
        other = mine or (await self.calls.by_origin(new.source, new.origin_id) if new.origin_id else None)
        if other is None:
            raise Conflict("the call could not be registered; send it again")
        return await self._found(await self._redelivery.standing(other["_id"], now=now), now)

    async def _found(self, call: Document, now: datetime) -> Registered:
        if call["state"] != CallState.AWAITING_UPLOAD.value:
            return Registered(call, None, created=False)
        recording = await self.recordings.of_call(call["_id"])
        return Registered(call, await self.recordings.plan_if_uploaded(recording, now=now), created=False)

    def _check(self, new: NewCall, now: datetime) -> None:
        limit = self._resources.settings.max_recording_bytes
        if (new.size or 0) > limit:
            raise TooLarge("the recording is larger than allowed", limit_bytes=limit)
        if not accepted(new.media_type):
            raise UnsupportedMedia("this media type is not taken in", media_type=new.media_type)
        if new.call_log and new.call_log.setup_time > now + CLOCK_SKEW:
            raise Invalid(
                "the call begins in the future; check the device's clock and zone", field="call_log.setup_time"
            )

    async def _create(self, new: NewCall, attempt: Attempt, now: datetime) -> Registered:
        call_id = attempt.result_id
        began = new.call_log.setup_time if new.call_log else None
        await self._redelivery.refuse_erased(ErasedCall(new.source, new.origin_id, new.sha256, began))
        anchor = new.call_log.setup_time if new.call_log else now
        tags = self._policy.tags(Category.COMMUNICATIONS_CONTENT, workspace_id=self._workspace_id, anchor=anchor)
        if tags.retain_until <= now:
            raise Gone("the retention of a call of that day is over already; nothing was stored", reason=RETENTION_OVER)
        clocks = clocks_of(self._policy, anchor)
        call = call_document(call_id, new, tags.to_document(), born(clocks, anchor), now)
        log = await self._logs.prepare(call_id, new.call_log, self._policy, now=now) if new.call_log else None
        call |= await known_parties(self._resources, self._workspace_id, new)
        call["match"] = await fresh_match(self._resources, self._workspace_id, new, log, now=now)
        recording_id = new_id("rec")

        async def write(tx: Any) -> None:
            keys = await self._resources.keyring.create_call_keys(self._workspace_id, call_id, now=now, tx=tx)
            sealed = await self.recordings.seal_hints(call_id, recording_id, keys["recording"], hints_of(new))
            await self.calls.insert(call, tx=tx)
            tagged = tags.to_document() | {"retain_until": clocks.recording}
            document = recording_document(recording_id, call_id, new, tagged, sealed, now)
            await self.recordings.insert(document, order=new.fetch, key=keys["recording"], tx=tx)
            if log is not None:
                await self._logs.insert(log, tx=tx)
            await self._idempotency.finish(ROUTE, attempt, tx=tx)

        await self._resources.database.transaction(write)
        recording = await self.recordings.of_call(call_id)
        return Registered(call, await self.recordings.plan_if_uploaded(recording, now=now), created=True)

    async def _to_fill(self, call_id: str, now: datetime) -> Document:
        """Return the call whose bytes are coming. Raises Erased, with its audit line, when it was erased."""
        try:
            return await self._redelivery.standing(call_id, now=now)
        except Erased:
            await self._redelivery.note(call_id, now=now)
            raise

    async def complete(
        self, call_id: str, *, sha256: str, part_sha256: Sequence[str] | None = None, now: datetime
    ) -> Document:
        """Verify the uploaded bytes and write the call as received. Asking again after success changes nothing.

        Raises:
            Erased: these bytes, or this call, were erased before; the registration under which they came goes too.
        """
        call = await self._to_fill(call_id, now)
        recording = await self.recordings.of_call(call_id)
        if call["state"] != CallState.AWAITING_UPLOAD.value:
            return self._repeated(call, sha256)
        try:
            taken = await self.recordings.take_in_uploaded(recording, sha256=sha256, part_sha256=part_sha256)
        except CallwardError:
            call = await self.calls.get(call_id, now=now)
            if call["state"] == CallState.AWAITING_UPLOAD.value:
                raise
            return self._repeated(call, sha256)  # another device completed it, and the upload went with that
        return await self._receive(call, recording, taken, now)

    @staticmethod
    def _repeated(call: Document, sha256: str | None) -> Document:
        if sha256 is not None and call["content_hash"] != sha256.lower():
            raise Conflict("the call has another recording already", call_id=call["_id"])
        return call

    async def receive_stream(
        self, call_id: str, pieces: AsyncIterable[bytes], *, sha256: str | None, now: datetime
    ) -> Document:
        """Take the bytes from the request itself, for clients that cannot use upload links. Raises Erased as above."""
        call = await self._to_fill(call_id, now)
        recording = await self.recordings.of_call(call_id)
        if call["state"] != CallState.AWAITING_UPLOAD.value:
            return self._repeated(call, sha256)
        taken = await self.recordings.take_in(recording, pieces, sha256=sha256)
        return await self._receive(call, recording, taken, now)

    async def _receive(self, call: Document, recording: Document, taken: TakenIn, now: datetime) -> Document:
        call_id = call["_id"]
        try:
            earlier = await self._received_before_or_now(call, recording, taken, now)
            if earlier is not None:
                return await self._fold_into(earlier, call, now)
        except CallwardError as refusal:
            await self.recordings.drop(recording, taken)
            if isinstance(refusal, Erased):
                await self.calls.start_erasing(call_id, cause="redelivery", now=now)
                await self._redelivery.note(call_id, now=now)
            if isinstance(refusal, Conflict):
                return self._repeated(await self.calls.get(call_id, now=now), taken.content_hash)
            raise
        await self.recordings.remove_upload(recording)
        return await self.calls.get(call_id, now=now)

    async def _received_before_or_now(
        self, call: Document, recording: Document, taken: TakenIn, now: datetime
    ) -> Document | None:
        """Write the call as received with its first job; or return the earlier call that this one is once more.

        Raises:
            Erased: the call that this one is once more was erased. Asked in the same transaction, so that one whose
                erasing begins or ends meanwhile is seen as live, as going, or by its tombstone.
        """
        call_id = call["_id"]
        known_as = ErasedCall(call["source"], call["origin_id"], taken.content_hash, call["setup_time"])
        identity = CallIdentity(taken.content_hash, call["origin_id"], call["setup_time"])

        async def write(tx: Any) -> Document | None:
            await self._idempotency.gate(taken.content_hash, now=now, tx=tx)
            earlier = await self.calls.same_call(call_id, identity, tx=tx)
            if earlier is not None:
                return earlier if earlier["retain_until"] > now else refuse()
            await self._redelivery.refuse_going(call_id, identity, tx=tx)
            await self._redelivery.refuse_erased(known_as, tx=tx)
            await self.recordings.settle(recording, taken, now=now, tx=tx)
            received = await self.calls.receive(
                call_id, content_hash=taken.content_hash, media_type=taken.sniffed, size=taken.size, now=now, tx=tx
            )
            if not received:
                raise Conflict("the recording was received before", call_id=call_id)
            return None

        await self._idempotency.open_gate(taken.content_hash, now=now)
        return await self._resources.database.transaction(write)

    async def _fold_into(self, earlier: Document, call: Document, now: datetime) -> Document:
        """The same call delivered twice under two keys: the second is erased like any call, the first is the answer."""
        await self._idempotency.lead_to(earlier["_id"], instead_of=call["_id"])
        await self.calls.start_erasing(call["_id"], cause="duplicate", now=now, duplicate_of=earlier["_id"])
        return await self._redelivery.standing(earlier["_id"], now=now)
