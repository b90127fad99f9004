"""Waking what waited for a person: stages of their calls that the guard had told to wait."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from storage.catalog import TEXT
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources

_MOST = 1000


async def wake_calls_of(resources: Resources, workspace_id: str, people: Collection[str], *, now: datetime) -> int:
    """Let the waiting stages of a person's calls be tried at once; return of how many calls.

    Of a person in very many calls some are woken: the rest ask the guard again by themselves within a minute.
    """
    calls = resources.database.scoped("calls", workspace_id)
    waiting = {"people": {"$in": sorted(people), **TEXT}, "state": "waiting"}
    found = {call["_id"] for call in await calls.find(waiting, fields=("_id",), limit=_MOST)}
    try:
        linked = await linked_calls(resources.database, workspace_id, people)
    except TooManyLinked:
        linked = frozenset()
    some = sorted(found | linked)[:_MOST]
    for call_id in some:
        await resources.outbox.wake_waiting(call_id, now=now)
    return len(some)
