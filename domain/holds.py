"""Legal holds: what they cover. A hold wins over erasure; it gives nobody a right to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LegalHold:
    """A hold of one matter on one call (`call_id`) or, with `call_id` None, on the whole workspace."""

    hold_id: str
    workspace_id: str
    matter: str
    call_id: str | None
    placed_at: datetime
    released_at: datetime | None = None

    def covers(self, workspace_id: str, call_id: str) -> bool:
        """Say whether the call is held now."""
        if self.released_at is not None or self.workspace_id != workspace_id:
            return False
        return self.call_id is None or self.call_id == call_id
