"""Holds placed while a sweep is running, in this process and in another: what is held when `place` returns stays."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cdr_rows import leg, policy_of
from conftest import ROOT, Tenant
from holding import new_cdr

from cli.stack.embedded import EmbeddedStack
from domain.errors import CallwardError, Gone, NotFound
from domain.holds import WORKSPACE, HoldKind, HoldScope, record_scope
from governance.holds import HoldStore, NewHold
from ingest.cdrs import CdrStore
from ingest.people import tokens_of
from ingest.traffic import open_identifiers
from storage.mongo import Document
from workers.ageing import Ageing

NOW = datetime.now(UTC).replace(microsecond=0)
IDENTIFIERS_DUE, RECORDS_DUE = NOW - timedelta(days=500), NOW - timedelta(days=13 * 366)
SWEEP = """
import asyncio, sys
from datetime import datetime
from storage.resources import Resources
from storage.settings import Settings
from workers.ageing import Ageing

async def main():
    resources = Resources.open(Settings())
    print("sweeping", flush=True)
    await Ageing(resources).of_workspace(sys.argv[1], now=datetime.fromisoformat(sys.argv[2]))
    resources.close()

asyncio.run(main())
"""


async def land(tenant: Tenant, began: datetime, count: int) -> list[str]:
    """Land so many calls, of several days, and return their ids."""
    moments = [began - timedelta(hours=number) for number in range(count)]
    groups = [[leg(number, at=moment)] for number, moment in enumerate(moments)]
    cdrs = CdrStore(tenant.resources, tenant.workspace_id)
    await cdrs.land("pbx", groups, await policy_of(tenant), now=began)
    return [document["_id"] for document in await stored(tenant)]


async def stored(tenant: Tenant) -> list[Document]:
    return await tenant.resources.database.scoped("cdrs", tenant.workspace_id).find({})


async def readable(tenant: Tenant, cdr_id: str) -> str:
    """How much of a record there is: `numbers` that open, the `row` without them, or `gone`."""
    cdrs = tenant.resources.database.scoped("cdrs", tenant.workspace_id)
    document = await cdrs.find_one({"_id": cdr_id})
    if document is None:
        return "gone"
    long_ago = document["setup_time"]
    try:
        await open_identifiers(tenant.resources, tenant.workspace_id, "cdrs", document, now=long_ago)
    except CallwardError:
        return "row"
    return "numbers"


async def held_meanwhile(
    tenant: Tenant, ids: list[str], sweep: Callable[[asyncio.Event], Any]
) -> dict[str, tuple[str, str]]:
    """Place holds on some records while the sweep runs; return how much there was then, and is afterwards."""
    holds, there = HoldStore(tenant.resources, tenant.workspace_id), {}
    begun = asyncio.Event()
    running = asyncio.ensure_future(sweep(begun))
    await begun.wait()
    for number, cdr_id in enumerate(ids):
        await asyncio.sleep(0.002 * (number % 7))
        try:
            await holds.place(NewHold(f"2026-{number}", record_scope(cdr_id)), now=NOW)
        except (Gone, NotFound):
            there[cdr_id] = "gone"
        else:
            there[cdr_id] = await readable(tenant, cdr_id)
    await running
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=NOW)
    return {cdr_id: (before, await readable(tenant, cdr_id)) for cdr_id, before in there.items()}


@pytest.mark.parametrize(("began", "left"), [(IDENTIFIERS_DUE, "row"), (RECORDS_DUE, "gone")])
async def test_what_a_hold_finds_when_it_is_placed_stays_while_the_sweep_goes_on(
    tenant: Tenant, began: datetime, left: str
) -> None:
    ids = await land(tenant, began, 300)
    first = HoldStore(tenant.resources, tenant.workspace_id)
    await first.place(NewHold("2026-first", record_scope(ids[0])), now=NOW)

    async def sweep(begun: asyncio.Event) -> None:
        begun.set()
        await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=NOW)

    seen = await held_meanwhile(tenant, ids[1::12], sweep)
    assert [one for one in seen.items() if one[1][0] != one[1][1]] == []
    assert await readable(tenant, ids[0]) == "numbers"
    free = set(ids) - set(seen) - {ids[0]}
    assert {await readable(tenant, cdr_id) for cdr_id in free} == {left}, "what nobody holds goes all the same"


async def test_a_hold_wins_over_a_sweep_in_another_process(tenant: Tenant, stack: EmbeddedStack) -> None:
    ids = await land(tenant, IDENTIFIERS_DUE, 1500)
    first = HoldStore(tenant.resources, tenant.workspace_id)
    await first.place(NewHold("2026-first", record_scope(ids[0])), now=NOW)

    async def sweep(begun: asyncio.Event) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SWEEP, tenant.workspace_id, NOW.isoformat()),
            env={**os.environ, **stack.env, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"sweeping\n"
        begun.set()
        assert await process.wait() == 0

    seen = await held_meanwhile(tenant, ids[1::50], sweep)
    assert [one for one in seen.items() if one[1][0] != one[1][1]] == []
    assert await readable(tenant, ids[0]) == "numbers"
    numbers = sum("identifiers" in document for document in await stored(tenant))
    assert numbers == sum(after == "numbers" for _, after in seen.values()) + 1


@pytest.mark.parametrize("kind", ["person", "workspace"])
async def test_a_wide_hold_that_is_placed_first_keeps_everything_and_its_release_lets_all_go(
    tenant: Tenant, kind: str
) -> None:
    ids = await land(tenant, IDENTIFIERS_DUE, 20)
    holds, scope = HoldStore(tenant.resources, tenant.workspace_id), WORKSPACE
    if kind == "person":
        tokens = await tokens_of(tenant.resources, tenant.workspace_id, "+14155550132", None)
        scope = HoldScope(HoldKind.PERSON, tokens=tokens)
    hold, _ = await holds.place(NewHold("2026-1", scope), now=NOW)
    for _ in range(2):
        await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=NOW)
    assert {await readable(tenant, cdr_id) for cdr_id in ids} == {"numbers"}
    await holds.release(hold.hold_id, now=NOW)
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=NOW)
    assert {await readable(tenant, cdr_id) for cdr_id in ids} == {"row"}


async def test_ten_thousand_holds_are_asked_of_each_chunk(tenant: Tenant) -> None:
    """As many as a workspace may have: the filter stays far below what MongoDB takes, and the sweep goes on."""
    held = await new_cdr(tenant, at=IDENTIFIERS_DUE)
    ids = await land(tenant, IDENTIFIERS_DUE - timedelta(days=1), 40)
    holds = HoldStore(tenant.resources, tenant.workspace_id)
    one, _ = await holds.place(NewHold("2026-0", record_scope(held)), now=NOW)
    stored_holds = tenant.resources.database.scoped("legal_holds", tenant.workspace_id)
    like = await stored_holds.find_one({"_id": one.hold_id})
    assert like is not None
    many = [
        {**like, "_id": f"hold_{number}", "scope": {**like["scope"], "record_id": f"cdr_{number:026}"}}
        for number in range(9_999)
    ]
    await stored_holds.insert_many(many)
    await Ageing(tenant.resources).of_workspace(tenant.workspace_id, now=NOW)
    assert await readable(tenant, held) == "numbers"
    assert {await readable(tenant, cdr_id) for cdr_id in ids if cdr_id != held} == {"row"}
