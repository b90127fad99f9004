"""Restriction of use (GDPR Art. 18): a record is kept and not used. It is no hold: what is due is erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.holds import HeldFacts, HoldScope


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of one call with its traffic data, or of every record in which a person takes part."""

    restriction_id: str
    workspace_id: str
    scope: HoldScope
    reason: str
    set_by: str
    set_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lift_reason: str | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Restriction:
        """Read a restriction as it is stored."""
        told = {name: value for name, value in document.items() if name != "_id"}
        scope = HoldScope.from_document(document["scope"])
        return cls(restriction_id=document["_id"], **{**told, "scope": scope})

    def covers(self, record: HeldFacts) -> bool:
        """Say whether the record may not be used now."""
        ours = self.lifted_at is None and self.workspace_id == record.workspace_id
        return ours and self.scope.covers(record)
