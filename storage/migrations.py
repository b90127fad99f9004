"""Numbered migrations: expand, backfill, contract. Collections and indexes are brought up first, every start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from domain.errors import Duplicate
from storage.categories_4 import categories_renamed
from storage.clocks_5 import clocks_by_workspace
from storage.log_pages_3 import call_logs_in_pages
from storage.log_pages_6 import call_logs_have_places
from storage.mongo import Database

Migration = Callable[[Database], Awaitable[None]]


async def _proof_apart(database: Database) -> None:
    """Copy receipts and tombstones to the database that is backed up apart; the old ones stay until a later version."""
    for name in ("receipts", "tombstones"):
        await database.copy_apart(name)


async def _many_versions(database: Database) -> None:
    """Let a call have several transcripts: the unique indexes of one per call go, those with the version stay.

    Documents keep their shape: one without a version is of the first (`storage.versions`).
    """
    await database.drop_indexes("transcripts", ["workspace_id_call_id_kind"])
    await database.drop_indexes("redactions", ["workspace_id_call_id"])


async def _starts_on_clocks(database: Database) -> None:
    """Drop the index of a clock without the calls' start: the one with it, made before this, replaces it."""
    await database.drop_indexes("cdrs", ["workspace_id_identifiers-retain_until_identifiers-month"])


MIGRATIONS: tuple[tuple[int, str, Migration], ...] = (
    (1, "receipts and tombstones beside the keys", _proof_apart),
    (2, "several versions of a transcript", _many_versions),
    (3, "call logs in pages", call_logs_in_pages),
    (4, "categories by their names of today", categories_renamed),
    (6, "call logs have places", call_logs_have_places),
    (5, "what is due is found by workspace and clock", clocks_by_workspace),
    (7, "due identifiers are found in the order of their calls", _starts_on_clocks),
)
"""(number, name, function), in order; the function must be safe to run twice."""


async def migrate(database: Database, *, now: datetime) -> list[int]:
    """Bring the database to this version's shape; return the migrations that ran."""
    await database.create_missing()
    applied = database.whole("schema_migrations")
    ran: list[int] = []
    for number, name, run in MIGRATIONS:
        if await applied.find_one({"_id": number}) is not None:
            continue
        await run(database)
        try:
            await applied.insert({"_id": number, "name": name, "applied_at": now})
        except Duplicate:
            continue
        ran.append(number)
    return ran
