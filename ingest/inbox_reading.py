"""Reading the beginning of a dropped file, to tell what it is, and going on from there."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

import zstandard

from ingest.formats import registry, vcon

_PEEK_BYTES: Final = 64 * 1024


def is_vcon(head: bytes) -> bool:
    """Say whether the beginning is that of a vCon, plain or compressed: only so are its recordings taken in."""
    return vcon.recognise(plain_head(head)) >= registry.SURE_ENOUGH


def plain_head(head: bytes) -> bytes:
    """Return the beginning of what is compressed by gzip or zstd; anything else as it is."""
    try:
        if head.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(wbits=31).decompress(head, _PEEK_BYTES)
        if head.startswith(b"\x28\xb5\x2f\xfd"):
            return zstandard.ZstdDecompressor().stream_reader(head).read(_PEEK_BYTES)
    except (zlib.error, zstandard.ZstdError):
        return b""
    return head


async def held(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield the beginning as one piece of at least `_PEEK_BYTES`, or all there is; then the rest."""
    head = b""
    async with aclosing(pieces):
        async for piece in pieces:
            head += piece
            if len(head) >= _PEEK_BYTES:
                break
        yield head
        async for piece in pieces:
            yield piece


async def again(head: bytes, rest: AsyncIterator[bytes] | None = None) -> AsyncIterator[bytes]:
    """Yield what was read of the beginning, then the rest."""
    yield head
    if rest is not None:
        async for piece in rest:
            yield piece
