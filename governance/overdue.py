"""What is due and still there: counted for a gauge, so that somebody is told when erasing falls behind.

A record is due at its instant; with the sweep running it goes within the pause between two sweeps and the time that one
takes. What a legal hold keeps is not overdue. The numbers are of all workspaces together and name nobody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from governance.holds import HoldStore
from storage.hold_filters import unless
from storage.mongo import Document
from storage.resources import Resources

HIDDEN: Final = ("erasing", "erased")
Look = Callable[[str, HoldStore], Awaitable[Mapping[str, datetime]]]
"""Returns of a workspace since when something is due that none of its holds keeps, by place."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """How far erasing is behind.

    Attributes:
        since: by place, since when something is due and there; places where nothing is are left out.
        calls: calls that are due and not hidden.
        hidden: calls that are hidden and not erased; those under a hold among them.
        failing: calls whose erasing failed and is tried again.
    """

    since: Mapping[str, datetime]
    calls: int
    hidden: int
    failing: int


async def overdue(resources: Resources, workspaces: set[str], look: Look, *, now: datetime) -> Overdue:
    """Look at what is due now, in these workspaces by `look`, and at the calls of all."""
    since: dict[str, datetime] = {}
    for workspace_id in sorted(workspaces):
        for what, moment in (await look(workspace_id, HoldStore(resources, workspace_id))).items():
            since[what] = min(moment, since.get(what, moment))
    calls = resources.database.whole("calls")
    due: Document = {"retain_until": {"$lte": now}, "state": {"$nin": list(HIDDEN)}}
    first = await calls.find(due, sort=(("retain_until", 1),), limit=1, fields=("retain_until",))
    if first:
        since["calls"] = first[0]["retain_until"]
    hidden = await _longest_hidden(resources, now=now)
    if hidden is not None:
        since["calls.hidden"] = hidden
    failing = {"kind": "call", "failures": {"$gte": 1}}
    return Overdue(
        since=since,
        calls=await calls.count(due),
        hidden=await calls.count({"state": "erasing"}),
        failing=await resources.database.whole("purge_jobs").count(failing),
    )


async def _longest_hidden(resources: Resources, *, now: datetime) -> datetime | None:
    """Return since when a call is hidden that no hold keeps from being erased."""
    calls = resources.database.whole("calls")
    for workspace_id in await calls.workspaces({"state": "erasing"}):
        kept = await HoldStore(resources, workspace_id).spared("calls")
        hidden = {"workspace_id": workspace_id, "state": "erasing", "updated_at": {"$lte": now}}
        found = await calls.find(unless(hidden, kept), sort=(("updated_at", 1),), limit=1, fields=("updated_at",))
        if found:
            since: datetime = found[0]["updated_at"]
            return since
    return None
