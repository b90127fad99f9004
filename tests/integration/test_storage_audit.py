"""The audit chain: every event is there, in order, and a changed or missing one is noticed.

What the chain cannot show by itself is the loss of its newest events: nothing after them holds their hash.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from domain.ids import new_id
from storage.audit import AuditLog

if TYPE_CHECKING:
    from storage.resources import Resources

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


async def fill(resources: Resources, chain: str, count: int) -> None:
    for number in range(count):
        await resources.audit.append(chain, f"test:event:{number}", actor="key_1", now=NOW, detail={"number": number})


async def test_events_come_back_newest_first_and_the_chain_holds(resources: Resources) -> None:
    chain = new_id("ws")
    assert await resources.audit.broken_at(chain) is None, "an empty chain holds"
    await fill(resources, chain, 3)
    await resources.audit.append(chain, "test:event:3", actor="key_2", now=NOW, call_id="call_1")
    events = await resources.audit.events(chain)
    assert [(event["sequence"], event["event"]) for event in events] == [
        (n, f"test:event:{n - 1}") for n in (4, 3, 2, 1)
    ]
    assert [event["event"] for event in await resources.audit.events(chain, call_id="call_1")] == ["test:event:3"]
    assert await resources.audit.broken_at(chain) is None


@pytest.mark.parametrize(("processes", "writers"), [(1, 60), (8, 24)])
async def test_events_appended_at_once_are_all_there_and_the_chain_holds(
    resources: Resources, processes: int, writers: int
) -> None:
    chain, logs = new_id("ws"), [AuditLog(resources.database) for _ in range(processes)]
    await asyncio.gather(
        *(logs[n % processes].append(chain, f"test:event:{n}", actor="key_1", now=NOW) for n in range(writers))
    )
    events = await resources.audit.events(chain, limit=0)
    assert sorted(event["sequence"] for event in events) == list(range(1, writers + 1))
    assert {event["event"] for event in events} == {f"test:event:{n}" for n in range(writers)}
    assert await resources.audit.broken_at(chain) is None


@pytest.mark.parametrize(
    "change",
    [
        {"event": "test:event:other"},
        {"actor": "key_2"},
        {"at": NOW.replace(year=2025)},
        {"call_id": "call_2"},
        {"detail": {"number": 7}},
        {"detail.number": 7},
        {"previous_hash": "0" * 64},
        {"hash": "0" * 64},
        {"sequence": 50},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_event_is_noticed_where_it_is(resources: Resources, change: dict[str, Any]) -> None:
    chain = new_id("ws")
    await fill(resources, chain, 5)
    events = resources.database.scoped("audit_events", chain)
    assert await events.update({"sequence": 3}, {"$set": change}) == 1
    assert await resources.audit.broken_at(chain) == 3


@pytest.mark.parametrize("gone", [1, 3, 4])
async def test_a_deleted_event_is_noticed_where_it_was(resources: Resources, gone: int) -> None:
    chain = new_id("ws")
    await fill(resources, chain, 5)
    assert await resources.database.scoped("audit_events", chain).delete({"sequence": gone}) == 1
    assert await resources.audit.broken_at(chain) == gone


async def test_an_event_moved_to_another_workspaces_chain_is_noticed(resources: Resources) -> None:
    one, other = new_id("ws"), new_id("ws")
    await fill(resources, one, 1)
    await resources.database.whole("audit_events").update({"workspace_id": one}, {"$set": {"workspace_id": other}})
    assert await resources.audit.broken_at(other) == 1


async def test_chains_of_two_workspaces_and_of_the_platform_are_apart(resources: Resources) -> None:
    one, other = new_id("ws"), new_id("ws")
    await fill(resources, one, 2)
    assert await resources.audit.events(other) == []
    await resources.audit.append(None, "platform:test:event", actor="key_1", now=NOW)
    assert (await resources.audit.events(None, limit=1))[0]["event"] == "platform:test:event"
    assert await resources.audit.broken_at(None) is None
    assert len(await resources.audit.events(one)) == 2
