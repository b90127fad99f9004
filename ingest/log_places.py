"""Where this process stored or found pages lately: a hint that looking first is cheaper than being refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MOST: Final = 100_000


class Lately:
    """Remembers places; when it is full it forgets them all. Nothing rests on it but speed."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._places: set[bytes] = set()

    def note(self, homes: Iterable[bytes]) -> None:
        """Remember these."""
        if len(self._places) >= self._most:
            self._places.clear()
        self._places.update(homes)

    def knows_any(self, homes: Iterable[bytes]) -> bool:
        """Say whether one of these is remembered."""
        return not self._places.isdisjoint(homes)
