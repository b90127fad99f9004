"""Recordings are told of new logs: at once, together in a stream, and before the process ends."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import pokes
from ingest.pokes import CLOSE, Pokes, Span, joined
from storage.resources import Resources

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESOURCES = cast("Resources", object())
moments = st.integers(0, 5000).map(lambda minutes: NOON + timedelta(minutes=minutes))
spans = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))


def minute(at: int) -> Span:
    """A span of one instant."""
    return (NOON + timedelta(minutes=at),) * 2


class Told:
    """In place of the database: what was told, and how often telling fails first."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Span]] = []
        self.failures = 0
        self._more = asyncio.Event()

    async def poke(self, _: Resources, workspace_id: str, earliest: datetime, latest: datetime, **__: Any) -> int:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise OSError
        self.spans.append((workspace_id, (earliest, latest)))
        self._more.set()
        return 0

    async def until(self, count: int) -> None:
        while len(self.spans) < count:
            self._more.clear()
            await self._more.wait()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr(pokes, "poke", told.poke)
    return told


async def test_the_first_is_told_before_it_is_answered_and_those_that_follow_together(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pokes, "EVERY_S", 0.05)
    collected = Pokes()
    await collected.note(RESOURCES, "ws_one", minute(0))
    assert told.spans == [("ws_one", minute(0))]
    for at in (5, 3, 4):
        await collected.note(RESOURCES, "ws_one", minute(at))
    await collected.note(RESOURCES, "ws_two", minute(9))
    assert told.spans[1:] == [("ws_two", minute(9))], "each workspace has its own stream"
    await told.until(3)
    assert told.spans[2:] == [("ws_one", (minute(3)[0], minute(5)[0]))]
    await asyncio.gather(*collected._going.values())
    await collected.note(RESOURCES, "ws_one", minute(7))
    assert told.spans[3:] == [("ws_one", minute(7))], "the stream had ended"
    await collected.close(RESOURCES)


async def test_what_waits_is_told_when_the_process_ends(told: Told) -> None:
    collected = Pokes()
    for at in (0, 600, 1):
        await collected.note(RESOURCES, "ws_one", minute(at))
    await collected.close(RESOURCES)
    assert sorted(told.spans) == [("ws_one", minute(at)) for at in (0, 1, 600)], "what lies far apart stays apart"
    assert collected._going == {}


async def test_what_could_not_be_told_is_told_later_and_fails_nobody(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pokes, "EVERY_S", 0.001)
    told.failures = 3
    collected = Pokes()
    await collected.note(RESOURCES, "ws_one", minute(0))
    await told.until(1)
    assert told.spans == [("ws_one", minute(0))]
    await collected.close(RESOURCES)


@given(st.lists(spans, max_size=8), moments)
def test_joining_spans_loses_no_moment_and_adds_none_but_between_close_ones(
    given: list[Span], moment: datetime
) -> None:
    found = joined(given)
    assert all(one[1] + CLOSE < other[0] for one, other in itertools.pairwise(found))
    inside = any(one[0] <= moment <= one[1] for one in found)
    assert inside or not any(one[0] <= moment <= one[1] for one in given)
    if inside:
        near = CLOSE / 2
        assert any(one[0] - near <= moment <= one[1] + near for one in given)
