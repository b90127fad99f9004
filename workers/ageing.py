"""What came in grows old: identifiers leave first, then the records; a month's key goes when nothing needs it.

What must never happen here: a key destroyed while identifiers that are not due, or that a hold keeps, lie sealed under
it, in whatever collection; or one kept once its month is over. A key goes before the identifiers do, so that copies in
backups become unreadable at that instant; a sweep that is killed in between finds the rest again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog

from domain.logs import where
from governance.holds import HoldStore
from governance.purge_jobs import workspaces_with_open_work
from ingest.ageing import TrafficAgeing, workspaces_due
from ingest.clocks import DueCount
from ingest.imports import close_silent_imports
from ingest.months import month_is_over
from storage.resources import Resources
from workers.runner import utc_now
from workers.sweeping import WorkspaceSweep

__all__ = ["Ageing", "month_is_over"]

log = structlog.get_logger()
KEYS_EVERY_S: Final = 3600.0
"""How often every workspace's months are looked at, those too in which nothing is due."""
REST: Final = 10.0
"""A workspace in which all that is due is held is left alone for so many times as long as it took to see that."""


class Ageing:
    """The clocks of call logs, CDRs, quarantine, inbox and imports.

    Running it twice, or in two relays at once, changes nothing.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._next_keys = 0.0
        self._rests_until: dict[str, float] = {}

    async def go_on(self) -> None:
        """Look for what is due, in every workspace; one that fails does not keep the others' records too long."""
        now = utc_now()
        due = await workspaces_due(self._resources, now=now)
        open_work = await workspaces_with_open_work(self._resources)
        for workspace_id in sorted(due | open_work | await self._with_months()):
            if time.monotonic() >= self._rests_until.get(workspace_id, 0.0):
                await self._sweep(workspace_id, now, rests=workspace_id in due)
        closed = await close_silent_imports(self._resources, now=now)
        if closed:
            log.warning("cdrs:imports:closed", imports=closed)

    async def _with_months(self) -> frozenset[str]:
        if time.monotonic() < self._next_keys:
            return frozenset()
        self._next_keys = time.monotonic() + KEYS_EVERY_S
        return await self._resources.keyring.workspaces_with_months()

    async def _sweep(self, workspace_id: str, now: datetime, *, rests: bool) -> None:
        began = time.monotonic()
        try:
            done = await self.of_workspace(workspace_id, now=now)
        except Exception as error:  # it is looked at again in the next round  # noqa: BLE001
            log.warning("traffic:ageing:failed", workspace_id=workspace_id, **where(error))
            return
        if rests and not done:
            self._rests_until[workspace_id] = time.monotonic() + REST * (time.monotonic() - began)

    async def of_workspace(self, workspace_id: str, *, now: datetime) -> dict[str, int]:
        """Destroy keys of months that are over, take what is due; return how much went, by place."""
        began = time.monotonic()
        done = await WorkspaceSweep(self._resources, workspace_id).run(now=now)
        took_s = time.monotonic() - began
        if done:
            log.info(
                "traffic:records:erased",
                workspace_id=workspace_id,
                records=sum(done.values()),
                places=len(done),
                took_s=round(took_s, 3),
            )
        return done

    async def preview(self, workspace_id: str, *, now: datetime) -> Sequence[DueCount]:
        """Return what `of_workspace` would do at this instant; nothing is changed."""
        holds = await HoldStore(self._resources, workspace_id).in_force()
        return await TrafficAgeing(self._resources, workspace_id).preview(holds, now=now)
