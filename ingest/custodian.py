"""What this room keeps of a call's content, and how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class IngestCustodian:
    """Recordings: their documents and every object under the call's prefixes.

    The call's own document goes last, by the erasing job itself; `call_logs` stay on the traffic data's own clock.
    """

    resources: Resources
    name: str = "ingest"
    covers: Sequence[str] = ("recordings", "s3:u/", "s3:c/")

    async def count(self, workspace_id: str, call_id: str) -> int:
        """Return how many recordings, versions of objects and half-written objects are there."""
        documents = await self.resources.database.scoped("recordings", workspace_id).count({"call_id": call_id})
        objects = [await self.resources.objects.count_under(f"{prefix}/{call_id}/") for prefix in ("u", "c")]
        return documents + sum(objects)

    async def erase(self, workspace_id: str, call_id: str) -> None:
        """Erase objects first, then the document that names them."""
        recordings = self.resources.database.scoped("recordings", workspace_id)
        for prefix in ("u", "c"):
            await self.resources.objects.abort_all(f"{prefix}/{call_id}/")
            await self.resources.objects.delete_prefix(f"{prefix}/{call_id}/")
        await recordings.delete({"call_id": call_id})
