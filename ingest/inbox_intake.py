"""Taking in one file of the drop folder: a recording, a vCon, or a file of CDRs, told apart by its bytes.

Every step may be the last one before a kill, so each is safe to repeat, and the order is: taken in or set aside, then
written down, then deleted where it lay, then forgotten. A file that is refused is kept sealed for thirty days.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Final

import structlog

from domain.errors import (
    EmptyRecording,
    Gone,
    IdempotencyInProgress,
    NotAudio,
    NotFound,
    TooLarge,
    UnsupportedMedia,
)
from domain.media import HEAD_BYTES, sniff
from domain.policy import Policy
from ingest.cdr_import import REFUSALS, CdrImport
from ingest.formats import vcon
from ingest.formats.errors import FileRefused
from ingest.imports import ImportState, ImportStore
from ingest.inbox import SOURCE, Busy, Inbox, Refused, Waiting, place_of
from ingest.inbox_reading import again, held, is_vcon
from ingest.inbox_recording import new_call
from ingest.quarantine import QuarantineStore
from ingest.registration import RETENTION_OVER, Registration
from ingest.sources import Source, SourceConfig, SourceStore, options_of
from ingest.tombstones import Erased
from ingest.vcon_recordings import RecordingOutcome
from ingest.vcons import MAX_BYTES, TakenVCon, VConIntake
from storage.blind_index import BlindIndexer
from storage.dropped import FileGone, FileReplaced
from storage.resources import Resources

log = structlog.get_logger()

RECORDING: Final = "recording"
_NO_RECORDING: Final = (NotAudio, UnsupportedMedia, TooLarge, EmptyRecording)
_LEFT_OUT: Final = frozenset({RecordingOutcome.REFUSED, RecordingOutcome.CONFLICT})
_OVER: Final = frozenset({ImportState.DONE.value, ImportState.REFUSED.value})

Counts = Mapping[str, int]


class InboxIntake:
    """Takes the files of one workspace's drop folder in, under its policy."""

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._inbox = Inbox(resources, workspace_id)
        self._imports = ImportStore(resources, workspace_id)
        self._quarantine = QuarantineStore(resources, workspace_id)

    async def take_in(self, import_id: str, *, now: datetime) -> None:
        """Take a waiting file in, or set it aside; nothing happens when neither is left to do.

        Raises:
            Unavailable: a store does not answer; the file stays where it is and is tried again.
        """
        waiting = await self._inbox.get(import_id)
        if waiting is None:
            return
        try:
            await self._taken_or_set_aside(waiting, now)
            await self._resources.objects.delete_dropped(waiting.key, etag=waiting.etag)
        except FileGone:
            await self._missed(waiting, "file_gone", now)
        except FileReplaced:
            await self._missed(waiting, "file_replaced", now)
        await self._inbox.settle(import_id)

    async def _taken_or_set_aside(self, waiting: Waiting, now: datetime) -> None:
        """Raises FileGone or FileReplaced when the file is no longer the one that was seen."""
        try:
            await self._taken(waiting, now)
        except Refused as refusal:
            await self._set_aside(waiting, refusal.reason, now)

    async def _missed(self, waiting: Waiting, reason: str, now: datetime) -> None:
        """Write down that the file went before it was read; unless it went because it had been taken in."""
        if await self._state(waiting) in _OVER:
            return
        await self._imports.start(SOURCE, self._policy, now=now, import_id=waiting.import_id)
        ended = ImportState.INTERRUPTED
        await self._imports.end(waiting.import_id, ended, {}, now=now, format_name=None, reason=reason)
        log.warning("inbox:file:missed", import_id=waiting.import_id, reason=reason)

    async def _state(self, waiting: Waiting) -> str | None:
        try:
            return str((await self._imports.get(waiting.import_id))["state"])
        except NotFound:
            return None

    async def _read(self, waiting: Waiting) -> AsyncGenerator[bytes, None]:
        return await self._resources.objects.read_dropped(waiting.key, etag=waiting.etag)

    async def _indexer(self) -> BlindIndexer:
        return await self._resources.keyring.blind_indexer(self._workspace_id)

    async def _source(self, waiting: Waiting) -> Source | None:
        """Return the source in whose folder the file lies, None when it lies in none. Raises Refused."""
        place = place_of(waiting.key)
        if place is None or place.workspace_id != self._workspace_id:
            raise Refused("bad_name")
        if place.refused is not None:
            raise Refused(place.refused)
        if place.source is None:
            return None
        try:
            return await SourceStore(self._resources, self._workspace_id).get(place.source)
        except NotFound:
            raise Refused("unknown_source") from None

    async def _taken(self, waiting: Waiting, now: datetime) -> None:
        """Take the file in by what it is. Raises Refused, and what `take_in` names."""
        source = await self._source(waiting)
        if waiting.size == 0:
            raise Refused("empty_file")
        async with aclosing(held(await self._read(waiting))) as pieces:
            head = await anext(pieces, b"")
            media_type = sniff(head[:HEAD_BYTES])
            if media_type is not None:
                await self._recording(waiting, source, media_type, again(head, pieces), now)
                return
            if is_vcon(head) and waiting.size <= MAX_BYTES:
                content = head + b"".join([piece async for piece in pieces])
                if await self._vcon(waiting, source, content, now):
                    return
                await self._cdrs(waiting, source, again(content), now)
                return
            await self._cdrs(waiting, source, again(head, pieces), now)

    async def _recording(
        self, waiting: Waiting, source: Source | None, media_type: str, pieces: AsyncIterator[bytes], now: datetime
    ) -> None:
        name = source.name if source else SOURCE
        await self._imports.start(name, self._policy, now=now, import_id=waiting.import_id)
        registration = Registration(self._resources, self._workspace_id, self._policy)
        new = new_call(waiting, source, media_type, await self._indexer(), now=now)
        key = f"inbox {waiting.import_id}"
        try:
            registered = await registration.register(new, key=key, body_hash=waiting.import_id, now=now)
            call_id = str(registered.call["_id"])
            received = await registration.receive_stream(call_id, pieces, sha256=None, now=now)
        except Erased:
            counts = {"erased": 1}
        except Gone as error:
            if error.fields.get("reason") != RETENTION_OVER:
                raise  # a key that is missing, say: the file stays
            counts = {"expired": 1}
        except IdempotencyInProgress:
            raise Busy("another worker began with this file and went away") from None
        except _NO_RECORDING as error:
            raise Refused(error.code) from None
        else:
            counts = {"landed": 1, "calls": 1} if received["_id"] == call_id else {"duplicates": 1}
        counts = {"rows": 1, **counts}
        await self._imports.end(waiting.import_id, ImportState.DONE, counts, now=now, format_name=RECORDING)

    async def _vcon(self, waiting: Waiting, source: Source | None, content: bytes, now: datetime) -> bool:
        """Take a vCon in with its recordings; False when the file holds several, which land as CDRs. Raises Refused."""
        name = source.name if source else SOURCE
        options = options_of(source.config if source else SourceConfig(), now=now)
        await self._imports.start(name, self._policy, now=now, import_id=waiting.import_id)
        hosts = source.config.fetch_hosts if source else ()
        intake = VConIntake(self._resources, self._workspace_id, self._policy, options, source=name, fetch_hosts=hosts)
        try:
            taken = await intake.take_in(content, now=now)
        except FileRefused as error:
            if error.reason == "json":
                return False
            raise Refused(error.reason) from None
        left_out = any(one.outcome in _LEFT_OUT for one in taken.recordings)
        state = ImportState.REFUSED if left_out else ImportState.DONE
        await self._imports.end(waiting.import_id, state, _counted(taken), now=now, format_name=vcon.FORMAT.name)
        if left_out:
            raise Refused("recording_refused")
        return True

    async def _cdrs(self, waiting: Waiting, source: Source | None, pieces: AsyncIterator[bytes], now: datetime) -> None:
        """Import a file of CDRs; the import writes down itself how it went. Raises Refused."""
        name = source.name if source else None
        try:
            imports = CdrImport(self._resources, self._workspace_id, self._policy)
            await imports.run(pieces, name, now=now, import_id=waiting.import_id)
        except REFUSALS as error:
            raise Refused(error.reason if isinstance(error, FileRefused) else error.code) from None

    async def _set_aside(self, waiting: Waiting, reason: str, now: datetime) -> None:
        """Keep a refused file sealed, and say why; what of it had landed stays. An empty file leaves only the word."""
        import_id = waiting.import_id
        if await self._state(waiting) is None:
            await self._imports.start(SOURCE, self._policy, now=now, import_id=import_id)
        if waiting.size and not await self._is_kept(import_id, now):
            spooled = await self._quarantine.spool(import_id, await self._read(waiting), self._policy, now=now)
            await self._quarantine.keep_file(spooled, reason, self._policy, now=now)
        found = await self._imports.get(import_id)
        await self._imports.end(
            import_id,
            ImportState.REFUSED,
            found["counts"],
            now=now,
            format_name=found["format"],
            reason=reason,
            quarantined=waiting.size > 0,
        )
        await self._resources.audit.append(
            self._workspace_id,
            "inbox:file:quarantined",
            actor="ingest",
            now=now,
            call_id=import_id,
            detail={"reason": reason},
            event_id=import_id.replace("imp_", "evt_", 1),
        )
        log.warning("inbox:file:refused", import_id=import_id, reason=reason)

    async def _is_kept(self, import_id: str, now: datetime) -> bool:
        try:
            await self._quarantine.file_of(import_id, now=now)
        except NotFound:
            return False
        return True


def _counted(taken: TakenVCon) -> Counts:
    landed = taken.landed
    rows = landed.rows.total() + len(taken.rejected)
    counts = {"rows": rows, "rejected": len(taken.rejected), "calls": len(landed.created), "merged": len(landed.merged)}
    return {**landed.rows, **counts}
