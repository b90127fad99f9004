"""Whatever happens in whatever order: nothing held is erased, nothing due is readable, and the sweep ends it all."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdr_rows import CALLER, leg, policy_of, stored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killing import Killed, killed_at

from domain.errors import Gone
from domain.holds import HoldKind, HoldScope, record_scope
from governance.holds import HoldStore, NewHold
from governance.receipts import ReceiptStore
from ingest.cdr_reads import CdrReader
from ingest.cdrs import CdrStore
from workers.ageing import Ageing

if TYPE_CHECKING:
    from conftest import MakeTenant, Tenant

BEGAN = datetime(2025, 10, 5, tzinfo=UTC)
ARRIVED = datetime(2025, 11, 2, tzinfo=UTC)
CALLS = 3
DAY = timedelta(days=1)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), st.integers(0, CALLS)),
        st.tuples(st.just("release"), st.integers(0, CALLS)),
        st.tuples(st.just("wait"), st.integers(1, 500)),
        st.tuples(st.just("window"), st.integers(1, 900)),
        st.tuples(st.just("sweep"), st.just(0)),
        st.tuples(st.just("kill"), st.integers(0, 40)),
    ),
    min_size=3,
    max_size=12,
)


class World:
    """What should be, beside what is stored: for each call when its numbers are due, and who holds it."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.now = ARRIVED
        self.ids: list[str] = []
        self.due: dict[str, datetime] = {}
        self.held: dict[int, str] = {}
        self.gone: set[str] = set()

    async def begin(self) -> None:
        groups = [[leg(number, 1, at=BEGAN + timedelta(minutes=number))] for number in range(CALLS)]
        store = CdrStore(self.tenant.resources, self.tenant.workspace_id)
        await store.land("pbx", groups, await policy_of(self.tenant), now=ARRIVED)
        documents = await stored(self.tenant)
        self.ids = [one["_id"] for one in documents]
        self.due = {one["_id"]: one["identifiers"]["retain_until"] for one in documents}

    def scope(self, at: int) -> HoldScope:
        return HoldScope(HoldKind.WORKSPACE) if at == CALLS else record_scope(self.ids[at])

    def is_held(self, cdr_id: str) -> bool:
        return CALLS in self.held or any(self.ids[at] == cdr_id for at in self.held)

    async def do(self, action: str, number: int) -> None:
        holds = HoldStore(self.tenant.resources, self.tenant.workspace_id)
        if action == "hold" and number not in self.held:
            placed, _ = await holds.place(NewHold(f"2026-{number}", self.scope(number)), now=self.now)
            self.held[number] = placed.hold_id
        elif action == "release" and number in self.held:
            await holds.release(self.held.pop(number), now=self.now)
        elif action == "wait":
            self.now += number * DAY
        elif action == "window":
            await self._window(BEGAN + number * DAY)
        elif action == "sweep":
            await Ageing(self.tenant.resources).of_workspace(self.tenant.workspace_id, now=self.now)
            self._swept()
        elif action == "kill":
            with killed_at(number), contextlib.suppress(Killed):
                await Ageing(self.tenant.resources).of_workspace(self.tenant.workspace_id, now=self.now)

    async def _window(self, until: datetime) -> None:
        """Shorten or lengthen what is kept, as the re-dating of stored records does."""
        raw = self.tenant.resources.database._raw("cdrs")
        there = {"workspace_id": self.tenant.workspace_id, "identifiers": {"$exists": True}}
        kept = [one["_id"] async for one in raw.find({**there, "identifiers.retain_until": {"$gt": self.now}})]
        await raw.update_many({"_id": {"$in": kept}}, {"$set": {"identifiers.retain_until": until}})
        self.due |= dict.fromkeys(kept, until)

    def _swept(self) -> None:
        self.gone |= {one for one in self.ids if self.due[one] <= self.now and not self.is_held(one)}

    async def check(self) -> None:
        """Hold what is stored against what should be."""
        documents = {one["_id"]: one for one in await stored(self.tenant)}
        assert set(documents) == set(self.ids), "the totals' clock is years away"
        reader = CdrReader(self.tenant.resources, self.tenant.workspace_id)
        found = {one["_id"] for one in await reader.with_number(CALLER, now=self.now, limit=9)}
        for cdr_id, document in documents.items():
            there = "identifiers" in document
            if cdr_id in self.gone:
                assert not there
            if not there:
                assert self.due[cdr_id] <= self.now, "nothing goes before it is due"
            if self.due[cdr_id] <= self.now:
                assert cdr_id not in found
                with pytest.raises(Gone):
                    await reader.numbers(document, now=self.now)

    async def held_are_whole(self, before: dict[str, Any]) -> None:
        """What was held before a step that erases is there after it."""
        after = {one["_id"]: one for one in await stored(self.tenant)}
        for cdr_id, document in before.items():
            if self.is_held(cdr_id) and "identifiers" in document:
                assert "identifiers" in after[cdr_id], "nothing held is ever erased"

    async def end(self) -> None:
        """When every hold is released, one sweep takes what is due, with the clocks it had; twice changes nothing."""
        for number in list(self.held):
            await self.do("release", number)
        await self.do("sweep", 0)
        await self.check()
        before = await stored(self.tenant)
        assert await Ageing(self.tenant.resources).of_workspace(self.tenant.workspace_id, now=self.now) == {}
        assert await stored(self.tenant) == before
        for one in before:
            assert ("identifiers" in one) == (self.due[one["_id"]] > self.now)
        store = ReceiptStore(self.tenant.resources, self.tenant.workspace_id)
        assert (await store.verify()).flaw is None
        told = sum(one["erased"].get("cdrs_identifiers", 0) for one in await store.page(limit=50))
        assert told == sum("identifiers" not in one for one in before), "each is counted once"


async def test_no_order_of_events_erases_what_is_held_or_shows_what_is_due(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.sweep_lanes._OVER", {})
    loop = asyncio.get_running_loop()

    async def play(actions: list[tuple[str, int]]) -> None:
        world = World(await make_tenant())
        await world.begin()
        for action, number in actions:
            before = {one["_id"]: one for one in await stored(world.tenant)}
            await world.do(action, number)
            if action in {"sweep", "kill"}:
                await world.held_are_whole(before)
            await world.check()
        await world.end()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTIONS)
    def check(actions: list[tuple[str, int]]) -> None:
        asyncio.run_coroutine_threadsafe(play(actions), loop).result(timeout=120)

    await asyncio.to_thread(check)
