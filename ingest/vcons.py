"""Taking in one vCon: its traffic facts land as a CDR, the recordings in it become calls.

What must never happen here: that what people wrote or said in it (messages, transcripts, analyses) is stored. Only
sound is taken in, for it goes through transcription and redaction; the rest is counted and left where it came from.
Safe to run twice and after being cut short: every part is known again by the vCon's uuid.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Final

from domain.errors import CallwardError, Conflict, Gone, Unavailable
from domain.policy import Policy
from ingest.call_logs import CallLogEntry
from ingest.cdrs import CdrStore, Landed
from ingest.documents import NewCall
from ingest.formats.errors import FileRefused, RowError
from ingest.formats.json_in import documents
from ingest.formats.options import Limits, ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import PartyKind, Rejection, Row
from ingest.formats.vcon import VCon, read_vcon
from ingest.formats.vcon_content import inline_content
from ingest.formats.vcon_model import Dialog
from ingest.registration import Registration
from ingest.tombstones import Erased
from storage.resources import Resources

DEFAULT_SOURCE: Final = "vcon"
MAX_BYTES: Final = 64 * 1024 * 1024
"""A vCon is read whole, also when it comes compressed; larger recordings have a way in of their own."""
_PIECE_BYTES: Final = 1024 * 1024


class RecordingOutcome(StrEnum):
    """What became of a recording."""

    CREATED = "created"
    EXISTING = "existing"
    """It had come before."""
    CONFLICT = "conflict"
    """Another recording of the same dialog was taken in before (by an earlier version of the vCon) and is kept."""
    ERASED = "erased"
    """It was erased before; nothing was stored."""
    EXPIRED = "expired"
    """The retention of a call that began then is over; nothing was stored."""
    REFUSED = "refused"
    NOT_FETCHED = "not_fetched"
    """It lies elsewhere."""


@dataclass(frozen=True, slots=True)
class TakenRecording:
    """What became of one recording; `reason` is a constant word."""

    dialog: int
    outcome: RecordingOutcome
    call_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedDialog:
    """A dialog of which nothing was taken in."""

    dialog: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class TakenVCon:
    """What became of a vCon. `ignored` counts what is communications content and was not taken in, by kind."""

    uuid: str
    landed: Landed
    recordings: list[TakenRecording] = field(default_factory=list)
    rejected: list[RefusedDialog] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)


class VConIntake:
    """Takes vCons of one source in for one workspace, under its policy."""

    def __init__(
        self, resources: Resources, workspace_id: str, policy: Policy, options: ParseOptions, source: str | None = None
    ) -> None:
        self._cdrs = CdrStore(resources, workspace_id)
        self._registration = Registration(resources, workspace_id, policy)
        self._policy = policy
        self._source = source or DEFAULT_SOURCE
        limits = Limits(total_bytes=MAX_BYTES, document_bytes=MAX_BYTES)
        self._options = replace(options, limits=limits)

    async def take_in(self, content: bytes, *, now: datetime) -> TakenVCon:
        """Take a vCon in, plain or compressed by gzip or zstd.

        Raises:
            FileRefused: nothing of it could be taken in; `reason` is one of `ingest.formats.errors.REASONS`.
        """
        vcon = await asyncio.to_thread(parse, content, self._options)
        rows = [row for found in vcon.dialogs for row in found.items() if isinstance(row, Row)]
        if not rows:
            raise _refused(vcon)
        landed = await self._cdrs.land(self._source, [rows], self._policy, now=now)
        recordings = [
            await self._recording(vcon, found.position, found.dialog, found.main, now)
            for found in vcon.dialogs
            if found.dialog is not None and isinstance(found.main, Row) and found.main.recording is not None
        ]
        return TakenVCon(vcon.document.uuid, landed, recordings, _rejected(vcon), _ignored(vcon))

    async def _recording(self, vcon: VCon, position: int, dialog: Dialog, row: Row, now: datetime) -> TakenRecording:
        try:
            content = await asyncio.to_thread(inline_content, dialog)
            if content is None:
                return TakenRecording(position, RecordingOutcome.NOT_FETCHED, reason="external")
            return await self._taken(vcon, position, row, content, now)
        except Unavailable:
            raise
        except Erased:
            return TakenRecording(position, RecordingOutcome.ERASED)
        except Gone:
            return TakenRecording(position, RecordingOutcome.EXPIRED)
        except Conflict:
            return TakenRecording(position, RecordingOutcome.CONFLICT)
        except CallwardError as error:
            return TakenRecording(position, RecordingOutcome.REFUSED, reason=error.code)

    async def _taken(self, vcon: VCon, position: int, row: Row, content: bytes, now: datetime) -> TakenRecording:
        digest = (await asyncio.to_thread(hashlib.sha256, content)).hexdigest()
        new = self._new_call(vcon, position, row, len(content), digest)
        key = f"vcon {self._source} {new.origin_id} {digest}"
        registered = await self._registration.register(new, key=key, body_hash=digest, now=now)
        call_id = str(registered.call["_id"])
        received = await self._registration.receive_stream(call_id, _pieces(content), sha256=digest, now=now)
        fresh = registered.created and received["_id"] == call_id
        outcome = RecordingOutcome.CREATED if fresh else RecordingOutcome.EXISTING
        return TakenRecording(position, outcome, call_id=str(received["_id"]))

    def _new_call(self, vcon: VCon, position: int, row: Row, size: int, digest: str) -> NewCall:
        parties = vcon.document.parties or []
        names = tuple(dict.fromkeys(one.name for one in parties if one.name))
        mailboxes = (one.raw for one in (row.caller, row.callee) if one.kind is PartyKind.ADDRESS)
        return NewCall(
            media_type=(row.recording.media_type if row.recording else None) or "application/octet-stream",
            size=size,
            sha256=digest,
            multipart=False,
            source=self._source,
            origin_id=f"{vcon.group}/{position}",
            call_log=_call_log(row),
            names=names,
            emails=tuple(dict.fromkeys(one for one in mailboxes if "@" in one)),
        )


def _call_log(row: Row) -> CallLogEntry | None:
    if row.setup_time is None:
        return None
    return CallLogEntry(
        setup_time=row.setup_time,
        end_time=row.end_time,
        duration_s=row.duration_s,
        direction=row.direction.value,
        disposition="answered",
        caller=row.caller,
        callee=row.callee,
    )


def parse(content: bytes, options: ParseOptions) -> VCon:
    """Return the one vCon that a body holds, plain or compressed. Raises FileRefused."""
    body = Input(BytesIO(content), options.limits)
    found = documents(body, encoding=options.encoding, longest=options.limits.document_bytes)
    one, another = next(found, None), next(found, None)
    if one is None or another is not None:
        raise FileRefused("json", "send one vCon: a single JSON object")
    if isinstance(one, Rejection):
        raise FileRefused(one.reason, one.message)
    try:
        return read_vcon(one.value, one.line, options, {})
    except RowError as error:
        raise FileRefused(error.reason, error.message) from None


def _refused(vcon: VCon) -> FileRefused:
    """Return why nothing could be taken in: what is wrong with the first dialog."""
    first = next(iter(_rejected(vcon)), None)
    if first is None:
        return FileRefused("not_a_call", "the vCon has no dialog")
    return FileRefused(first.reason, first.message)


def _rejected(vcon: VCon) -> list[RefusedDialog]:
    return [
        RefusedDialog(found.position, found.main.reason, found.main.message)
        for found in vcon.dialogs
        if isinstance(found.main, Rejection)
    ]


def _ignored(vcon: VCon) -> dict[str, int]:
    """Count the content that is left where it came from, by our own kinds: the sender's may say too much."""
    counted = {
        "messages": sum(found.dialog is not None and found.dialog.type == "text" for found in vcon.dialogs),
        "analyses": len(vcon.document.analysis or ()),
        "attachments": len(vcon.document.attachments or ()),
    }
    return {kind: count for kind, count in counted.items() if count}


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE_BYTES):
        yield content[start : start + _PIECE_BYTES]
