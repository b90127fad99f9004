"""The drop folder: the relay lists it and gives each new file a job; an ingest worker takes the file in."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final

import structlog

from domain.errors import NotFound
from domain.jobs import Job
from domain.logs import where
from governance.workspaces import WorkspaceStore
from ingest.inbox import FOLDER, Inbox, is_marker, place_of
from ingest.inbox_intake import InboxIntake
from storage.resources import Resources
from storage.s3 import Listed
from workers.runner import utc_now

log = structlog.get_logger()

SETTLED_AFTER: Final = timedelta(seconds=3)
"""How old a file must be: some gateways to a store show one that is still being written."""
PAGE: Final = 500
PAGES_A_ROUND: Final = 4
"""So many files are seen between two rounds of the relay, which has other things to do."""


async def take_in(resources: Resources, job: Job) -> None:
    """Take in the file that the job names by its import's id. Safe to run twice."""
    workspace = (await WorkspaceStore(resources).get(job.workspace_id)).taking_in()
    await InboxIntake(resources, job.workspace_id, workspace.policy).take_in(job.call_id, now=utc_now())


class InboxLook:
    """Lists the drop folder page by page, from round to round, and begins anew at its end."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._after = FOLDER
        self._unknown, self._told = 0, 0

    async def go_on(self) -> None:
        """List the next pages and give what is new there its jobs; what does not answer is asked again next time."""
        try:
            await self._go_on()
        except Exception as error:  # the store's silence must not keep the relay from its other work  # noqa: BLE001
            log.warning("inbox:look:failed", **where(error))

    async def _go_on(self) -> None:
        for _ in range(PAGES_A_ROUND):
            page = await self._resources.objects.list_page(FOLDER, after=self._after, limit=PAGE)
            if page:
                await self._queue(page)
                self._after = page[-1].key
            if len(page) < PAGE:
                self._begin_anew()
                return

    def _begin_anew(self) -> None:
        """Say how many files lie in nobody's folder, when that has changed: nobody's key could seal them."""
        if self._unknown != self._told:
            log.warning("inbox:files:of_nobody", files=self._unknown)
        self._after, self._told, self._unknown = FOLDER, self._unknown, 0

    async def _queue(self, page: list[Listed]) -> None:
        now = utc_now()
        by_workspace: defaultdict[str, list[Listed]] = defaultdict(list)
        for one in page:
            if is_marker(one) or one.modified_at > now - SETTLED_AFTER:
                continue
            place = place_of(one.key)
            by_workspace["" if place is None else place.workspace_id].append(one)
        self._unknown += len(by_workspace.pop("", []))
        for workspace_id, seen in by_workspace.items():
            try:
                workspace = await WorkspaceStore(self._resources).get(workspace_id)
            except NotFound:
                self._unknown += len(seen)
                continue
            if workspace.ended_at is not None:
                continue
            queued = await Inbox(self._resources, workspace_id).queue(seen, workspace.policy, now=now)
            if queued:
                log.info("inbox:files:queued", workspace_id=workspace_id, files=queued)
