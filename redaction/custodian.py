"""What this room keeps of a call, and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.custody import ByCallCustodian

COVERS: Sequence[str] = ("redactions",)


@dataclass(frozen=True, slots=True)
class RedactionCustodian(ByCallCustodian):
    """Redactions; their sound lies under the call's object prefix, which ingest's custodian clears."""

    name: str = "redaction"
    covers: Sequence[str] = COVERS
