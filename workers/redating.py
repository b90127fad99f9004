"""Stored records follow the windows of their workspace: each is dated anew, anchored as at its birth.

What must never happen here: a record kept on because re-dating was killed, or came by before the record was written. So
every step can run again from anywhere, and after a first look over everything there is a second one, once nothing can
be on its way in any more that was dated under the version before.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.call_parts import RECORDING, TRANSCRIPT, anchor_of, redated
from domain.logs import where
from governance.workspace_reading import Redating, Workspace
from governance.workspaces import WorkspaceStore
from ingest.call_lists import calls_behind
from ingest.calls import CallStore
from ingest.recordings import RecordingStore
from ingest.redating import TrafficDates
from redaction.store import RedactionStore
from storage.mongo import Document
from storage.resources import Resources
from transcription.store import TranscriptStore
from workers.runner import utc_now

log = structlog.get_logger()

SETTLED_AFTER: Final = timedelta(minutes=15)
"""How long a request or a chore may still write what it dated under the version before; imports are asked for."""
ROUND_S: Final = 5.0
"""How long one round works on a workspace before the relay's other work."""
CALLS: Final = "calls"
TRAFFIC: Final = ("cdrs.rows", "cdrs.identifiers", "call_logs.rows", "call_logs.identifiers")
_CALLS_AT_ONCE: Final = 200
_CALLS_TOGETHER: Final = 8

Clock = Callable[[], datetime]


class Redatings:
    """Goes on with every workspace whose records do not all follow yet. Two relays may do so at once."""

    def __init__(self, resources: Resources, *, clock: Clock = utc_now, round_s: float = ROUND_S) -> None:
        self._resources = resources
        self._workspaces = WorkspaceStore(resources)
        self._clock = clock
        self._round_s = round_s

    async def go_on(self) -> None:
        """Work on each workspace for a while; one that fails does not keep the others waiting."""
        try:
            waiting = await self._workspaces.to_redate()
        except Exception as error:  # noqa: BLE001 - asked again in the next round
            log.warning("workspace:redating:failed", **where(error))
            return
        for workspace_id in waiting:
            until = time.monotonic() + self._round_s
            try:
                while await self.step(workspace_id) and time.monotonic() < until:
                    continue
            except Exception as error:  # noqa: BLE001 - as the docstring says
                log.warning("workspace:redating:failed", workspace_id=workspace_id, **where(error))

    async def finish(self, workspace_id: str) -> None:
        """Work on one workspace until there is nothing more to do now."""
        while await self.step(workspace_id):
            continue

    async def step(self, workspace_id: str) -> bool:
        """Do the next piece, and note how far it got; False when there is nothing to do now."""
        workspace = await self._workspaces.get(workspace_id)
        before = workspace.redating
        if before is None or before.settled_at is not None:
            return False
        if before.step == "":
            if before.looked_at is not None and not await self._may_settle(workspace_id, before):
                return False
            after = dataclasses.replace(before, step=CALLS, after=None)
        else:
            after = await self._done(workspace, before)
        if after == before:
            return True
        noted = await self._workspaces.note_redating(workspace_id, before, after)
        if noted and after.settled_at is not None:
            log.info("workspace:redating:settled", workspace_id=workspace_id, version=after.version)
        return True

    async def _may_settle(self, workspace_id: str, redating: Redating) -> bool:
        if self._clock() - redating.began_at < SETTLED_AFTER:
            return False
        running = {"state": "running", "started_at": {"$lte": redating.began_at}}
        imports = self._resources.database.scoped("imports", workspace_id)
        return await imports.find_one(running, fields=("_id",)) is None

    async def _done(self, workspace: Workspace, redating: Redating) -> Redating:
        """Do a piece of the step, and return how far that leads."""
        if redating.step == CALLS:
            if await self._some_calls(workspace):
                return redating
            return self._following(redating)
        kind, _, clock = redating.step.partition(".")
        dates = TrafficDates(self._resources, workspace.workspace_id, workspace.policy)
        following: Callable[..., Awaitable[str | None]] = dates.next_cdrs if kind == "cdrs" else dates.next_pages
        day = await following(clock, redating.after, now=self._clock())
        return self._following(redating) if day is None else dataclasses.replace(redating, after=day)

    def _following(self, redating: Redating) -> Redating:
        steps = (CALLS, *(TRAFFIC if redating.traffic else ()))
        at = steps.index(redating.step) + 1
        if at < len(steps):
            return dataclasses.replace(redating, step=steps[at], after=None)
        now = self._clock()
        if redating.looked_at is None:
            return dataclasses.replace(redating, step="", after=None, looked_at=now)
        return dataclasses.replace(redating, step="", after=None, settled_at=now)

    async def _some_calls(self, workspace: Workspace) -> bool:
        """Date some calls anew that an earlier version dated; False when there is none."""
        version = workspace.policy.version
        found = await calls_behind(self._resources, workspace.workspace_id, version, limit=_CALLS_AT_ONCE)
        for at in range(0, len(found), _CALLS_TOGETHER):
            together = found[at : at + _CALLS_TOGETHER]
            await asyncio.gather(*(self._one_call(workspace, call) for call in together))
        return bool(found)

    async def _one_call(self, workspace: Workspace, call: Document) -> None:
        """Date a call and its parts anew. The parts first: a call that follows the version has parts that do."""
        fields = redated(call, workspace.policy.call_clocks(anchor_of(call)), now=self._clock())
        version, call_id, workspace_id = workspace.policy.version, call["_id"], workspace.workspace_id
        parts = fields["artifacts"]
        await RecordingStore(self._resources, workspace_id).redate(call_id, parts[RECORDING]["until"], version)
        await TranscriptStore(self._resources, workspace_id).redate(call_id, parts[TRANSCRIPT]["until"], version)
        await RedactionStore(self._resources, workspace_id).redate(call_id, fields["retain_until"], version)
        await CallStore(self._resources, workspace_id).redate(call, fields, version=version)
