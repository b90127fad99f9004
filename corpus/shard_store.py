"""Files of a release in the object store: sealed while they are written, read back row group by row group."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import io
from bisect import bisect_right
from collections.abc import AsyncIterator
from typing import Any, Final

import pyarrow.parquet as pq

from corpus.places import file_key
from corpus.shards import ShardWriter
from domain.ids import new_id
from storage.mongo import Document
from storage.resources import Resources
from storage.sealing import ObjectSealer

MEDIA_TYPE: Final = "application/vnd.apache.parquet"


class ShardStore:
    """Writes and reads the Parquet files of one release."""

    def __init__(self, resources: Resources, release_id: str, key: bytes) -> None:
        self._objects = resources.objects
        self._release_id = release_id
        self._key = key

    async def write(
        self, tables: AsyncIterator[Any], *, limit: int | None = None, object_id: str | None = None
    ) -> Document | None:
        """Write tables as one file, each as a row group; None when there was none to write.

        Args:
            tables: taken from one by one; with a `limit` the rest is left in it for the next file.
            limit: bytes that the file must not have more of.
            object_id: a fresh id that the caller wrote down before; made here when left out.

        Returns:
            object_id, size, sha256 (of the plain bytes), rows, media_type.
        """
        first = await anext(tables, None)
        if first is None:
            return None
        object_id, writer, digest = object_id or new_id("obj"), ShardWriter(), hashlib.sha256()

        async def pieces() -> AsyncIterator[bytes]:
            table, largest = first, 0
            while table is not None:
                piece = await asyncio.to_thread(writer.write, table)
                largest = max(largest, len(piece))
                digest.update(piece)
                yield piece
                full = limit is not None and writer.size + 2 * largest + writer.foot > limit
                table = None if full else await anext(tables, None)
            piece = writer.finish()
            digest.update(piece)
            yield piece

        place = file_key(self._release_id, object_id)
        size = await self._objects.put_sealed(place, pieces(), ObjectSealer(self._key, object_id))
        told = {"object_id": object_id, "size": size, "sha256": digest.hexdigest()}
        return {**told, "rows": writer.rows, "media_type": MEDIA_TYPE}

    async def read(self, file: Document, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the plain bytes [start, end) of a file."""
        place = file_key(self._release_id, file["object_id"])
        sealer = ObjectSealer(self._key, file["object_id"])
        async for piece in self._objects.read_sealed(place, sealer, plain_size=file["size"], start=start, end=end):
            yield piece

    async def tables(self, file: Document) -> AsyncIterator[Any]:
        """Yield the row groups of a file as tables, one in memory at a time."""
        loop = asyncio.get_running_loop()
        source = await asyncio.to_thread(lambda: pq.ParquetFile(_SealedFile(self, file, loop)))
        try:
            for number in range(source.num_row_groups):
                yield await asyncio.to_thread(source.read_row_group, number)
        finally:
            await asyncio.to_thread(functools.partial(source.close, force=True))

    async def near(self, file: Document, row: int) -> list[Any]:
        """Return the row group that holds a row number, and the one before: rows move up when others leave."""
        loop = asyncio.get_running_loop()

        def groups() -> list[Any]:
            source = pq.ParquetFile(_SealedFile(self, file, loop))
            begins = [0]
            for group in range(source.num_row_groups):
                begins.append(begins[-1] + source.metadata.row_group(group).num_rows)
            at = max(0, bisect_right(begins[:-1], row) - 1)
            return [source.read_row_group(one) for one in range(at, max(-1, at - 2), -1)]

        return await asyncio.to_thread(groups)

    async def drop(self, file: Document) -> None:
        """Delete a file's object."""
        await self._objects.delete(file_key(self._release_id, file["object_id"]))


class _SealedFile(io.RawIOBase):
    """A sealed object as a file to read from any place, for a library that runs in a thread of its own."""

    def __init__(self, store: ShardStore, file: Document, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._store, self._file, self._loop = store, file, loop
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file["size"]}[whence]
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._file["size"] if size < 0 else min(self._file["size"], self._at + size)
        if end <= self._at:
            return b""
        found = asyncio.run_coroutine_threadsafe(self._fetched(self._at, end), self._loop).result()
        self._at = end
        return found

    async def _fetched(self, start: int, end: int) -> bytes:
        return b"".join([piece async for piece in self._store.read(self._file, start=start, end=end)])
