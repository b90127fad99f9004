"""Quarantine: rows that were refused and files that were refused whole, sealed, for thirty days at most.

A refused row may hold anything, so nothing of it stands in clear but its line, its reason and what can be done. It is
sealed under the key of the month in which it came and leaves with that month's identifiers at the latest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from domain.errors import Gone, NotFound
from domain.ids import new_id
from domain.policy import Policy
from domain.records import Category
from ingest.formats.record import Rejection
from ingest.traffic import month_of
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer, ValueSealer

KEPT: Final = timedelta(days=30)
SPOOLED: Final = timedelta(days=1)
"""How long a file stays that is being checked before anything of it lands; longer only if its process died."""


class QuarantineStore:
    """The one writer of `quarantine` and of the objects under `q/`, bound to a workspace."""

    def __init__(self, resources: Resources, workspace_id: str) -> None:
        self._held = resources.database.scoped("quarantine", workspace_id)
        self._resources = resources
        self._workspace_id = workspace_id

    def _tags(self, policy: Policy, now: datetime, kept: timedelta) -> Document:
        tags = policy.tags(Category.TRAFFIC_IDENTIFIERS, workspace_id=self._workspace_id, anchor=now)
        return dataclasses.replace(tags, retain_until=min(tags.retain_until, now + kept)).to_document()

    async def _key(self, month: str, now: datetime) -> bytes:
        return await self._resources.keyring.month_key(self._workspace_id, month, now=now)

    async def keep_rows(
        self, import_id: str, refused: Sequence[tuple[int, Rejection]], policy: Policy, *, now: datetime
    ) -> None:
        """Keep refused rows, each with its number among the file's refused ones; the same twice is kept once."""
        tags, month = self._tags(policy, now, KEPT), month_of(now)
        sealer = ValueSealer(await self._key(month, now))
        documents = []
        for number, one in refused:
            row_id = f"{import_id}.{number:09}"
            documents.append(
                {
                    "_id": row_id,
                    **tags,
                    "kind": "row",
                    "import_id": import_id,
                    "raw_line": one.raw_line,
                    "rows": one.rows,
                    "reason": one.reason,
                    "message": one.message,
                    "month": month,
                    "sealed": sealer.seal(one.raw.encode("utf-8", "surrogatepass"), place=f"quarantine/{row_id}/raw"),
                    "created_at": now,
                }
            )
        await self._held.insert_many(documents)

    async def page(self, import_id: str, *, now: datetime, limit: int, after: str | None = None) -> list[Document]:
        """Return refused rows of an import in the order of the file, those behind `after` when it is given."""
        found: Document = {"import_id": import_id, "kind": "row", "retain_until": {"$gt": now}}
        if after is not None:
            found["_id"] = {"$gt": after}
        return await self._held.find(found, limit=limit)

    async def raw_row(self, document: Document, *, now: datetime) -> str:
        """Return a refused row as it came, cut to 4 KiB. Raises Gone when its time is over."""
        if document["retain_until"] <= now:
            raise Gone("the row's retention is over")
        sealer = ValueSealer(await self._key(document["month"], now))
        opened = sealer.unseal(bytes(document["sealed"]), place=f"quarantine/{document['_id']}/raw")
        return opened.decode("utf-8", "surrogatepass")

    async def spool(self, import_id: str, pieces: AsyncIterable[bytes], policy: Policy, *, now: datetime) -> Document:
        """Seal a whole file aside; it goes by itself after a day unless `keep_file` or `drop_file` comes first.

        The document is written before the object, so that no object is ever without one.
        """
        document: Document = {
            "_id": new_id("file"),
            **self._tags(policy, now, SPOOLED),
            "kind": "spool",
            "import_id": import_id,
            "month": month_of(now),
            "object_id": new_id("obj"),
            "size": None,
            "reason": None,
            "created_at": now,
        }
        await self._held.insert(document)
        sealer = ObjectSealer(await self._key(document["month"], now), document["object_id"])
        size = await self._resources.objects.put_sealed(file_key(document), pieces, sealer)
        await self._held.update({"_id": document["_id"]}, {"$set": {"size": size}})
        return {**document, "size": size}

    async def read_file(self, document: Document, *, now: datetime) -> AsyncIterator[bytes]:
        """Yield a kept file as it came. Raises Gone when its time is over."""
        if document["retain_until"] <= now or document["size"] is None:
            raise Gone("the file's retention is over")
        sealer = ObjectSealer(await self._key(document["month"], now), document["object_id"])
        async for piece in self._resources.objects.read_sealed(file_key(document), sealer, plain_size=document["size"]):
            yield piece

    async def file_of(self, import_id: str, *, now: datetime) -> Document:
        """Return the file that is kept of an import. Raises NotFound."""
        found = await self._held.find_one({"import_id": import_id, "kind": "file", "retain_until": {"$gt": now}})
        if found is None:
            raise NotFound("no file of this import is kept", import_id=import_id)
        return found

    async def keep_file(self, document: Document, reason: str, policy: Policy, *, now: datetime) -> None:
        """Keep a spooled file for thirty days: it was refused whole."""
        change = {**self._tags(policy, now, KEPT), "kind": "file", "reason": reason}
        await self._held.update({"_id": document["_id"]}, {"$set": change})

    async def drop_file(self, document: Document) -> None:
        """Delete a spooled file: its rows have landed."""
        await self._resources.objects.delete(file_key(document))
        await self._held.delete({"_id": document["_id"]})


def file_key(document: Document) -> str:
    """Return the key of a file that is kept aside."""
    return f"q/{document['import_id']}/{document['object_id']}"
