"""Audit events are usage data: they go when the policy's clock for those runs out, oldest first (promise RK9).

What must never happen here: an event gone that a hold needs, or a chain that no longer proves what is left. So nothing
goes while any legal hold of the workspace is in force, whatever it holds; the transaction that decides asks that, and
passes the same gate as placing a hold. What goes is the chain's beginning, behind a signed anchor. The platform's own
chain belongs to no policy and is not aged.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final

import structlog

from domain.logs import where
from domain.records import Category
from domain.settled_policy import SettledPolicy
from governance.holds import HoldStore
from governance.workspaces import WorkspaceStore
from storage.audit_heads import AuditHeads
from storage.mongo import Document
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()
EVERY_S: Final = 3600.0
_PAGE: Final = 1000


class AuditAgeing:
    """Lets audit events go that are due. Running it twice, or in two relays at once, changes nothing."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._heads = AuditHeads(resources.audit, resources.keyring)
        self._next = 0.0

    async def go_on(self) -> None:
        """Look at every workspace, once an hour; one that fails does not keep the others' events too long."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_S
        now, last = utc_now(), ""
        workspaces = self._resources.database.whole("workspaces")
        while page := await workspaces.find({"_id": {"$gt": last}}, sort=(("_id", 1),), limit=_PAGE, fields=("_id",)):
            last = page[-1]["_id"]
            for workspace in page:
                await self._of_one(workspace["_id"], now)

    async def _of_one(self, workspace_id: str, now: datetime) -> None:
        try:
            gone = await self.of_workspace(workspace_id, now=now)
        except Exception as error:  # it is looked at again in an hour  # noqa: BLE001
            log.warning("audit:ageing:failed", workspace_id=workspace_id, **where(error))
            return
        if gone:
            log.info("audit:events:erased", workspace_id=workspace_id, events=gone)

    async def of_workspace(self, workspace_id: str, *, now: datetime) -> int:
        """Delete the events of a workspace that are due; return how many went, those of a killed run with them."""
        gone = await self._resources.audit.drop(workspace_id)
        last = await self._last_due(workspace_id, now)
        if last is None:
            return gone

        async def decide(tx: Any) -> None:
            await self._resources.keyring.gate(workspace_id, tx=tx)
            if not await HoldStore(self._resources, workspace_id).in_force(tx=tx):
                await self._heads.anchor(workspace_id, last, now=now, tx=tx)

        await self._resources.database.transaction(decide)
        return gone + await self._resources.audit.drop(workspace_id)

    async def _last_due(self, workspace_id: str, now: datetime) -> Document | None:
        """Return the newest event before the first one that is not due."""
        policy: SettledPolicy | None = None
        last: Document | None = None
        async for event in self._resources.audit.export(workspace_id):
            policy = policy or (await WorkspaceStore(self._resources).get(workspace_id)).policy
            if policy.due(Category.USAGE_DATA, event["at"]) > now:
                break
            last = event
        return last
