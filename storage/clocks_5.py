"""The fifth migration: what is due is found by workspace and clock, and the list of files that came in has a clock.

The indexes of today are there already (`Homes.create_missing`); those that they replace go. Imports of an earlier
version get three years from their start, which is what every profile of that version said of usage data.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from storage.mongo import Database, Document

_REPLACED: Final = {
    "cdrs": ("workspace_id_identifiers-index", "identifiers-retain_until", "retain_until"),
    "call_logs": ("identifiers-retain_until", "retain_until"),
    "quarantine": ("retain_until",),
    "inbox": ("retain_until",),
}
_KEPT: Final = timedelta(days=3 * 365)


async def clocks_by_workspace(database: Database) -> None:
    """Drop the indexes that were replaced; date the imports that have no end."""
    for name, indexes in _REPLACED.items():
        await database.drop_indexes(name, indexes)
    await database.rewrite("imports", {"retain_until": {"$exists": False}}, _dated)


def _dated(document: Document) -> Document:
    return {**document, "retain_until": document["started_at"] + _KEPT}
