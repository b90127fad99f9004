"""The revocation feed: one row for each item that left, numbered, in a chain of hashes; it only ever grows.

What must never happen here: a row that names a person, a call or a workspace; a row taken back; two rows of one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.chains import Head, linked
from domain.errors import Duplicate
from domain.proofs import REVOCATION_CHAIN, REVOCATION_FIELDS
from storage.mongo import Document
from storage.resources import Resources

MOST_AT_ONCE: Final = 1000
"""Rows of one page, and of one transaction."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """One item that leaves a release, and the constant word for why."""

    release: int
    item_id: str
    reason: str


class RevocationStore:
    """The one writer of `revocations`."""

    def __init__(self, resources: Resources) -> None:
        self._rows = resources.database.whole("revocations")

    async def append(self, revoked: Sequence[Revocation], *, now: datetime, tx: Any) -> int:
        """Append rows in the transaction that revokes the items; return how many are new to the feed.

        An item is in the feed once: after a restore of the records it may have to be revoked a second time.

        Raises:
            Duplicate: another appended at the same time; run the transaction again.
        """
        told = await self.among([one.item_id for one in revoked], tx=tx)
        revoked = [one for one in revoked if one.item_id not in told]
        last = await self._last(tx=tx)
        at = now.replace(microsecond=now.microsecond // 1000 * 1000)
        rows: list[Document] = []
        for one in revoked:
            body = {"release": one.release, "item_id": one.item_id, "reason": one.reason, "at": at}
            last = linked(REVOCATION_CHAIN, last, body, REVOCATION_FIELDS)
            rows.append({"_id": one.item_id, **last})
        if await self._rows.insert_many(rows, tx=tx):
            raise Duplicate("another appended to the feed at the same time")
        return len(rows)

    async def among(self, item_ids: Sequence[str], *, tx: Any = None) -> frozenset[str]:
        """Return those of these items that are in the feed."""
        found = await self._rows.find({"_id": {"$in": list(item_ids)}}, fields=("_id",), tx=tx)
        return frozenset(one["_id"] for one in found)

    async def _last(self, *, tx: Any = None) -> Document | None:
        found = await self._rows.find({}, sort=(("sequence", -1),), limit=1, tx=tx)
        return found[0] if found else None

    async def page(self, *, after: int, limit: int) -> list[Document]:
        """Return rows behind the number `after`, in their order."""
        return await self._rows.find({"sequence": {"$gt": after}}, sort=(("sequence", 1),), limit=limit)

    async def head(self, *, now: datetime) -> Head:
        """Return the newest row of the feed."""
        last = await self._last()
        if last is None:
            return Head(REVOCATION_CHAIN, 0, "", now)
        return Head(REVOCATION_CHAIN, last["sequence"], last["hash"], now)
