"""Opening calls for the corpus, many at once: their words, spans and circumstances. Rooms meet here.

What is opened here is as spoken. It lives for one batch, in memory, and goes nowhere but into de-identification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from corpus.deid import SourceCall
from corpus.eligibility import Eligibility
from domain.records import Category
from domain.spans import Span
from governance.workspaces import WorkspaceStore
from ingest.recordings import RecordingStore
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.resources import Resources
from transcription.store import SealedTranscript, TranscriptKind, TranscriptStore

ERASED: Final = "transcript_erased"
NOT_REDACTED: Final = "not_redacted"


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call with what is needed to make its item; the words are opened by `source`, in a thread."""

    call: Document
    eligible: Eligibility
    transcript: SealedTranscript
    spans: tuple[Span, ...]
    hints: Mapping[str, Sequence[str]]
    direction: str
    zone: tzinfo

    def source(self) -> SourceCall:
        """Return the call as spoken."""
        return SourceCall(
            call_id=self.call["_id"],
            transcript=self.transcript.open(),
            spans=self.spans,
            names=self.hints.get("names", ()),
            numbers=self.hints.get("numbers", ()),
            emails=self.hints.get("emails", ()),
            began_at=self.call["setup_time"],
            zone=self.zone,
            direction=self.direction,
            jurisdictions=self.eligible.jurisdictions,
            basis=self.eligible.basis,
        )


class CallOpener:
    """Opens calls of one workspace."""

    def __init__(self, resources: Resources, workspace_id: str, zone: tzinfo) -> None:
        self._transcripts = TranscriptStore(resources, workspace_id)
        self._redactions = RedactionStore(resources, workspace_id)
        self._recordings = RecordingStore(resources, workspace_id)
        self._logs = resources.database.scoped("call_logs", workspace_id).reading()
        self._cdrs = resources.database.scoped("cdrs", workspace_id).reading()
        self._zone = zone

    @classmethod
    async def of(cls, resources: Resources, workspace_id: str) -> CallOpener:
        """Open a workspace's stores. Its days and hours are told in the zone of its policy."""
        workspace = await WorkspaceStore(resources).get(workspace_id)
        zone = workspace.policy.categories[Category.COMMUNICATIONS_CONTENT].retention.zone
        return cls(resources, workspace_id, ZoneInfo(zone))

    async def open(self, calls: Sequence[tuple[Document, Eligibility]]) -> tuple[list[OpenCall], dict[str, str]]:
        """Return these calls opened, and for those that cannot be, by id, the reason."""
        documents = [call for call, _ in calls]
        words = await self._transcripts.sealed_of(documents, TranscriptKind.CLEAR)
        spans = await self._redactions.all_spans_of(documents)
        hints = await self._recordings.hints_of([call["_id"] for call in documents])
        directions = await self._directions(documents)
        opened, shut = [], {}
        for call, eligible in calls:
            call_id = call["_id"]
            if call_id not in words or call_id not in spans:
                shut[call_id] = ERASED if call_id not in words else NOT_REDACTED
                continue
            told = (words[call_id], spans[call_id], hints.get(call_id, {}), directions.get(call_id, ""), self._zone)
            opened.append(OpenCall(call, eligible, *told))
        return opened, shut

    async def _directions(self, calls: Sequence[Document]) -> dict[str, str]:
        """Return the direction of each call whose log or CDR is linked to it and tells one."""
        ids = {call["_id"] for call in calls}
        listed = {"calls": {"$in": sorted(ids), "$type": "string"}}
        found = {
            entry["call_id"]: entry.get("direction", "")
            for page in await self._logs.find(listed, fields=("entries.call_id", "entries.direction"))
            for entry in page["entries"]
            if entry.get("call_id") in ids
        }
        linked = [one for call in calls if (one := call.get("match", {}).get("log_id") or "").startswith("cdr_")]
        if linked:
            rows = await self._cdrs.find({"_id": {"$in": linked}}, fields=("call_id", "direction"))
            found |= {row["call_id"]: row.get("direction", "") for row in rows if row.get("call_id") in ids}
        return found
