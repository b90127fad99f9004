"""A worker that hears nothing though its work waits is noticed; one that is only without work, or busy, is not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.ids import new_id
from domain.jobs import Queue
from workers import deafness
from workers.deafness import DeafnessWatch

if TYPE_CHECKING:
    from storage.resources import Resources

LONG_AGO = timedelta(days=3)
"""Before everything that other tests have in the outbox, so that a small look finds this job first."""


class Clock:
    """Monotonic seconds in the test's hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    own = Clock()
    monkeypatch.setattr(deafness, "time", own)
    return own


async def owed(resources: Resources, queue: Queue, *, published: bool = True) -> str:
    """Put a job into the outbox that has been ready for long."""
    then = datetime.now(UTC) - LONG_AGO
    job_id = await resources.outbox.add(
        workspace_id=new_id("ws"), call_id=new_id("call"), task="erase", queue=queue, now=then
    )
    if published:
        await resources.outbox.mark_published(job_id, now=then)
    return job_id


def watch(resources: Resources, *, idle: bool = True, ended: list[bool] | None = None) -> DeafnessWatch:
    told = ended if ended is not None else []
    return DeafnessWatch(resources, Queue.INGEST, "ingest", idle=lambda: idle, give_up=lambda: told.append(True))


async def test_an_idle_worker_that_hears_nothing_while_its_work_waits_is_deaf(
    resources: Resources, clock: Clock
) -> None:
    own = watch(resources)
    await owed(resources, Queue.INGEST)
    assert not await own.is_deaf(), "it has not listened for long enough to tell"
    clock.now_s += 3 * resources.settings.republish_after_s
    assert await own.is_deaf()
    own.heard()
    assert not await own.is_deaf()


async def test_a_busy_worker_is_not_deaf(resources: Resources, clock: Clock) -> None:
    own = watch(resources, idle=False)
    await owed(resources, Queue.INGEST)
    clock.now_s += 1000 * resources.settings.republish_after_s
    assert not await own.is_deaf()


async def test_work_that_was_never_published_or_is_anothers_says_nothing(resources: Resources) -> None:
    quiet = await owed(resources, Queue.INGEST, published=False)
    other = await owed(resources, Queue.SPEECH)
    after = await resources.outbox.overlooked(Queue.INGEST, since=datetime.now(UTC), limit=1000)
    assert {quiet, other}.isdisjoint(job.job_id for job in after)


async def test_a_deaf_worker_is_told_to_give_up_once(
    resources: Resources, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    own = watch(resources, ended=ended)
    monkeypatch.setattr(own, "_every_s", 0.01)
    await owed(resources, Queue.INGEST)
    clock.now_s += 1
    await asyncio.wait_for(own.run(), timeout=20)
    assert ended == [True]
