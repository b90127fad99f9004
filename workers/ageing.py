"""Traffic data grows old: identifiers leave first, then the records; a month's key goes when nothing needs it.

What must never happen here: a key destroyed while identifiers that are not due lie sealed under it, in whatever
collection; or one kept once its month is over. A key goes before the identifiers do, so that copies in backups become
unreadable at that instant; a sweep that is killed in between finds the rest again.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from domain.logs import where
from domain.policy import Policy
from domain.records import Category
from governance.workspaces import WorkspaceStore
from ingest.call_logs import CallLogStore, workspaces_with_due_logs
from ingest.cdrs import CdrStore, workspaces_with_due_cdrs
from ingest.imports import close_silent_imports
from ingest.quarantine import QuarantineStore, workspaces_with_due_quarantine
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()
KEYS_EVERY_S: Final = 3600.0
"""How often every workspace's months are looked at, those too in which nothing is due."""


class Ageing:
    """The clocks of call logs, CDRs and quarantine. Running it twice, or in two relays, changes nothing."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._next_keys = 0.0

    async def go_on(self) -> None:
        """Look for what is due, in every workspace; one that fails does not keep the others' records too long."""
        now = utc_now()
        due: set[str] = set()
        for look in (workspaces_with_due_logs, workspaces_with_due_cdrs, workspaces_with_due_quarantine):
            due.update(await look(self._resources, now=now))
        if time.monotonic() >= self._next_keys:
            self._next_keys = time.monotonic() + KEYS_EVERY_S
            due.update(await self._resources.keyring.workspaces_with_months())
        for workspace_id in sorted(due):
            try:
                await self.of_workspace(workspace_id, now=now)
            except Exception as error:  # noqa: BLE001 - as the docstring says
                log.warning("traffic:ageing:failed", workspace_id=workspace_id, **where(error))
        closed = await close_silent_imports(self._resources, now=now)
        if closed:
            log.warning("cdrs:imports:closed", imports=closed)

    async def of_workspace(self, workspace_id: str, *, now: datetime) -> None:
        """Destroy keys of months that are over, drop identifiers and records that are due."""
        logs, cdrs = CallLogStore(self._resources, workspace_id), CdrStore(self._resources, workspace_id)
        held = QuarantineStore(self._resources, workspace_id)
        policy = (await WorkspaceStore(self._resources).get(workspace_id)).policy
        for month in await self._resources.keyring.live_months(workspace_id):
            if not month_is_over(month, policy, now=now):
                continue
            if any([await store.holds_identifiers(month, now=now) for store in (logs, cdrs, held)]):
                continue
            await self._resources.keyring.destroy(workspace_id, f"{workspace_id}/{month}", now=now)
            log.info("traffic:key:destroyed", workspace_id=workspace_id, month=month)
        dropped = await logs.drop_due_identifiers(now=now)
        if dropped:
            log.info("call_logs:identifiers:dropped", workspace_id=workspace_id, logs=dropped)
        dropped = await cdrs.drop_due_identifiers(now=now)
        if dropped:
            log.info("cdrs:identifiers:dropped", workspace_id=workspace_id, cdrs=dropped)
        await logs.delete_due(now=now)
        await cdrs.delete_due(now=now)
        await held.delete_due(now=now)


def month_is_over(month: str, policy: Policy, *, now: datetime) -> bool:
    """Say whether identifiers of a call of this month (`2026-11`, in UTC), however late, could still be kept.

    The month's last instant may lie in the next month of the policy's zone: its clock is the one that counts.
    """
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    following = (first + timedelta(days=32)).replace(day=1)
    last = following - timedelta(milliseconds=1)
    tags = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id="", anchor=last)
    return tags.retain_until <= now
