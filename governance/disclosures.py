"""The register of disclosures of a workspace: entered before the data leaves, never changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime

from domain.disclosures import Disclosure, check_disclosure, disclosure_from
from domain.errors import Invalid, NotFound
from domain.ids import new_id
from governance.workspaces import WorkspaceStore
from storage.mongo import Document
from storage.resources import Resources

_NEWEST = (("disclosed_at", -1), ("_id", -1))
_PAGE = 500


class DisclosureStore:
    """The one writer of `disclosures`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._disclosures = resources.database.scoped("disclosures", workspace_id)
        self._workspace_id = workspace_id

    async def note(self, new: Disclosure, *, by: str, now: datetime) -> str:
        """Store a disclosure that may be made; return its id. Raises Invalid with the reason for one that may not."""
        if new.disclosed_at > now:
            raise Invalid("note a disclosure when it is made", field="disclosed_at")
        workspace = await WorkspaceStore(self._resources).get(self._workspace_id)
        check_disclosure(new, workspace.policy.settings, now.date())
        disclosure_id = new_id("disc")
        stored: Document = {**asdict(new), "_id": disclosure_id, "noted_by": by, "noted_at": now}
        for field in ("categories", "records"):
            stored[field] = list(stored[field])
        await self._disclosures.insert(stored)
        return disclosure_id

    async def get(self, disclosure_id: str) -> Document:
        """Return a disclosure as it is stored. Raises NotFound."""
        found = await self._disclosures.find_one({"_id": disclosure_id})
        if found is None:
            raise NotFound("no such disclosure", disclosure_id=disclosure_id)
        return found

    async def page(self, *, after: tuple[datetime, str] | None, limit: int) -> list[Document]:
        """Return disclosures, newest first, from behind a place on."""
        behind: Document = {}
        if after is not None:
            at, last = after
            behind = {"$or": [{"disclosed_at": {"$lt": at}}, {"disclosed_at": at, "_id": {"$lt": last}}]}
        return await self._disclosures.find(behind, sort=_NEWEST, limit=limit)

    async def for_marketing(self) -> AsyncIterator[Disclosure]:
        """Yield what was disclosed for others' direct marketing."""
        last = ""
        while found := await self._disclosures.find(
            {"_id": {"$gt": last}, "direct_marketing": True}, sort=(("_id", 1),), limit=_PAGE
        ):
            last = found[-1]["_id"]
            for one in found:
                yield disclosure_from(one)
