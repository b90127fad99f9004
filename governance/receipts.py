"""Receipts: the proof that something was erased. One chain per workspace, so that none can be changed or taken out.

What must never happen here: a receipt of what can still be read; one that says who or what it was about. A receipt
holds ids, constant words, counts and instants. It is numbered and holds the hash of the one before, and the audit
event of its erasure names its number and hash: a receipt that is altered, missing, or cut off at the end shows.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.chains import Flaw, Head, Verdict, Walk, entry_hash, linked
from domain.errors import Duplicate, Unavailable
from domain.ids import id_from_bytes
from storage.mongo import Document
from storage.resources import Resources

ERASED_EVENTS: Final = ("call:content:erased", "call:artifact:erased", "traffic:records:erased")
"""The audit events that name a receipt, in `detail.receipt` and `detail.receipt_hash`."""
RECEIPT_FIELDS: Final = (
    "_id",
    "sequence",
    "previous_hash",
    "kind",
    "call_id",
    "artifact",
    "cause",
    "erased_at",
    "erased",
    "key_destroyed",
    "months",
    "earlier",
)
"""What of a receipt its hash covers: everything but its workspace, which names the chain."""
KIND: Final = "receipts"
"""Of a kept head (`domain.chains`)."""
_TRIES: Final = 40
_PAGE: Final = 500
_UNCHAINED: Final = {"sequence": {"$exists": False}}


class ReceiptKind(StrEnum):
    """What was erased."""

    CALL = "call"
    """Everything of a call but its traffic data."""
    ARTIFACT = "artifact"
    """One artifact of a call, such as its recording."""
    TRAFFIC = "traffic"
    """What was due in one round of the sweep: identifiers, rows, refused files, with the keys of months."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a receipt says. `erased` counts by place; `months` are those whose keys were destroyed."""

    kind: ReceiptKind
    cause: str
    erased: Mapping[str, int]
    key_destroyed: bool
    call_id: str | None = None
    artifact: str | None = None
    months: tuple[str, ...] = ()

    def receipt_id(self, round_id: str | None = None) -> str:
        """Return the id of its receipt: always the same, so that an erasure has one however often it is finished."""
        named = f"{self.kind.value}\0{self.call_id or round_id}\0{self.artifact or ''}"
        return id_from_bytes("rcpt", hashlib.sha256(named.encode()).digest()[:16])


