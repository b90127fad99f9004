"""The third migration: call logs of an earlier version, a document each, made into pages of one entry.

What a page is says `ingest/log_pages.py`; what it was when this migration was written stands here, and stays.
No process of the earlier version may run meanwhile: what it writes would not be seen until the migration ran again.
"""

from __future__ import annotations

from typing import Final

from domain.ids import bytes_of_id
from storage.mongo import Database, Document

_OLD: Final = {"ids": {"$exists": False}}
_COMMON: Final = frozenset(
    {
        *("_id", "workspace_id", "category", "role", "purposes", "legal_basis", "region", "retain_until"),
        *("policy_id", "policy_version", "source", "zone", "created_at"),
    }
)
_UNUSED: Final = (
    "workspace_id_call_id",
    "workspace_id_setup_time-desc__id-desc",
    "workspace_id_identifiers-device_setup_time",
)


async def call_logs_in_pages(database: Database) -> None:
    """Make every call log that is a document of its own into a page, in place; drop the indexes of such documents."""
    await database.rewrite("call_logs", _OLD, _page)
    await database.drop_indexes("call_logs", _UNUSED)


def _page(log: Document) -> Document:
    page = {name: value for name, value in log.items() if name in _COMMON}
    entry = {name: value for name, value in log.items() if name not in _COMMON and name != "identifiers"}
    if entry.get("call_id") is None:
        entry.pop("call_id", None)
    else:
        page["calls"] = [entry["call_id"]]
    page |= {"first_at": log["setup_time"], "last_at": log["setup_time"], "revision": 0}
    page |= {"ids": [bytes_of_id(log["_id"])], "entries": [entry]}
    if "identifiers" in log:
        held = dict(log["identifiers"])
        index = [bytes.fromhex(token) for token in held.pop("index")]
        page["identifiers"] = {**held, "sealed": [held["sealed"]], "width": len(index), "index": index}
    return page
