"""gzip and zstd undone as they are read, under the limits that stop a bomb. Recognised by magic number, not by name."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import zstandard

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits

BLOCK_BYTES: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_WINDOW_LOG_BYTES: Final = 128 * 1024 * 1024


class ByteSource(Protocol):
    """Anything with `read(size)`: a file, a pipe, a request's body."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, empty at the end."""
        ...


def unpacked(raw: ByteSource, limits: Limits) -> Iterator[bytes]:
    """Yield the file's bytes in blocks, decompressed when they are gzip or zstd. Raises FileRefused."""
    first = raw.read(BLOCK_BYTES)
    if first.startswith(_GZIP):
        yield from _bounded(_gunzip(raw, first), limits)
    elif first.startswith(_ZSTD):
        yield from _bounded(_unzstd(raw, first), limits)
    else:
        total = 0
        while first:
            total += len(first)
            if total > limits.total_bytes:
                raise FileRefused("too_large", "the file is larger than allowed")
            yield first
            first = raw.read(BLOCK_BYTES)


def _bounded(pieces: Iterator[tuple[int, bytes]], limits: Limits) -> Iterator[bytes]:
    total = 0
    for taken, piece in pieces:
        total += len(piece)
        if total > limits.total_bytes:
            raise FileRefused("too_large", "the decompressed file is larger than allowed")
        if total > limits.ratio_from_bytes and total > limits.ratio * max(taken, 1):
            raise FileRefused("bomb", "the file grows too much when it is decompressed; send it uncompressed")
        if piece:
            yield piece


def _gunzip(raw: ByteSource, block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (bytes read so far, piece); several members one after the other are one file (RFC 1952)."""
    taken = len(block)
    member = zlib.decompressobj(wbits=31)
    try:
        while block:
            piece = member.decompress(block, BLOCK_BYTES)
            yield taken, piece
            block = member.unconsumed_tail
            if member.eof:
                block = member.unused_data.lstrip(b"\0")
                if not block:
                    block = raw.read(BLOCK_BYTES).lstrip(b"\0")
                    taken += len(block)
                if block:
                    member = zlib.decompressobj(wbits=31)
            elif not block:
                block = raw.read(BLOCK_BYTES)
                taken += len(block)
    except zlib.error:
        raise FileRefused("compression", "the file is damaged: it does not decompress") from None
    if not member.eof:
        raise FileRefused("truncated", "the compressed file ends too early; send all of it")


def _unzstd(raw: ByteSource, block: bytes) -> Iterator[tuple[int, bytes]]:
    taken = len(block)
    frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW_LOG_BYTES).decompressobj()
    try:
        while block:
            # zstandard gives all that a block holds: small steps bound what a bomb can make at once
            step, block = block[:512], block[512:]
            yield taken, frame.decompress(step)
            if frame.eof:
                block = frame.unused_data + block
                if not block:
                    block = raw.read(BLOCK_BYTES)
                    taken += len(block)
                if block:
                    frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW_LOG_BYTES).decompressobj()
            elif not block:
                block = raw.read(BLOCK_BYTES)
                taken += len(block)
    except zstandard.ZstdError:
        raise FileRefused("compression", "the file is damaged: it does not decompress") from None
    if not frame.eof:
        raise FileRefused("truncated", "the compressed file ends too early; send all of it")
