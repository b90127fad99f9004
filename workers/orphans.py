"""Objects without a record and records without their object: found by a walk through the store, and closed.

What must never happen here: an object deleted that a record refers to, or will in a moment, or that is not ours. So
nothing younger than the grace is looked at; the store is listed first and the records are read after it, and once more
right before each deletion; and an object whose call our keys never knew belongs to somebody else, and stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.calls import CallState
from domain.ids import is_id
from storage.mongo import Document
from storage.resources import Resources
from storage.s3 import Listed
from workers.missing import MissingRecordings
from workers.runner import utc_now

log = structlog.get_logger()

INCOMING, KEPT = "u/", "c/"
PAGES_A_ROUND: Final = 5
"""How much is looked at between two rounds of the relay, which has other things to do."""
_UPLOAD_DEPTHS: Final = (3, 4)
_KEPT_DEPTH: Final = 3


class Records:
    """What the records say of objects."""

    def __init__(self, resources: Resources) -> None:
        self._keys = resources.database.whole("keys")
        self._calls = resources.database.whole("calls")
        self._recordings = resources.database.whole("recordings")
        self._redactions = resources.database.whole("redactions")

    async def orphans(self, keys: Iterable[str]) -> dict[str, str]:
        """Return those objects of ours to which no record refers: key → workspace."""
        named = {key: call_id for key in keys if (call_id := call_of(key)) is not None}
        owners = await self.owners(named)
        known: Document = {"_id": {"$in": sorted(owners)}}
        states = {one["_id"]: one["state"] for one in await self._calls.find(known, fields=("state",))}
        referred = await self._referred(owners)
        return {
            key: owners[call_id]
            for key, call_id in named.items()
            if call_id in owners
            and states.get(call_id) != CallState.ERASING.value  # erasing it is under way
            and not any(key == one or key.startswith(f"{one}/") for one in referred.get(call_id, ()))
        }

    async def owners(self, keys: Iterable[str]) -> dict[str, str]:
        """Return call → workspace for the calls that these objects lie under and that are or were ours."""
        ids = sorted({call_id for key in keys if (call_id := call_of(key)) is not None})
        found = await self._keys.find({"_id": {"$in": ids}, "kind": "call"}, fields=("workspace_id",))
        return {one["_id"]: one["workspace_id"] for one in found}

    async def _referred(self, owners: dict[str, str]) -> dict[str, set[str]]:
        """Return call → the keys that its records refer to."""
        among = {"workspace_id": {"$in": sorted(set(owners.values()))}, "call_id": {"$in": sorted(owners)}}
        referred: dict[str, set[str]] = {}
        for one in await self._recordings.find(among, fields=("call_id", "upload.key", "original.object_id")):
            original = one.get("original")
            place = one["upload"].get("key") if original is None else f"{KEPT}{one['call_id']}/{original['object_id']}"
            referred.setdefault(one["call_id"], set()).add(place)
        for one in await self._redactions.find(among, fields=("call_id", "audio.object_id")):
            if one.get("audio"):
                referred.setdefault(one["call_id"], set()).add(f"{KEPT}{one['call_id']}/{one['audio']['object_id']}")
        return referred


class OrphanWatch:
    """Walks through the store page by page, a few pages at a time, and begins anew after a pause."""

    def __init__(self, resources: Resources, *, page: int = 1000) -> None:
        self._resources = resources
        self._records = Records(resources)
        self._missing = MissingRecordings(resources)
        self._page = page
        self._prefixes: list[str] = []
        self._after = ""
        self._not_before = time.monotonic() + resources.settings.orphans_every_s

    async def go_on(self) -> None:
        """Look at the next pages, if it is time. The first walk begins one pause after the start."""
        every_s = self._resources.settings.orphans_every_s
        if not every_s or time.monotonic() < self._not_before:
            return
        for _ in range(PAGES_A_ROUND):
            if not await self.step(now=utc_now()):
                self._not_before = time.monotonic() + every_s
                return

    async def walk(self, *, now: datetime) -> None:
        """Look at everything once."""
        while await self.step(now=now):
            continue

    async def step(self, *, now: datetime) -> bool:
        """Look at the next page; False when the walk is over. What fails is looked at again in the next walk."""
        if not self._prefixes:
            self._prefixes, self._after = [INCOMING, KEPT], ""
            self._missing.begin()
            await self._abort_halves(now)
        prefix = self._prefixes[0]
        page = await self._resources.objects.list_page(prefix, after=self._after, limit=self._page)
        if prefix == KEPT:
            await self._missing.look([listed.key for listed in page], now=now)
        await self._remove(page, now)
        if page:
            self._after = page[-1].key
            return True
        self._prefixes, self._after = self._prefixes[1:], ""
        return bool(self._prefixes)

    def _grace_over(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self._resources.settings.orphan_grace_s)

    async def _remove(self, page: Sequence[Listed], now: datetime) -> None:
        old = [listed.key for listed in page if listed.modified_at <= self._grace_over(now)]
        if not old:
            return
        orphans = await self._records.orphans(old)
        await self._tell(Counter(orphans.values()), "objects", now)
        removed = 0
        for key in orphans:
            if await self._records.orphans([key]):  # it may have been settled since
                await self._resources.objects.delete(key)
                removed += 1
        if orphans:
            log.warning("objects:orphans:removed", objects=removed, found=len(orphans))

    async def _abort_halves(self, now: datetime) -> None:
        """Drop multipart uploads that nobody goes on with: one of ours is open for the minutes of sealing only."""
        for prefix in (INCOMING, KEPT):
            found = await self._resources.objects.open_uploads(prefix)
            old = [one for one in found if one.started_at <= self._grace_over(now)]
            owners = await self._records.owners(one.key for one in old)
            ours = [upload for upload in old if call_of(upload.key) in owners]
            await self._tell(Counter(owners[str(call_of(upload.key))] for upload in ours), "half_written", now)
            for upload in ours:
                await self._resources.objects.abort_multipart(upload.key, upload=upload.upload_id)

    async def _tell(self, counts: Counter[str], what: str, now: datetime) -> None:
        """Write the audit line before anything goes: a walk that is killed tells too much rather than too little."""
        for workspace_id, number in counts.items():
            await self._resources.audit.append(
                workspace_id, "objects:orphans:removed", actor="sweep", now=now, detail={what: number}
            )


def call_of(key: str) -> str | None:
    """Return the call that an object of ours lies under, None for any other key."""
    prefix, *rest = key.split("/")
    depths = _UPLOAD_DEPTHS if f"{prefix}/" == INCOMING else (_KEPT_DEPTH,)
    shaped = f"{prefix}/" in {INCOMING, KEPT} and len(rest) + 1 in depths and is_id("call", rest[0])
    return rest[0] if shaped else None
