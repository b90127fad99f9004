"""What the release of a hold lets go: what is due by its own clock and kept by nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from domain.holds import LegalHold
from governance.holds import HoldStore
from storage.hold_filters import held_of, unless
from storage.mongo import Database, Document
from storage.resources import Resources

COUNTED: Final = 10_000
"""As far as is counted of one kind."""


@dataclass(frozen=True, slots=True)
class Goes:
    """How much of one kind is due; `at_least` says that there is more than was counted."""

    what: str
    due: int
    at_least: bool


def _due(now: datetime) -> tuple[tuple[str, str, Document], ...]:
    over: Document = {"$lte": now}
    identifiers: Document = {"identifiers.retain_until": over}
    return (
        ("calls", "calls", {"$or": [{"retain_until": over}, {"state": "erasing"}]}),
        ("call_logs.identifiers", "call_logs", identifiers),
        ("call_logs", "call_logs", {"retain_until": over}),
        ("cdrs.identifiers", "cdrs", identifiers),
        ("cdrs", "cdrs", {"retain_until": over}),
        ("quarantine", "quarantine", {"retain_until": over}),
        ("inbox", "inbox", {"retain_until": over}),
    )


async def what_goes(resources: Resources, workspace_id: str, released: LegalHold, *, now: datetime) -> list[Goes]:
    """Return what the next sweep erases that this hold kept, of each kind of which there is something.

    Of `call_logs` pages are counted, which may hold entries that the hold did not cover.
    """
    holds, found = HoldStore(resources, workspace_id), []
    was = replace(released, released_at=None)
    for what, collection, due in _due(now):
        kept = await holds.filters_of([was], collection)
        if not kept:
            continue
        free = unless(held_of(due, kept), await holds.spared(collection))
        count = await _count(resources.database, workspace_id, collection, free)
        if count:
            found.append(Goes(what, min(count, COUNTED), at_least=count > COUNTED))
    return found


async def _count(database: Database, workspace_id: str, collection: str, found: Document) -> int:
    match collection:
        case "calls":
            return await database.scoped("calls", workspace_id).count(found, limit=COUNTED + 1)
        case "call_logs":
            return await database.scoped("call_logs", workspace_id).count(found, limit=COUNTED + 1)
        case "cdrs":
            return await database.scoped("cdrs", workspace_id).count(found, limit=COUNTED + 1)
        case "quarantine":
            return await database.scoped("quarantine", workspace_id).count(found, limit=COUNTED + 1)
        case _:
            return await database.scoped("inbox", workspace_id).count(found, limit=COUNTED + 1)
