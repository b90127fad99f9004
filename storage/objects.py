"""The object store. What we keep is sealed before it leaves the process, at `c/{call}/{object}`.

Keys are opaque: ids, never names or numbers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator

from domain.errors import TooLarge
from storage.dropped import Dropped
from storage.erasing import Erasing
from storage.opening import Opening
from storage.s3 import PART_BYTES, UploadedPart
from storage.sealing import CHUNK_BYTES, SEALED_CHUNK_BYTES, ObjectSealer, SealingWriter, sealed_size
from storage.uploads import Uploads


class ObjectStore(Uploads, Dropped, Erasing):
    """Sealed objects in the bucket, and the uploads and dropped files that they are made from."""

    async def put_sealed(
        self, key: str, pieces: AsyncIterable[bytes], sealer: ObjectSealer, *, limit: int | None = None
    ) -> int:
        """Seal and store what the iterator yields; return the plain size. Memory: one part.

        Raises:
            TooLarge: when more than `limit` bytes come; nothing is kept then.
        """
        writer = SealingWriter(sealer)
        ready = bytearray()
        upload: str | None = None
        parts: list[UploadedPart] = []
        try:
            async for piece in pieces:
                ready += writer.feed(piece)
                if limit is not None and writer.plain_size > limit:
                    raise TooLarge("the recording is larger than allowed", limit_bytes=limit)
                while len(ready) >= PART_BYTES:
                    upload = upload or str((await self.call("create_multipart_upload", Key=key))["UploadId"])
                    parts.append(await self._put_part(key, upload, len(parts) + 1, bytes(ready[:PART_BYTES])))
                    del ready[:PART_BYTES]
            ready += writer.finish()
            if upload is None:
                await self.call("put_object", Key=key, Body=bytes(ready))
            else:
                parts.append(await self._put_part(key, upload, len(parts) + 1, bytes(ready)))
                await self.finish_multipart(key, upload=upload, parts=parts)
        except BaseException:
            if upload is not None:
                await asyncio.shield(self.abort_multipart(key, upload=upload))
            raise
        return writer.plain_size

    async def _put_part(self, key: str, upload: str, number: int, body: bytes) -> UploadedPart:
        answer = await self.call("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=body)
        return UploadedPart(number, str(answer["ETag"]), len(body))

    async def read_sealed(
        self, key: str, sealer: ObjectSealer, *, plain_size: int, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Yield the plain bytes [start, end) of a sealed object; only the chunks that hold them are fetched.

        Raises:
            NotFound: no such object.
            CannotOpen: it was changed or cut.
        """
        stop = plain_size if end is None else min(end, plain_size)
        if start >= stop and plain_size:
            return
        last_chunk = max(0, -(-plain_size // CHUNK_BYTES) - 1)
        number = start // CHUNK_BYTES
        final = min(last_chunk, max(0, stop - 1) // CHUNK_BYTES)
        first_byte = number * SEALED_CHUNK_BYTES
        last_byte = min(sealed_size(plain_size), (final + 1) * SEALED_CHUNK_BYTES) - 1
        answer = await self.call("get_object", Key=key, Range=f"bytes={first_byte}-{last_byte}")
        opening = Opening(answer["Body"], sealer, first=number, final=final, last=last_chunk)
        offset = number * CHUNK_BYTES
        async with contextlib.aclosing(opening.pieces()) as pieces:
            async for plain in pieces:
                wanted = plain[max(0, start - offset) : stop - offset]
                offset += len(plain)
                if wanted:
                    yield wanted
