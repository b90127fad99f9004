"""One workspace's share of a sweep: what is due leaves in chunks, each decided on with the holds that are in force.

What must never happen here: a record erased that a hold keeps. Each chunk begins in a lane, reads the holds after that,
and erases what none of them keeps; placing a hold waits for the chunks that had begun (`governance.sweep_lanes`). The
key of a month goes in a transaction that passes the same gate as placing a hold. What a chunk that was killed had
erased is counted by the next run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from domain.errors import CallwardError, Unavailable
from governance.holds import HoldStore
from governance.purge_jobs import PurgeJobs
from governance.receipts import Erased, ReceiptKind, ReceiptStore
from governance.sweep_lanes import LANES, SweepLanes
from governance.workspaces import WorkspaceStore
from ingest.ageing import TrafficAgeing
from ingest.clocks import Bounds, Chunk, Clock
from ingest.months import month_is_over
from storage.resources import Resources


class Busy(CallwardError):
    """A lane of the workspace is taken: by another process, or by one that died and is waited for."""

    code = "busy"


class WorkspaceSweep:
    """Clears the clocks of one workspace's traffic data, and of what came in and was set aside."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._holds = HoldStore(resources, workspace_id)
        self._jobs, self._lanes = PurgeJobs(resources, workspace_id), SweepLanes(resources, workspace_id)
        self._ageing = TrafficAgeing(resources, workspace_id)

    async def run(self, *, now: datetime) -> dict[str, int]:
        """Destroy keys of months that are over, take what is due, write the receipt; return how much went by place.

        Killed anywhere and run again it goes on, and what had gone before is counted in the receipt.
        """
        await self._lanes.open()
        await self._count_left(now)
        held = bool(await self._holds.in_force())
        done = {"keys": 0 if held else await self._destroy_months(now)}
        for clock in self._ageing.clocks():
            done[clock.what] = await self._clear(clock, now)
        await self._ageing.quarantine.clear()
        if held:  # what is left under a month is held by now, or not due: it is seen without reading through all of it
            done["keys"] = await self._destroy_months(now)
        await self._finish(now)
        return {what: number for what, number in done.items() if number}

    async def _count_left(self, now: datetime) -> None:
        """Count what chunks had erased whose process died."""
        clocks = {clock.what: clock for clock in self._ageing.clocks()}
        for turn, intent in await self._lanes.left():
            clock = clocks.get(intent["what"])
            left = intent["expected"] if clock is None else await clock.left(intent["bounds"], now=now)
            await self._lanes.end(turn, intent["what"], max(0, intent["expected"] - left))

    async def _destroy_months(self, now: datetime) -> int:
        """Destroy the keys of months that are over and under which nothing lies that may be kept; return how many.

        A key goes before the identifiers do, so that copies in backups become unreadable at that instant; in a
        workspace with legal holds right after them.
        """
        keyring, destroyed = self._resources.keyring, 0
        months = await keyring.live_months(self._workspace_id)
        if not months:
            return 0
        policy = (await WorkspaceStore(self._resources).get(self._workspace_id)).policy
        for month in months:
            if month_is_over(month, policy, now=now):
                destroyed += await self._destroy_month(month, now)
        return destroyed

    async def _destroy_month(self, month: str, now: datetime) -> int:
        keyring = self._resources.keyring

        async def write(tx: Any) -> int:
            await keyring.gate(self._workspace_id, tx=tx)
            holds = await self._holds.in_force(tx=tx)
            for store in self._ageing.sealed:
                if await store.keeps(month, holds, now=now, tx=tx):
                    return 0
            await keyring.destroy(self._workspace_id, f"{self._workspace_id}/{month}", now=now, tx=tx)
            await self._jobs.did("keys", 1, now=now, month=month, tx=tx)
            return 1

        return await self._resources.database.transaction(write)

    async def _clear(self, clock: Clock, now: datetime) -> int:
        """Erase what is due at one clock, in as many chunks at once as there are lanes; return how much."""
        found = clock.wanted(await self._holds.in_force(), now=now)
        if found is None:
            return 0
        return sum([await self._work_off(clock, way, now) for way in clock.ways(found, now=now)])

    async def _work_off(self, clock: Clock, chunks: AsyncGenerator[tuple[Bounds, int]], now: datetime) -> int:
        taking = asyncio.Lock()

        async def work(lane: int) -> int:
            done: list[int] = []
            while True:
                async with taking:
                    following = await anext(chunks, None)
                if following is None:
                    return sum(done)
                done.append(await self._chunk(lane, clock, *following, now=now))

        lanes = [asyncio.ensure_future(work(lane)) for lane in range(LANES)]
        try:
            return sum(await asyncio.gather(*lanes))
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            await chunks.aclose()

    async def _chunk(self, lane: int, clock: Clock, bounds: Bounds, size: int, *, now: datetime) -> int:
        turn = await self._lanes.begin(lane, clock.what, bounds, size)
        if turn is None:
            raise Busy("another relay sweeps this workspace, or one that died did; the next round goes on")
        began = time.monotonic()
        try:
            holds = await self._holds.in_force()
            with turn.limit():
                done = await clock.erase(Chunk(bounds=bounds, holds=holds, now=now, fence=turn.fence))
        except Unavailable:  # it may go on in MongoDB: the lane is waited for
            raise
        except Exception:
            left = await clock.left(bounds, now=now)
            await self._lanes.end(turn, clock.what, max(0, size - left))
            raise
        if clock.pace is not None:
            clock.pace.note(size, time.monotonic() - began)
        await self._lanes.end(turn, clock.what, done)
        return done

    async def _finish(self, now: datetime) -> None:
        """Write the receipts of what was done, this time and by runs that were killed before they came here."""

        async def close(tx: Any) -> None:
            await self._resources.keyring.gate(self._workspace_id, tx=tx)
            await self._jobs.close_round(tx=tx)

        if await self._jobs.counted():
            await self._resources.database.transaction(close)
        for closed in await self._jobs.closed():
            erased = Erased(
                kind=ReceiptKind.TRAFFIC,
                cause="retention_over",
                erased=closed["counts"],
                key_destroyed=bool(closed["months"]),
                months=tuple(closed["months"]),
            )
            receipts = ReceiptStore(self._resources, self._workspace_id)
            await receipts.add(erased, "traffic:records:erased", round_id=closed["_id"], now=now)
            await self._jobs.settle(closed["_id"])
