"""Calls listed: page by page, newest first, within their workspace."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import datetime

from domain.calls import CallState
from domain.review import ReviewState
from ingest.call_reading import LIVE
from storage.catalog import INSTANT, TEXT
from storage.mongo import Document
from storage.people import TooManyLinked, linked_calls
from storage.resources import Resources


class CallLists:
    """Reads lists of `calls`, bound to a workspace; what is erased, being erased or due is in none of them."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._database, self._workspace_id = resources.database, workspace_id
        self._calls = resources.database.scoped("calls", workspace_id)

    async def page(
        self,
        *,
        now: datetime,
        limit: int,
        after: tuple[datetime, str] | None = None,
        states: Collection[CallState] = (),
        ids: Collection[str] | None = None,
        review: ReviewState | None = None,
    ) -> list[Document]:
        """Return calls, newest first, that may still be seen; `after` is the (created_at, id) of the last one seen.

        Args:
            now: this instant.
            limit: how many at most.
            after: (created_at, id) of the last one seen.
            states: only calls in these states.
            ids: only these.
            review: only calls whose served version's review stands so.
        """
        wanted = [state.value for state in states] or LIVE
        parts: list[Document] = [
            {"retain_until": {"$gt": now}},
            {"state": {"$in": [state for state in wanted if state in LIVE]}},
        ]
        if after is not None:
            moment, call_id = after
            parts.append({"$or": [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": call_id}}]})
        if review is not None:
            parts.append({"review.state": {"$eq": review.value, **TEXT}})
        if ids is not None:
            parts.append({"_id": {"$in": list(ids)}})
        return await self._calls.find({"$and": parts}, sort=(("created_at", -1), ("_id", -1)), limit=limit)

    async def of_people(self, people: Collection[str], *, limit: int) -> tuple[list[str], bool]:
        """Return the ids of calls in which somebody of these takes part, and whether these are all of them.

        By what came with a call, and by its logs and CDRs unless those are too many (`storage.people`).
        """
        among = {"people": {"$in": sorted(people), **TEXT}, "state": {"$in": LIVE}}
        own = await self._calls.find(among, fields=("_id",), limit=limit)
        linked: frozenset[str] | None = None
        with contextlib.suppress(TooManyLinked):
            linked = await linked_calls(self._database, self._workspace_id, people)
        by_log = {"_id": {"$in": sorted(linked or ())}, "state": {"$in": LIVE}}
        told = await self._calls.find(by_log, fields=("_id",), limit=limit)
        return sorted({call["_id"] for call in (*own, *told)}), linked is not None and len(own) < limit

    async def page_of_matches(
        self, state: str, *, now: datetime, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[Document]:
        """Return calls whose match stands so, newest first; `after` is the (created_at, id) of the last one seen."""
        parts: list[Document] = [{"match.state": state, "state": {"$in": LIVE}, "retain_until": {"$gt": now}}]
        if after is not None:
            moment, call_id = after
            parts.append({"$or": [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": call_id}}]})
        return await self._calls.find({"$and": parts}, sort=(("created_at", -1), ("_id", -1)), limit=limit)


async def live_calls_after(resources: Resources, call_id: str, *, limit: int) -> list[Document]:
    """Return calls of any workspace that are not on their way out, in the order of their ids, after this one."""
    return await resources.database.whole("calls").find(
        {"_id": {"$gt": call_id}, "state": {"$in": LIVE}},
        limit=limit,
        fields=("workspace_id", "source", "origin_id", "content_hash", "setup_time"),
    )


async def calls_to_match(resources: Resources, *, now: datetime, limit: int) -> list[Document]:
    """Return calls of any workspace that look for their log now, longest due first."""
    due = {"match.next_try_at": {"$lte": now, **INSTANT}, "state": {"$in": LIVE}}
    return await resources.database.whole("calls").find(due, sort=(("match.next_try_at", 1),), limit=limit)


async def calls_with_due_parts(
    resources: Resources, *, now: datetime, after: str = "", limit: int = 100
) -> list[Document]:
    """Return calls of any workspace of which a part is due before the call itself, in the order of their ids.

    Held ones stay among them, so whoever erases walks on behind the last (`after`).
    """
    due = {"artifacts_due_at": {"$lte": now, **INSTANT}, "state": {"$in": LIVE}, "retain_until": {"$gt": now}}
    return await resources.database.whole("calls").find({**due, "_id": {"$gt": after}}, limit=limit)


async def calls_behind(resources: Resources, workspace_id: str, version: int, *, limit: int) -> list[Document]:
    """Return calls that an earlier version of the workspace's policy dated; those on their way out are none."""
    behind = {"policy_version": {"$lt": version}, "state": {"$in": LIVE}}
    return await resources.database.scoped("calls", workspace_id).find(
        behind, sort=(("policy_version", 1),), limit=limit
    )


async def due_calls(resources: Resources, *, now: datetime, limit: int = 100) -> list[Document]:
    """Return calls of any workspace whose retention is over and that are not on their way out yet."""
    return await resources.database.whole("calls").find(
        {"retain_until": {"$lte": now}, "state": {"$in": LIVE}}, sort=(("retain_until", 1),), limit=limit
    )
