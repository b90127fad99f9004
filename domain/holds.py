"""Legal holds: what they cover. A hold wins over erasure; it gives nobody a right to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold of one matter on one call (`call_id`) or, with `call_id` None, on the whole workspace."""

    hold_id: str
    workspace_id: str
    matter: str
    call_id: str | None
    placed_at: datetime
    released_at: datetime | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> LegalHold:
        """Read a hold as it is stored."""
        return cls(
            hold_id=document["_id"],
            workspace_id=document["workspace_id"],
            matter=document["matter"],
            call_id=document["call_id"],
            placed_at=document["placed_at"],
            released_at=document["released_at"],
        )

    def covers(self, workspace_id: str, call_id: str) -> bool:
        """Say whether the call is held now."""
        if self.released_at is not None or self.workspace_id != workspace_id:
            return False
        return self.call_id is None or self.call_id == call_id
