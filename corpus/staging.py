"""What a build keeps between reading and writing: sorted runs of de-identified items, sealed under the release's key.

A run is so small that a unit holds it in memory, and sorted by item id, so that whoever writes a group of items fetches
only its slice of each run. Nothing here outlives the build.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import zstandard

from corpus.items import Lineage
from corpus.places import STAGING, file_key, staging_key
from domain.corpus import CorpusItem
from domain.ids import new_id
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer

RUN_BYTES: Final = 16 * 1024 * 1024
"""Compressed; what a unit holds before it writes a run."""
_HEAD: Final = 8


class StagedItem(msgspec.Struct, array_like=True, frozen=True):
    """An item on its way, with what must not be in a file: its lineage, and what the gates compare it with."""

    item: CorpusItem
    workspace_id: str
    call_token: str
    sealed_call: bytes
    people: tuple[str, ...]
    lawful_until: datetime
    tags: dict[str, Any]
    trace: bytes

    @property
    def lineage(self) -> Lineage:
        """What `corpus_items` gets."""
        told = (self.item.item_id, self.workspace_id, self.call_token, self.sealed_call, self.people)
        return Lineage(*told, self.lawful_until, self.tags)


def staged(item: CorpusItem, lineage: Lineage, trace: bytes) -> StagedItem:
    """Put together what is kept of an item."""
    told = (lineage.workspace_id, lineage.call_token, lineage.sealed_call, lineage.people)
    return StagedItem(item, *told, lineage.lawful_until, lineage.tags, trace)


class Record(NamedTuple):
    """A staged item as bytes, to be sorted and handed on unread."""

    item_id: str
    workspace_id: str
    body: bytes


class Packer:
    """Items to records and back; one for each thread."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(StagedItem).decode
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self._expand = zstandard.ZstdDecompressor().decompress

    def pack(self, one: StagedItem) -> Record:
        """Return an item as a record."""
        return Record(one.item.item_id, one.workspace_id, self._compress(self._encode(one)))

    def unpack(self, record: Record) -> StagedItem:
        """Read a record."""
        return self._decode(self._expand(record.body))


class Staging:
    """The staging objects of one release."""

    def __init__(self, resources: Resources, release_id: str, key: bytes) -> None:
        self._objects = resources.objects
        self._release_id = release_id
        self.key = key

    async def put(self, body: bytes) -> Document:
        """Keep bytes; return by what they are found."""
        object_id = new_id("stg")
        place = staging_key(self._release_id, object_id)
        await self._objects.put_sealed(place, _once(body), ObjectSealer(self.key, object_id))
        return {"object_id": object_id, "size": len(body)}

    async def get(self, kept: Document, *, start: int = 0, end: int | None = None) -> bytes:
        """Return kept bytes [start, end). Raises NotFound once they were cleared."""
        place = staging_key(self._release_id, kept["object_id"])
        sealer = ObjectSealer(self.key, kept["object_id"])
        pieces = self._objects.read_sealed(place, sealer, plain_size=kept["size"], start=start, end=end)
        return b"".join([piece async for piece in pieces])

    async def put_run(self, records: Sequence[Record]) -> Document:
        """Keep a run, sorted."""
        ordered = sorted(records)
        head = msgspec.msgpack.encode([(record.item_id, len(record.body)) for record in ordered])
        body = b"".join([len(head).to_bytes(_HEAD, "big"), head, *(record.body for record in ordered)])
        return {**await self.put(body), "head": _HEAD + len(head), "items": len(ordered)}

    async def get_run(
        self, unit: Document, run: Document, *, least: str = "", below: str | None = None
    ) -> list[Record]:
        """Return the records of a unit's run whose ids lie in [least, below), in their order."""
        whole = await self.get(run) if not least and below is None else b""
        head = whole or await self.get(run, end=run["head"])
        listed: list[tuple[str, int]] = msgspec.msgpack.decode(head[_HEAD : run["head"]], type=list[tuple[str, int]])
        ids = [item_id for item_id, _ in listed]
        first = bisect_left(ids, least)
        last = len(ids) if below is None else bisect_left(ids, below)
        at = run["head"] + sum(length for _, length in listed[:first])
        end = at + sum(length for _, length in listed[first:last])
        if first >= last:
            return []
        body = memoryview(whole)[at:end] if whole else memoryview(await self.get(run, start=at, end=end))
        return _records(unit["workspace_id"], listed[first:last], body)

    async def drop(self, kept: Document) -> None:
        """Delete one object: its unit was done by another."""
        await self._objects.delete(staging_key(self._release_id, kept["object_id"]))

    async def clear(self) -> None:
        """Delete everything that was kept."""
        await self._objects.delete_prefix(file_key(self._release_id, STAGING))


def _records(workspace_id: str, listed: Sequence[tuple[str, int]], body: memoryview) -> list[Record]:
    at = 0
    records = []
    for item_id, length in listed:
        records.append(Record(item_id, workspace_id, bytes(body[at : at + length])))
        at += length
    return records


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
