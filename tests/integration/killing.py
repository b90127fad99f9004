"""A process that dies at the n-th step: before it, or right after it took effect. Steps are what reaches a store."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from storage.mongo import Collection, Database
from storage.s3 import Bucket

DOORS: tuple[tuple[type, str], ...] = (
    *((Collection, name) for name in ("insert", "update", "update_all", "find_and_update", "delete", "find_one")),
    *((Collection, name) for name in ("insert_many", "count", "find")),
    (Database, "transaction"),
    (Bucket, "call"),
)


class Killed(BaseException):
    """As kill -9: nothing of ours catches it."""


class Executioner:
    """Counts the steps of what runs under it, and kills it at one of them."""

    def __init__(self, at: int | None, *, after: bool) -> None:
        self.steps = 0
        self._at, self._after = at, after

    async def step(self, work: Callable[[], Awaitable[Any]]) -> Any:
        number = self.steps
        self.steps += 1
        if number == self._at and not self._after:
            raise Killed
        result = await work()
        if number == self._at:
            raise Killed
        return result


@contextmanager
def killed_at(step: int | None, *, after: bool = False) -> Iterator[Executioner]:
    """Let every door to a store count, and die at this step; None only counts."""
    executioner = Executioner(step, after=after)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in DOORS:
            patch.setattr(owner, name, _watched(getattr(owner, name), executioner))
        yield executioner


def _watched(method: Callable[..., Awaitable[Any]], executioner: Executioner) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def watched(*arguments: Any, **named: Any) -> Any:
        return await executioner.step(lambda: method(*arguments, **named))

    return watched
