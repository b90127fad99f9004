"""Taking in one vCon: its traffic facts land as a CDR, the recordings in it become calls.

What must never happen here: that what people wrote or said in it (messages, transcripts, analyses) is stored. Only
sound is taken in, for it goes through transcription and redaction; the rest is counted and left where it came from.
Safe to run twice and after being cut short: every part is known again by the vCon's uuid.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import Final

from domain.policy import Policy
from ingest.cdr_batch import Landed
from ingest.cdrs import CdrStore
from ingest.formats.errors import FileRefused, RowError
from ingest.formats.json_in import documents
from ingest.formats.options import Limits, ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.vcon import VCon, read_vcon
from ingest.pokes import tell_of_calls
from ingest.providers.events import without_address
from ingest.registration import Registration
from ingest.vcon_recordings import RecordingIntake, TakenRecording
from storage.resources import Resources

DEFAULT_SOURCE: Final = "vcon"
MAX_BYTES: Final = 64 * 1024 * 1024
"""A vCon is read whole, also when it comes compressed; larger recordings have a way in of their own."""
_PIECE_BYTES: Final = 1024 * 1024


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
        self,
        resources: Resources,
        workspace_id: str,
        policy: Policy,
        options: ParseOptions,
        source: str | None = None,
        *,
        fetch_hosts: Sequence[str] = (),
    ) -> None:
        self._resources, self._workspace_id = resources, workspace_id
        self._cdrs = CdrStore(resources, workspace_id)
        self._policy = policy
        self._source = source or DEFAULT_SOURCE
        self._recordings = RecordingIntake(Registration(resources, workspace_id, policy), self._source, fetch_hosts)
        limits = Limits(total_bytes=MAX_BYTES, document_bytes=MAX_BYTES)
        self._options = replace(options, limits=limits)

    async def take_in(self, content: bytes, *, now: datetime) -> TakenVCon:
        """Take a vCon in, plain or compressed by gzip or zstd.

        Raises:
            FileRefused: nothing of it could be taken in; `reason` is one of `ingest.formats.errors.REASONS`.
        """
        vcon = await asyncio.to_thread(parse, content, self._options)
        rows = [without_address(row) for found in vcon.dialogs for row in found.items() if isinstance(row, Row)]
        if not rows:
            raise _refused(vcon)
        landed = await self._cdrs.land(self._source, [rows], self._policy, now=now)
        await tell_of_calls(self._resources, self._workspace_id, [rows], now=now)
        if landed.refused:  # of a call that grew over many versions
            raise FileRefused("too_many_rows", "the call has more dialogs and parties than one call can have")
        recordings = [
            await self._recordings.take(vcon, found.position, found.dialog, found.main, now)
            for found in vcon.dialogs
            if found.dialog is not None and isinstance(found.main, Row) and found.main.recording is not None
        ]
        return TakenVCon(vcon.document.uuid, landed, recordings, _rejected(vcon), _ignored(vcon))


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
