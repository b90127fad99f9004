"""Imports: one document for each file that came in, with what became of its rows. Never a file's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.errors import NotFound
from domain.ids import new_id
from domain.policy import Policy
from domain.records import Category
from storage.mongo import Document, Filter
from storage.resources import Resources

SILENT_FOR: Final = timedelta(minutes=15)
"""An import that said nothing for so long died with its process."""
COUNTED: Final = ("rows", "landed", "duplicates", "rejected", "expired", "erased", "calls", "merged")


class ImportState(StrEnum):
    """Where an import stands."""

    RUNNING = "running"
    DONE = "done"
    """Every row has landed, or was rejected with a reason."""
    REFUSED = "refused"
    """The file as a whole was refused; `reason` says why."""
    INTERRUPTED = "interrupted"
    """The sender or a process went away; what landed stays, and sending the file again brings the rest."""


class ImportStore:
    """The one writer of `imports`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._imports = resources.database.scoped("imports", workspace_id)
        self._workspace_id = workspace_id

    async def start(self, source: str, policy: Policy, *, now: datetime, import_id: str | None = None) -> str:
        """Write down that an import began, or begins again under the same id; return the id.

        It tells of use of the product, and is kept as long as the policy says of that (promise RK9).
        """
        found = import_id or new_id("imp")
        kept = policy.tags(Category.USAGE_DATA, workspace_id=self._workspace_id, anchor=now).retain_until
        begun: Document = {
            "source": source,
            "format": None,
            "state": ImportState.RUNNING.value,
            "reason": None,
            "quarantined": False,
            "counts": dict.fromkeys(COUNTED, 0),
            "updated_at": now,
            "ended_at": None,
        }
        first = {"started_at": now, "retain_until": kept}
        await self._imports.update({"_id": found}, {"$set": begun, "$setOnInsert": first}, upsert=True)
        return found

    async def note(self, import_id: str, counts: Mapping[str, int], *, format_name: str | None, now: datetime) -> None:
        """Write down how far an import got."""
        change = {"counts": _counts(counts), "format": format_name, "updated_at": now}
        await self._imports.update({"_id": import_id}, {"$set": change})

    async def end(
        self,
        import_id: str,
        state: ImportState,
        counts: Mapping[str, int],
        *,
        now: datetime,
        format_name: str | None,
        reason: str | None = None,
        quarantined: bool = False,
    ) -> None:
        """Write down how an import ended; `quarantined` says that the file or rows of it are kept aside."""
        change = {
            "state": state.value,
            "reason": reason,
            "quarantined": quarantined,
            "format": format_name,
            "counts": _counts(counts),
            "updated_at": now,
            "ended_at": now,
        }
        await self._imports.update({"_id": import_id}, {"$set": change})

    async def get(self, import_id: str) -> Document:
        """Return an import. Raises NotFound."""
        found = await self._imports.find_one({"_id": import_id})
        if found is None:
            raise NotFound("no such import", import_id=import_id)
        return found

    async def page(self, *, limit: int, after: tuple[datetime, str] | None = None) -> list[Document]:
        """Return imports, newest first, those behind `after` when it is given."""
        found: Filter = {}
        if after is not None:
            moment, import_id = after
            found = {"$or": [{"started_at": {"$lt": moment}}, {"started_at": moment, "_id": {"$lt": import_id}}]}
        return await self._imports.find(found, sort=(("started_at", -1), ("_id", -1)), limit=limit)


async def close_silent_imports(resources: Resources, *, now: datetime) -> int:
    """Mark imports whose process died as interrupted; return how many."""
    silent = {"state": ImportState.RUNNING.value, "updated_at": {"$lte": now - SILENT_FOR}}
    ended = {"state": ImportState.INTERRUPTED.value, "reason": "process_lost", "ended_at": now}
    return await resources.database.whole("imports").update_all(silent, {"$set": ended})


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: Counter(counts)[name] for name in COUNTED}
