"""The recordings of a vCon: those in it become calls at once, those elsewhere are fetched where that is allowed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.calls import CallState
from domain.errors import CallwardError, Conflict, Gone, IdempotencyInProgress, Unavailable
from ingest.call_logs import CallLogEntry
from ingest.documents import NewCall
from ingest.fetch_orders import FetchOrder
from ingest.fetching import host_of
from ingest.formats.errors import RowError
from ingest.formats.record import Row
from ingest.formats.vcon import VCon
from ingest.formats.vcon_content import HeldTo, inline_content
from ingest.formats.vcon_model import Dialog
from ingest.formats.vcon_parties import without_scheme
from ingest.network import on_list
from ingest.registration import RETENTION_OVER, Registration
from ingest.tombstones import Erased

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
    FETCHING = "fetching"
    """It lies elsewhere and is being fetched: its source names the host."""
    NOT_FETCHED = "not_fetched"
    """It lies elsewhere."""


@dataclass(frozen=True, slots=True)
class TakenRecording:
    """What became of one recording; `reason` is a constant word."""

    dialog: int
    outcome: RecordingOutcome
    call_id: str | None = None
    reason: str | None = None


class RecordingIntake:
    """Takes in the recordings of one source's vCons.

    Args:
        registration: of the workspace.
        source: the calls' source.
        hosts: from which recordings may be fetched.
    """

    def __init__(self, registration: Registration, source: str, hosts: Sequence[str]) -> None:
        self._registration = registration
        self._source = source
        self._hosts = hosts

    async def take(self, vcon: VCon, position: int, dialog: Dialog, row: Row, now: datetime) -> TakenRecording:
        """Take one recording in, or order it. Raises what passes by itself: the same vCon may be sent again."""
        try:
            content = await asyncio.to_thread(inline_content, dialog)
            if content is None:
                return await self._ordered(vcon, position, dialog, row, now)
            return await self._received(vcon, position, row, content, now)
        except (Unavailable, IdempotencyInProgress, Conflict):
            raise
        except Erased:
            return TakenRecording(position, RecordingOutcome.ERASED)
        except Gone as error:
            if error.fields.get("reason") == RETENTION_OVER:
                return TakenRecording(position, RecordingOutcome.EXPIRED)
            raise Unavailable("the recording cannot be registered now") from None
        except CallwardError as error:
            return TakenRecording(position, RecordingOutcome.REFUSED, reason=error.code)

    async def _received(self, vcon: VCon, position: int, row: Row, content: bytes, now: datetime) -> TakenRecording:
        digest = (await asyncio.to_thread(hashlib.sha256, content)).hexdigest()
        new = replace(self._new_call(vcon, position, row), size=len(content), sha256=digest, multipart=False)
        key = f"vcon {self._source} {new.origin_id} {digest}"
        registered = await self._registration.register(new, key=key, body_hash=digest, now=now)
        call_id = str(registered.call["_id"])
        try:
            received = await self._registration.receive_stream(call_id, _pieces(content), sha256=digest, now=now)
        except Conflict:
            return TakenRecording(position, RecordingOutcome.CONFLICT, call_id=call_id)
        fresh = registered.created and received["_id"] == call_id
        outcome = RecordingOutcome.CREATED if fresh else RecordingOutcome.EXISTING
        return TakenRecording(position, outcome, call_id=str(received["_id"]))

    async def _ordered(self, vcon: VCon, position: int, dialog: Dialog, row: Row, now: datetime) -> TakenRecording:
        why_not = self._refusal(dialog)
        if why_not is not None:
            return TakenRecording(position, RecordingOutcome.NOT_FETCHED, reason=why_not)
        order = FetchOrder(dialog.url or "", tuple(dialog.hashes))
        new = replace(self._new_call(vcon, position, row), fetch=order)
        key = f"vcon {self._source} {new.origin_id} fetch"
        registered = await self._registration.register(new, key=key, body_hash="", now=now)
        call_id = str(registered.call["_id"])
        if registered.call["state"] != CallState.AWAITING_UPLOAD.value:
            return TakenRecording(position, RecordingOutcome.EXISTING, call_id=call_id)
        if not registered.created:
            recordings = self._registration.recordings
            await recordings.order_again(await recordings.of_call(call_id), order, now=now)
        return TakenRecording(position, RecordingOutcome.FETCHING, call_id=call_id)

    def _refusal(self, dialog: Dialog) -> str | None:
        """Return why a recording elsewhere is not fetched: a constant word, None when it is."""
        address = dialog.url or ""
        if not address.lower().startswith("https://"):
            return "not_https"
        if not on_list(host_of(address), self._hosts):
            return "host_not_listed"
        try:
            HeldTo(dialog.hashes)
        except RowError:
            return "no_hash"
        return None if dialog.hashes else "no_hash"

    def _new_call(self, vcon: VCon, position: int, row: Row) -> NewCall:
        parties = vcon.document.parties or []
        return NewCall(
            media_type=(row.recording.media_type if row.recording else None) or "application/octet-stream",
            size=None,
            source=self._source,
            origin_id=f"{vcon.group}/{position}",
            call_log=_call_log(row),
            names=tuple(dict.fromkeys(one.name for one in parties if one.name)),
            emails=tuple(dict.fromkeys(mailbox for one in parties if (mailbox := without_scheme(one.mailto)))),
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


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE_BYTES):
        yield content[start : start + _PIECE_BYTES]
