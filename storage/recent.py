"""What was read a moment ago, for those who are asked the same hundreds of times a second.

What must never happen here: something told for longer than `KEPT_S` after it stopped being true. A destroyed key, a
revoked key of the API or a new policy counts in every process after a second at most; nothing is told to be there that
was not, for what was not found is not kept.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar

KEPT_S: Final = 1.0
_MOST: Final = 2_000
Value = TypeVar("Value")


class Recent:
    """Keeps each value for a second from before it was read; one for each process, used in one event loop."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    async def of(self, name: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """Return the value of this name, read now or less than a second ago. What `read` raises is not kept."""
        began = self._clock()
        kept = self._kept.get(name)
        if kept is not None and began < kept[0]:
            value: Value = kept[1]
            return value
        value = await read()
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[name] = began + KEPT_S, value
        return value

    def forget(self) -> None:
        """Keep nothing of what was read so far."""
        self._kept.clear()
