"""Several jobs at once in one process: no more than there are slots, none taken for which there is no room."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from workers.process import Slots


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever, daemon=True)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_work_is_under_way_than_there_are_slots(loop: asyncio.AbstractEventLoop, most: int) -> None:
    slots, now, peak = Slots(loop, most), 0, 0

    async def work() -> None:
        nonlocal now, peak
        now += 1
        peak = max(peak, now)
        await asyncio.sleep(0.02)
        now -= 1

    for _ in range(3 * most):
        slots.give(work())
        assert now < most, "whoever gave the last comes back only when there is room"
    slots.finish()
    assert (now, peak) == (0, most)


def test_finishing_waits_for_all_that_is_under_way(loop: asyncio.AbstractEventLoop) -> None:
    slots, done = Slots(loop, 3), []

    async def work(number: int) -> None:
        await asyncio.sleep(0.05 * number)
        done.append(number)

    slots.give(work(1))
    slots.give(work(2))
    slots.finish()
    assert done == [1, 2]


def test_work_that_falls_gives_its_slot_back(loop: asyncio.AbstractEventLoop) -> None:
    slots = Slots(loop, 1)

    async def fall() -> None:
        raise RuntimeError

    for _ in range(3):
        slots.give(fall())
    slots.finish()


def test_abandoned_work_is_cancelled(loop: asyncio.AbstractEventLoop) -> None:
    slots, ended = Slots(loop, 2), []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except (asyncio.CancelledError, CancelledError):
            ended.append(True)
            raise

    slots.give(work())
    time.sleep(0.05)
    slots.abandon()
    slots.finish()
    time.sleep(0.05)
    assert ended == [True]