class ReceiptStore:
    """The one writer of `receipts`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._receipts = resources.database.scoped("receipts", workspace_id)
        self._events = resources.database.scoped("audit_events", workspace_id)
        self._audit = resources.audit
        self._workspace_id = workspace_id

    async def add(self, erased: Erased, event: str, *, round_id: str | None = None, now: datetime) -> Document:
        """Append a receipt and its audit event, each once, however often this is asked; return the receipt.

        Raises:
            Unavailable: others appended first every time.
        """
        receipt = await self._add(erased, erased.receipt_id(round_id), now)
        named = hashlib.sha256(f"{event}:{receipt['_id']}".encode()).digest()[:16]
        detail: dict[str, str | int] = {"cause": erased.cause}
        if "sequence" in receipt:  # one of an earlier version has no place in the chain
            detail |= {"receipt": receipt["sequence"], "receipt_hash": receipt["hash"]}
        await self._audit.append(
            self._workspace_id,
            event,
            actor="purge",
            now=now,
            call_id=erased.call_id,
            detail=detail,
            event_id=id_from_bytes("evt", named),
        )
        return receipt

    async def _add(self, erased: Erased, receipt_id: str, now: datetime) -> Document:
        for tried in range(_TRIES):
            there = await self._there(erased, receipt_id)
            if there is not None:
                return there
            receipt = await self._next(erased, receipt_id, now)
            try:
                await self._receipts.insert(receipt)
            except Duplicate:
                await asyncio.sleep(random.uniform(0, 0.005 * tried))  # noqa: S311 - spreads the tries, keeps no secret
                continue
            return receipt
        raise Unavailable("the chain of receipts was too busy to append to")

    async def _there(self, erased: Erased, receipt_id: str) -> Document | None:
        found = await self._receipts.find_one({"_id": receipt_id})
        if found is None and erased.kind is ReceiptKind.CALL:
            return await self.of_call(str(erased.call_id))
        return found

    async def _next(self, erased: Erased, receipt_id: str, now: datetime) -> Document:
        last = await self._last()
        body: Document = {
            "_id": receipt_id,
            "workspace_id": self._workspace_id,
            "kind": erased.kind.value,
            "call_id": erased.call_id,
            "artifact": erased.artifact,
            "cause": erased.cause,
            "erased_at": now.replace(microsecond=now.microsecond // 1000 * 1000),
            "erased": dict(erased.erased),
            "key_destroyed": erased.key_destroyed,
            "months": sorted(erased.months),
            "earlier": await self._earlier() if last is None else None,
        }
        return linked(self._workspace_id, last, body, RECEIPT_FIELDS)

    async def _last(self) -> Document | None:
        found = await self._receipts.find({"sequence": {"$exists": True}}, sort=(("sequence", -1),), limit=1)
        return found[0] if found else None

    async def _earlier(self) -> str:
        """Return a hash of the receipts from before there was a chain: its first receipt vouches for them."""
        digest, found = hashlib.sha256(), dict(_UNCHAINED)
        while page := await self._receipts.find(found, limit=_PAGE):
            for receipt in page:
                told = {name: receipt.get(name) for name in RECEIPT_FIELDS}
                digest.update(entry_hash(self._workspace_id, told, RECEIPT_FIELDS).encode())
            found = {**_UNCHAINED, "_id": {"$gt": page[-1]["_id"]}}
        return digest.hexdigest()

    async def of_call(self, call_id: str) -> Document | None:
        """Return the receipt of a whole call, None when there is none."""
        return await self._receipts.find_one({"call_id": call_id, "artifact": None})

    async def page(self, *, limit: int, before: int | None = None) -> list[Document]:
        """Return receipts, newest first: those before this number when it is given."""
        found: Document = {"sequence": {"$exists": True} if before is None else {"$lt": before}}
        return await self._receipts.find(found, sort=(("sequence", -1),), limit=limit)

    async def head(self, *, now: datetime) -> Head:
        """Return the newest receipt's number and hash, to be kept elsewhere."""
        last = await self._last()
        return (
            Head(self._workspace_id, last["sequence"], last["hash"], now)
            if last
            else Head(self._workspace_id, 0, "", now)
        )

    async def verify(self, *, kept: Head | None = None) -> Verdict:
        """Follow the whole chain, a page at a time; beside a head that was kept, and beside what the audit log names.

        Raises ValueError when the kept head is another workspace's.
        """
        walks = [Walk(self._workspace_id, RECEIPT_FIELDS, kept=one) for one in (kept, await self._audited())]
        after = 0
        while page := await self._receipts.find({"sequence": {"$gt": after}}, sort=(("sequence", 1),), limit=_PAGE):
            if after == 0 and page[0].get("earlier") != await self._earlier():
                return Verdict(0, "", Flaw.CHANGED, 0)
            for receipt in page:
                for walk in walks:
                    walk.take(receipt)
            after = page[-1]["sequence"]
        verdicts = [walk.end() for walk in walks]
        return next((one for one in verdicts if one.flaw is not None), verdicts[0])

    async def unchained(self) -> int:
        """Count the receipts of an earlier version, which had no chain; the first one of the chain vouches for them."""
        return await self._receipts.count(_UNCHAINED)

    async def _audited(self) -> Head | None:
        """Return the newest receipt that the audit log names."""
        named = {"event": {"$in": list(ERASED_EVENTS)}, "detail.receipt": {"$exists": True}}
        found = await self._events.find(named, sort=(("sequence", -1),), limit=_PAGE)
        newest = max(found, key=lambda event: event["detail"]["receipt"], default=None)
        if newest is None:
            return None
        detail = newest["detail"]
        return Head(self._workspace_id, detail["receipt"], detail["receipt_hash"], newest["at"])
