"""The documents that a registration writes: the call, its recording, and what the call knows of its people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from domain.calls import CallState
from domain.ids import new_id
from domain.processing import Consent
from ingest.call_logs import CallLogEntry
from ingest.call_runs import stage_rows
from ingest.fetch_orders import MODE, FetchOrder
from ingest.numbers import shown
from ingest.recordings import upload_key
from ingest.uploading import SINGLE_PUT_BYTES, sums_of
from storage.mongo import Document

if TYPE_CHECKING:
    from ingest.call_parties import PartyFacts


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call as a client registers it."""

    media_type: str
    size: int | None
    """None: not known before it has been fetched."""
    sha256: str | None = None
    multipart: bool | None = None
    part_sha256: tuple[str, ...] = ()
    """SHA-256 of each part, in order; empty when they are not known yet."""
    source: str = "api"
    origin_id: str | None = None
    channels: tuple[str, ...] = ()
    consent: Consent = Consent.UNKNOWN
    language: str | None = None
    call_log: CallLogEntry | None = None
    log_id: str | None = None
    """The call log or CDR that the client says the recording belongs to."""
    device_id: str | None = None
    began: datetime | None = None
    """When the recording began, for the search for its log."""
    other_number: str | None = None
    """The other side's number, as the recorder wrote it."""
    names: tuple[str, ...] = field(default=())
    emails: tuple[str, ...] = field(default=())
    fetch: FetchOrder | None = None
    """Where the recording lies, when nobody uploads it."""
    parties: tuple[PartyFacts, ...] = ()
    """Who is in the call; empty: the two sides of its log."""


def call_document(call_id: str, new: NewCall, tags: Document, parts: Document, now: datetime) -> Document:
    """Return the document of a call that waits for its recording; `parts` are the clocks (`domain.call_parts`)."""
    return {
        "_id": call_id,
        **tags,
        **parts,
        "state": CallState.AWAITING_UPLOAD.value,
        "version": 1,
        "ready_versions": [],
        "stages": stage_rows(now),
        "source": new.source,
        "origin_id": new.origin_id,
        "content_hash": None,
        "media_type": new.media_type,
        "size": new.size,
        "setup_time": new.call_log.setup_time if new.call_log else None,
        "channels": list(new.channels),
        "language": new.language,
        "consent": new.consent.value,
        "restricted": False,
        "created_at": now,
        "updated_at": now,
    }


def recording_document(
    recording_id: str, call_id: str, new: NewCall, tags: Document, hints: bytes, now: datetime
) -> Document:
    """Return the document of a recording that has not come; `hints` are sealed."""
    return {
        "_id": recording_id,
        "call_id": call_id,
        **tags,
        "upload": upload_document(call_id, new),
        "original": None,
        "hints": hints,
        "created_at": now,
    }


def upload_document(call_id: str, new: NewCall) -> Document:
    """Return how the bytes will come. Raises Invalid when the parts' checksums are not one for each part."""
    multipart = (new.size or 0) > SINGLE_PUT_BYTES if new.multipart is None else new.multipart
    upload: Document = {
        "mode": MODE if new.fetch else ("multipart" if multipart else "single"),
        "key": upload_key(call_id, new_id("upl")),
        "size": new.size,
        "sha256": new.sha256,
        "media_type": new.media_type,
    }
    return {**upload, "sums": sums_of(upload, new.part_sha256)} if new.part_sha256 else upload


def hints_of(new: NewCall) -> dict[str, list[str]]:
    """Return what the call knows of its people, for the redaction of their names and numbers."""
    numbers = [shown(new.call_log.caller), shown(new.call_log.callee)] if new.call_log else []
    return {
        "numbers": [number for number in (*numbers, new.other_number) if number],
        "names": list(new.names),
        "emails": list(new.emails),
    }
