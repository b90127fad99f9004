"""After a restore: what had been erased is in the records again, and is erased again.

What must never happen here: a record erased that a hold keeps, or one that nobody ever erased. So a call goes only if
its key was destroyed (it cannot be read any more) or its tombstone is there, and a key that is merely missing erases
nothing: older keys may have been restored by mistake, and the newer ones may still come.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import structlog

from domain.logs import where
from governance.holds import HoldStore
from ingest.call_lists import live_calls_after
from ingest.call_logs import CallLogStore
from ingest.calls import CallStore
from ingest.cdrs import CdrStore
from ingest.tombstones import ErasedCall, TombstoneStore, erased_rows_after
from storage.mongo import Document
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()

AGAIN_AFTER_S: Final = 24 * 3600.0
PAGE: Final = 500
PAGES_A_ROUND: Final = 20
"""How much is looked at between two rounds of the relay, which has other things to do."""

Step = Callable[[str], Awaitable[str | None]]


class RestoredLook:
    """Looks through all live calls and all erased rows when the relay starts, and once a day; a few pages at a time."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._steps: Sequence[Step] = (self.look_at_calls, self.look_at_rows)
        self._step, self._after = 0, ""
        self._not_before = 0.0

    async def go_on(self) -> None:
        """Look at the next pages, if it is time; begin anew a day after the last one."""
        if time.monotonic() < self._not_before:
            return
        for _ in range(PAGES_A_ROUND):
            after = await self._steps[self._step](self._after)
            if after is not None:
                self._after = after
                continue
            self._step, self._after = (self._step + 1) % len(self._steps), ""
            if self._step == 0:
                self._not_before = time.monotonic() + AGAIN_AFTER_S
                return

    async def run(self) -> None:
        """Look at everything now."""
        for step in self._steps:
            after: str | None = ""
            while after is not None:
                after = await step(after)

    async def look_at_calls(self, after: str) -> str | None:
        """Hide the calls of a page that were erased before; return where the next page begins, None at the end."""
        calls = await live_calls_after(self._resources, after, limit=PAGE)
        if not calls:
            return None
        gone = await self._resources.keyring.destroyed_among([call["_id"] for call in calls])
        by_workspace: defaultdict[str, list[Document]] = defaultdict(list)
        for call in calls:
            by_workspace[call["workspace_id"]].append(call)
        for workspace_id, found in by_workspace.items():
            with _told(workspace_id):
                await self._erase_calls(workspace_id, found, gone)
        return str(calls[-1]["_id"])

    async def _erase_calls(self, workspace_id: str, calls: Sequence[Document], gone: frozenset[str]) -> None:
        store, holds = CallStore(self._resources, workspace_id), HoldStore(self._resources, workspace_id)
        named = await TombstoneStore(self._resources, workspace_id).erased_calls(_identities(calls))
        for call_id in (call["_id"] for call in calls if call["_id"] in gone | named):
            if call_id not in gone and await holds.is_held(call_id):
                log.warning("restored:call:held", workspace_id=workspace_id, call_id=call_id)
                continue
            await self._note(workspace_id, "call:restored:erased", call_id)
            await store.start_erasing(call_id, cause="restored", now=utc_now())
            log.warning("restored:call:erasing", workspace_id=workspace_id, call_id=call_id)

    async def look_at_rows(self, after: str) -> str | None:
        """Erase the rows of a page of tombstones that are there again; return where the next page begins."""
        rows = await erased_rows_after(self._resources, after, limit=PAGE)
        if not rows:
            return None
        by_workspace: defaultdict[str, list[str]] = defaultdict(list)
        for workspace_id, row_id in rows:
            by_workspace[workspace_id].append(row_id)
        for workspace_id, ids in by_workspace.items():
            with _told(workspace_id):
                await self._erase_rows(workspace_id, ids)
        return rows[-1][1]

    async def _erase_rows(self, workspace_id: str, ids: Sequence[str]) -> None:
        await self._resources.keyring.note_erased_rows(workspace_id)  # older keys may have been restored beside them
        store = CallLogStore(self._resources, workspace_id)
        logs = await store.there_of(ids)
        cdrs = await self._resources.database.scoped("cdrs", workspace_id).find(
            {"_id": {"$in": list(ids)}}, fields=("_id",)
        )
        for log_id in logs:
            await store.erase(log_id, now=utc_now())
        for document in cdrs:
            await CdrStore(self._resources, workspace_id).erase(document["_id"], now=utc_now())
        erased = len(logs) + len(cdrs)
        if erased:
            await self._note(workspace_id, "rows:restored:erased", None, rows=erased)
            log.warning("restored:rows:erased", workspace_id=workspace_id, rows=erased)

    async def _note(self, workspace_id: str, event: str, call_id: str | None, **detail: int) -> None:
        await self._resources.audit.append(
            workspace_id, event, actor="restore", now=utc_now(), call_id=call_id, detail={**detail}
        )


@contextmanager
def _told(workspace_id: str) -> Iterator[None]:
    """Say in the log that a workspace could not be looked at, and go on: the others must not stay restored."""
    try:
        yield
    except Exception as error:  # whatever it is, it is looked at again in a day  # noqa: BLE001
        log.warning("restored:workspace:failed", workspace_id=workspace_id, **where(error))


def _identities(calls: Sequence[Document]) -> Mapping[str, ErasedCall]:
    return {
        call["_id"]: ErasedCall(call["source"], call["origin_id"], call["content_hash"], call["setup_time"])
        for call in calls
    }
