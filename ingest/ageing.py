"""Everything that came in and grows old in one workspace, but its calls: all clocks together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.holds import LegalHold
from ingest import cdr_ageing, log_ageing, quarantine_ageing
from ingest.cdr_ageing import CdrAgeing
from ingest.clocks import Clock, DueCount
from ingest.log_ageing import LogAgeing
from ingest.quarantine_ageing import ImportAgeing, InboxAgeing, QuarantineAgeing
from storage.resources import Resources


class TrafficAgeing:
    """The clocks of one workspace's traffic data, refused rows and files, dropped files and imports."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self.quarantine = QuarantineAgeing(resources, workspace_id)
        self.sealed = (CdrAgeing(resources, workspace_id), LogAgeing(resources, workspace_id), self.quarantine)
        """The stores that keep something under the keys of months."""
        self._others = (InboxAgeing(resources, workspace_id), ImportAgeing(resources, workspace_id))

    def clocks(self) -> Sequence[Clock]:
        """Return every clock that a sweep clears."""
        return [clock for store in (*self.sealed, *self._others) for clock in store.clocks()]

    async def preview(self, holds: Sequence[LegalHold], *, now: datetime) -> list[DueCount]:
        """Return what a sweep would take at this instant, by its own filters; nothing is changed."""
        return [await clock.count(holds, now=now) for clock in self.clocks()]

    async def longest_due(self, holds: Sequence[LegalHold], *, now: datetime) -> dict[str, datetime]:
        """Return since when something is due that no hold keeps, by place; places where nothing is are left out."""
        since = {clock.what: await clock.longest_due(holds, now=now) for clock in self.clocks()}
        return {what: moment for what, moment in since.items() if moment is not None}


async def workspaces_due(resources: Resources, *, now: datetime) -> set[str]:
    """Return the ids of the workspaces in which something is due at one of these clocks."""
    found: set[str] = set()
    for look in (cdr_ageing.workspaces_due, log_ageing.workspaces_due, quarantine_ageing.workspaces_due):
        found |= await look(resources, now=now)
    return found
