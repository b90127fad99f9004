"""A workspace whose administrators set windows, with two of them, and calls and traffic data to try it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from erasing import Case

from domain.scopes import Scope
from governance.workspaces import WorkspaceStore
from workers.artifacts import ArtifactSweep
from workers.redating import SETTLED_AFTER, Redatings
from workers.runner import utc_now

if TYPE_CHECKING:
    import httpx
    from conftest import Tenant

    from storage.mongo import Document


@dataclass
class Windows:
    """A tenant with two administrators and a machine that dates and erases."""

    case: Case
    first: httpx.AsyncClient
    second: httpx.AsyncClient

    @classmethod
    async def of(cls, tenant: Tenant) -> Windows:
        admins = [await tenant.client(Scope.WORKSPACE_ADMIN) for _ in range(2)]
        return cls(await Case.of(tenant), *admins)

    @property
    def path(self) -> str:
        return f"/v1/workspaces/{self.case.tenant.workspace_id}/retention"

    async def version(self) -> int:
        return int((await self.first.get(self.path)).json()["version"])

    async def put(self, *, by: Any = None, based_on: int | None = None, **body: Any) -> httpx.Response:
        body = {"reason": "a test of windows", "based_on": based_on or await self.version(), **body}
        return await (by or self.first).put(self.path, json=body)

    async def set(self, **body: Any) -> None:
        """Set windows, once all follows what was set, with the second administrator's approval where it is needed."""
        await self.redate()
        answer = await self.put(**body)
        assert answer.status_code in {200, 202}, answer.text
        if answer.status_code == 202:
            assert (await self.decide(answer.json()["proposal"]["id"], "approved")).status_code == 200

    async def decide(self, proposal_id: str, decision: str, *, by: Any = None) -> httpx.Response:
        return await (by or self.second).post(f"{self.path}/proposals/{proposal_id}", json={"decision": decision})

    async def redate(self, *, settle: bool = False) -> None:
        """Let stored records follow; with `settle` as it is when nothing can be on its way in any more."""
        later = utc_now() + SETTLED_AFTER + timedelta(seconds=1)
        clock = (lambda: later) if settle else utc_now
        await Redatings(self.case.resources, clock=clock).finish(self.case.tenant.workspace_id)

    async def sweep(self) -> None:
        await ArtifactSweep(self.case.resources).go_on()

    async def call(self, call_id: str) -> Document:
        found = await self.case.resources.database.whole("calls").find_one({"_id": call_id})
        assert found is not None
        return found

    async def age(self, call_id: str, **fields: Any) -> None:
        """Change what a call's document says of its clocks."""
        calls = self.case.resources.database.whole("calls")
        await calls.update({"_id": call_id}, {"$set": fields})

    async def read(self, call_id: str, what: str, **params: Any) -> httpx.Response:
        return await self.case.client.get(f"/v1/calls/{call_id}/{what}", params=params)


def days_ago(days: int) -> datetime:
    return utc_now() - timedelta(days=days)


async def workspace_of(windows: Windows) -> Any:
    return await WorkspaceStore(windows.case.resources).get(windows.case.tenant.workspace_id)


async def old_call(windows: Windows, days: int) -> str:
    """Bring in a call that began so many days ago."""
    return await windows.case.ready(call_log={"setup_time": days_ago(days).isoformat(), "direction": "inbound"})
