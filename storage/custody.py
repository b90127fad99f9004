"""The commonest custodian: documents that carry a call's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class ByCallCustodian:
    """Counts and erases the documents of a call in the collections that it covers."""

    resources: Resources
    name: str = ""
    covers: Sequence[str] = ()

    async def count(self, workspace_id: str, call_id: str) -> int:
        """Return how many documents there are."""
        counts = [
            await self.resources.database.scoped(name, workspace_id).count({"call_id": call_id}) for name in self.covers
        ]
        return sum(counts)

    async def erase(self, workspace_id: str, call_id: str) -> None:
        """Delete the call's documents."""
        for name in self.covers:
            await self.resources.database.scoped(name, workspace_id).delete({"call_id": call_id})
