"""The sixth migration: pages of call logs told apart by what their entries are found by.

Of phones' pages of an earlier version, and of logs that came with a recording, ids stay in an index (`by_id`); new
pages of phones have a place instead (`home`). What a page is says `ingest/log_pages.py`; the numbers stand here, and
stay. No process of the earlier version may run meanwhile: what it writes would be taken for a log that came alone.
"""

from __future__ import annotations

from typing import Final

from storage.mongo import Database, Document

_ALONE: Final = 1
_BEFORE: Final = 2
_UNMARKED: Final = {"home": {"$exists": False}, "by_id": {"$exists": False}}
_UNUSED: Final = ("ids", "workspace_id_identifiers-index", "identifiers-retain_until", "retain_until")


async def call_logs_have_places(database: Database) -> None:
    """Mark every page that has no place; drop the indexes that nobody asks any more. Safe to run twice."""
    await database.rewrite("call_logs", _UNMARKED, _marked)
    await database.drop_indexes("call_logs", _UNUSED)


def _marked(page: Document) -> Document:
    return {**page, "by_id": _BEFORE if page.get("source") == "device" else _ALONE}
