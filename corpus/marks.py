"""How far the watch over the corpus has looked: so that a restart misses nothing and does not begin anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from storage.resources import Resources

_ID: Final = "watch"
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """What changed before `looked_at` was looked at; items up to `walked` were, in the walk through all of them."""

    looked_at: datetime = BEGINNING
    walked: str = ""


class MarkStore:
    """The one writer of `corpus_marks`."""

    def __init__(self, resources: Resources) -> None:
        self._marks = resources.database.whole("corpus_marks")

    async def read(self) -> Mark:
        """Return the mark; before the first look, the beginning of everything."""
        found = await self._marks.find_one({"_id": _ID}) or {}
        return Mark(found.get("looked_at", BEGINNING), found.get("walked", ""))

    async def note(self, mark: Mark) -> None:
        """Move the mark on. Of two watches the later look counts; both were whole."""
        change = {"$max": {"looked_at": mark.looked_at}, "$set": {"walked": mark.walked}}
        await self._marks.update({"_id": _ID}, change, upsert=True)
