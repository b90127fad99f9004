"""What was read a moment ago counts for a second from before it was read, and for no longer."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from domain.errors import Gone
from storage.recent import KEPT_S, Recent

Value = TypeVar("Value")


def done(work: Coroutine[Any, Any, Value]) -> Value:
    """Run what waits for nothing, without an event loop."""
    try:
        work.send(None)
    except StopIteration as end:
        value: Value = end.value
        return value
    raise AssertionError("it waits for something")


def test_a_value_is_read_again_after_a_second_and_not_before() -> None:
    clock, read = [0.0], list[float]()

    async def reading() -> float:
        read.append(clock[0])
        clock[0] += 0.25  # reading takes its time
        return read[-1]

    recent = Recent(clock=lambda: clock[0])
    assert done(recent.of("key", reading)) == 0.0
    clock[0] = KEPT_S - 0.001
    assert done(recent.of("key", reading)) == 0.0
    clock[0] = KEPT_S
    assert done(recent.of("key", reading)) == KEPT_S
    assert read == [0.0, KEPT_S]


def test_names_are_told_apart_and_what_fails_is_not_kept() -> None:
    async def failing() -> str:
        raise Gone("the key is destroyed")

    async def there() -> str:
        return "there"

    recent = Recent(clock=lambda: 0.0)
    with pytest.raises(Gone):
        done(recent.of(("key", "one"), failing))
    assert done(recent.of(("key", "one"), there)) == "there"
    with pytest.raises(Gone):
        done(recent.of(("key", "other"), failing))
    recent.forget()
    with pytest.raises(Gone):
        done(recent.of(("key", "one"), failing))


def test_no_more_is_kept_than_fits() -> None:
    async def nothing() -> None:
        return None

    recent = Recent(clock=lambda: 0.0)
    for at in range(5000):
        done(recent.of(at, nothing))
    assert len(recent._kept) <= 2000
