"""What this room keeps of a call, and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.custody import ByCallCustodian

COVERS: Sequence[str] = ("transcripts",)


@dataclass(frozen=True, slots=True)
class TranscriptionCustodian(ByCallCustodian):
    """Transcripts; their sound lies under the call's object prefix, which ingest's custodian clears."""

    name: str = "transcription"
    covers: Sequence[str] = COVERS
