"""Bytes in: decompressed under limits, split into lines, decoded. Memory: one block and one line.

Compression is recognised by its magic number, not by a file's name. A bomb is refused by ratio and by size while it is
being read (`FileRefused`); a line over the limit is refused as a row and skipped to its end.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import zstandard

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits
from ingest.formats.record import Rejection
from ingest.formats.registry import HEAD_BYTES

BLOCK_BYTES: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_WINDOW_LOG_BYTES: Final = 128 * 1024 * 1024
RAW_KEPT: Final = 4096


class ByteSource(Protocol):
    """Anything with `read(size)`: a file, a pipe, a request's body."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, empty at the end."""
        ...


class Input:
    """The decompressed bytes of one file, with a look at its beginning."""

    def __init__(self, raw: ByteSource, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._blocks = _decompressed(raw, self.limits)
        self._ahead = bytearray()
        self.head = self._look()

    def _look(self) -> bytes:
        for block in self._blocks:
            self._ahead += block
            if len(self._ahead) >= HEAD_BYTES:
                break
        return bytes(self._ahead[:HEAD_BYTES])

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes in blocks. May be asked once."""
        if self._ahead:
            first = bytes(self._ahead)
            self._ahead.clear()
            yield first
        yield from self._blocks

    def whole(self) -> bytes:
        """Return all bytes of a file that is one document. Raises FileRefused over `limits.document_bytes`."""
        read = bytearray()
        for block in self.blocks():
            read += block
            if len(read) > self.limits.document_bytes:
                raise FileRefused("too_large", "the document is larger than a single record can be")
        return bytes(read)

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes (all of them when negative), for readers that pull (XML, JSON)."""
        while size < 0 or len(self._ahead) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._ahead += block
        taken = bytes(self._ahead) if size < 0 else bytes(self._ahead[:size])
        del self._ahead[: len(taken)]
        return taken

    def lines(self, encoding: str = "utf-8") -> Iterator[tuple[int, str] | Rejection]:
        """Yield (line number, text without its end) and a rejection for each line that cannot be read.

        A byte order mark decides over `encoding` and is taken off. Lines end with LF or CRLF; a lone CR ends none.
        """
        blocks, encoding = _unmarked(self.blocks(), codecs.lookup(encoding).name)
        if encoding.startswith(("utf-16", "utf-32")):
            blocks, encoding = _as_utf8(blocks, encoding), "utf-8"
        return _decoded(_split(blocks, self.limits.line_bytes), encoding)


def text_lines(head: bytes) -> Iterator[tuple[int, str] | Rejection]:
    """Yield the lines of a file's beginning as text, for `recognise`: the last one, which may be cut, is left out."""
    blocks, encoding = _unmarked(iter([head]), "utf-8")
    text = b"".join(blocks).decode(encoding, errors="replace")
    lines = text.split("\n")
    if len(head) >= HEAD_BYTES:
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield number, line.removesuffix("\r")


def _decompressed(raw: ByteSource, limits: Limits) -> Iterator[bytes]:
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


_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _unmarked(blocks: Iterator[bytes], encoding: str) -> tuple[Iterator[bytes], str]:
    first = next(blocks, b"")
    for mark, named in _MARKS:
        if first.startswith(mark):
            first, encoding = first[len(mark) :], named
            break

    def again() -> Iterator[bytes]:
        yield first
        yield from blocks

    return again(), encoding


def _as_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise FileRefused("encoding", "the file's byte order mark says UTF-16 or UTF-32, and it is not") from None


def _split(blocks: Iterator[bytes], longest: int) -> Iterator[list[bytes] | None]:
    """Yield lists of whole lines; None stands for one line that was too long."""
    rest, skipping = b"", False
    for block in blocks:
        if skipping:
            end = block.find(b"\n")
            if end < 0:
                continue
            block, skipping = block[end + 1 :], False  # noqa: PLW2901 - what is left of it
            yield None
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        if len(rest) > longest:
            rest, skipping = b"", True
        if len(block) > longest and any(len(line) > longest for line in lines):
            for line in lines:
                yield None if len(line) > longest else [line]
        elif lines and len(lines[0]) > longest:
            yield None
            yield lines[1:]
        else:
            yield lines
    if skipping:
        yield None
    elif rest:
        yield [rest]


def _decoded(batches: Iterator[list[bytes] | None], encoding: str) -> Iterator[tuple[int, str] | Rejection]:
    number = 0
    for batch in batches:
        if batch is None:
            number += 1
            yield Rejection(number, "line_too_long", "the line is longer than 1 MiB; it was skipped to its end")
            continue
        try:
            lines = b"\n".join(batch).decode(encoding).split("\n")
        except UnicodeError:
            yield from _one_by_one(batch, encoding, number)
            number += len(batch)
            continue
        if len(lines) != len(batch):  # an empty batch
            lines = lines[: len(batch)]
        for text in lines:
            number += 1
            yield number, (text.removesuffix("\r"))


def _one_by_one(batch: list[bytes], encoding: str, number: int) -> Iterator[tuple[int, str] | Rejection]:
    for line in batch:
        number += 1
        try:
            text = line.decode(encoding)
        except UnicodeError:
            raw = line[:RAW_KEPT].decode("latin-1")
            yield Rejection(number, "encoding", f"the line is not {encoding}; set the source's encoding", raw)
            continue
        yield number, text.removesuffix("\r")
