"""Items leave: revoked, told in the feed, and their files closed, in one transaction; the files are written anew after.

What must never happen here: an item in the feed whose rows are still served, or one whose rows are gone that the feed
does not name. So all three are written together, and a file is served only while no item of it has left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from corpus.items import ItemStore
from corpus.release_files import FileState, first_name
from corpus.releases import ReleaseStore
from corpus.revocations import Revocation, RevocationStore
from domain.errors import Duplicate, NotFound, Unavailable
from domain.jobs import Queue
from storage.key_opening import PLATFORM
from storage.mongo import Document
from storage.resources import Resources

log = structlog.get_logger()

REWRITE_TASK: Final = "corpus_rewrite"
_AT_ONCE: Final = 500
_TRIES: Final = 20


class _Overtaken(Exception):
    """Somebody else changed the release meanwhile; the transaction is run again."""


async def take_out(resources: Resources, items: Mapping[str, str], *, now: datetime) -> int:
    """Let items leave their releases; return how many did just now. Safe to run twice, and by several at once.

    From here on no file with one of them is served. Each release gets a job that writes its files anew.

    Args:
        resources: the stores.
        items: item id → the constant word for why.
        now: this instant.

    Raises:
        Unavailable: others changed the same releases every time.
    """
    by_release: defaultdict[int, list[Document]] = defaultdict(list)
    ids = sorted(items)
    for first in range(0, len(ids), _AT_ONCE):
        for item in await ItemStore(resources).still_in(ids[first : first + _AT_ONCE]):
            by_release[item["release"]].append(item)
    left = 0
    for number, leaving in sorted(by_release.items()):
        for first in range(0, len(leaving), _AT_ONCE):
            chunk = leaving[first : first + _AT_ONCE]
            left += await _together(resources, number, {one["_id"]: items[one["_id"]] for one in chunk}, now)
        await _ask_for_rewriting(resources, number, now)
        log.info("corpus:items:revoked", release=number, items=len(leaving))
    return left


async def _together(resources: Resources, number: int, reasons: Mapping[str, str], now: datetime) -> int:
    async def write(tx: Any) -> int:
        return await _revoke(resources, number, reasons, now, tx)

    for _ in range(_TRIES):
        try:
            return await resources.database.transaction(write)
        except (Duplicate, _Overtaken):
            continue
    raise Unavailable("others change the release all the time; it is tried again", release=number)


async def _revoke(resources: Resources, number: int, reasons: Mapping[str, str], now: datetime, tx: Any) -> int:
    store, releases = ItemStore(resources), ReleaseStore(resources)
    items = await store.still_in(list(reasons), tx=tx)
    if not items:
        return 0
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for one in items:
        by_reason[reasons[one["_id"]]].append(one["_id"])
    for reason, ids in by_reason.items():
        await store.revoke(ids, reason=reason, now=now, tx=tx)
    told = [Revocation(number, one["_id"], reasons[one["_id"]]) for one in sorted(items, key=lambda one: one["_id"])]
    await RevocationStore(resources).append(told, now=now, tx=tx)
    release = await releases.numbered(number, tx=tx)
    closed = _closed(release, {one["file"] for one in items})
    if not await releases.revise(release["_id"], release["revision"], {"files": closed}, tx=tx):
        raise _Overtaken
    return len(items)


def _closed(release: Document, first_names: set[str]) -> list[Document]:
    """Return the release's files, those of these first names closed from the next revision on."""
    marked = {"state": FileState.STALE.value, "marked": release["revision"] + 1}
    return [
        {**one, **marked} if first_name(one["name"]) in first_names and one["state"] != FileState.REMOVED else one
        for one in release["files"]
    ]


async def close_files(resources: Resources, *, now: datetime) -> None:
    """Close files that are served with items that left: those of a build that ended after they had.

    A release that is being built is left alone: its build writes all files, and asks who left at its end.
    """
    by_release: defaultdict[int, set[str]] = defaultdict(set)
    for number, file in await ItemStore(resources).leaving_files():
        by_release[number].add(file)
    releases = ReleaseStore(resources)
    for number, files in by_release.items():
        for _ in range(_TRIES):
            release = await releases.numbered(number)
            open_ones = {
                str(first_name(one["name"]))
                for one in release["files"]
                if one["state"] == FileState.CURRENT and not one.get("erasing") and first_name(one["name"]) in files
            }
            if not open_ones or release["phase"] is not None:
                break
            fields = {"files": _closed(release, open_ones)}
            if await releases.revise(release["_id"], release["revision"], fields):
                await _ask_for_rewriting(resources, number, now)
                break


async def _ask_for_rewriting(resources: Resources, number: int, now: datetime) -> None:
    try:
        release = await ReleaseStore(resources).numbered(number)
    except NotFound:
        return
    await ensure_rewriting(resources, [release], now=now)


async def ensure_rewriting(resources: Resources, releases: Sequence[Document], *, now: datetime) -> None:
    """Give each of these releases a job that writes its closed files anew, unless one is open."""
    ids = [one["_id"] for one in releases]
    under_way = await resources.outbox.with_open(PLATFORM, ids, REWRITE_TASK)
    for release_id in ids:
        if release_id not in under_way:
            await resources.outbox.add(
                workspace_id=PLATFORM, call_id=release_id, task=REWRITE_TASK, queue=Queue.LANGUAGE, now=now
            )
