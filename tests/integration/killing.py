"""A process that dies at the n-th step: before it, or right after it took effect. Steps are what reaches a store."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
_WATCHING: ContextVar[Executioner | None] = ContextVar("_WATCHING", default=None)
"""So that what others do on the same loop meanwhile, the application's own tasks, is no step."""


class Killed(BaseException):
    """As kill -9: nothing of ours catches it."""


class Executioner:
    """Counts the steps of what runs under it, and kills it before one of them, or right after it.

    Attributes:
        steps: how many there were.
        in_turn: whether none began before the one before was over; a transaction's own steps are part of it.
    """

    def __init__(self, at: int | None, *, after: bool) -> None:
        self.steps = 0
        self.in_turn = True
        self._at, self._after = at, after
        self._under_way: list[str] = []

    async def step(self, door: str, work: Callable[[], Awaitable[Any]]) -> Any:
        number = self.steps
        self.steps += 1
        self.in_turn &= all(one == "transaction" for one in self._under_way)
        if number == self._at and not self._after:
            raise Killed
        self._under_way.append(door)
        try:
            result = await work()
        finally:
            self._under_way.remove(door)
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
        token = _WATCHING.set(executioner)
        try:
            yield executioner
        finally:
            _WATCHING.reset(token)


def _watched(method: Callable[..., Awaitable[Any]], executioner: Executioner) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def watched(*arguments: Any, **named: Any) -> Any:
        if _WATCHING.get() is not executioner:
            return await method(*arguments, **named)
        return await executioner.step(method.__name__, lambda: method(*arguments, **named))

    return watched
