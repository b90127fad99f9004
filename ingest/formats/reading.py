"""Bytes in: decompressed under limits, split into lines, decoded. Memory: one block and one line.

Compression is recognised by its magic number, not by a file's name. A bomb is refused by ratio and by size while it is
being read (`FileRefused`); a line over the limit is refused as a row and skipped to its end.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits
from ingest.formats.record import Rejection
from ingest.formats.registry import HEAD_BYTES
from ingest.formats.unpacking import BLOCK_BYTES, ByteSource, unpacked

RAW_KEPT: Final = 4096

__all__ = ["BLOCK_BYTES", "RAW_KEPT", "ByteSource", "Input", "text_lines"]


class Input:
    """The decompressed bytes of one file, with a look at its beginning."""

    def __init__(self, raw: ByteSource, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._blocks = unpacked(raw, self.limits)
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

    def all_bytes(self) -> bytes:
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
        for batch in self.batches(encoding):
            if isinstance(batch, Rejection):
                yield batch
            else:
                number, texts = batch
                yield from enumerate(texts, number)

    def batches(self, encoding: str = "utf-8") -> Iterator[tuple[int, list[str]] | Rejection]:
        """Yield the same lines in lists, each with the number of its first line."""
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


def _decoded(batches: Iterator[list[bytes] | None], encoding: str) -> Iterator[tuple[int, list[str]] | Rejection]:
    number = 1
    for batch in batches:
        if batch is None:
            yield Rejection(number, "line_too_long", "the line is longer than 1 MiB; it was skipped to its end")
            number += 1
            continue
        lines = _texts(batch, encoding)
        if lines is None:
            yield from _one_by_one(batch, encoding, number)
        else:
            yield number, lines
        number += len(batch)


def _texts(batch: list[bytes], encoding: str) -> list[str] | None:
    """Return the lines as text; None when one cannot be decoded, or the encoding makes line ends of other bytes."""
    try:
        text = b"\n".join(batch).decode(encoding)
    except UnicodeError:
        return None
    lines = (text.replace("\r\n", "\n") if "\r\n" in text else text).split("\n")
    if len(lines) != len(batch):
        return None
    lines[-1] = lines[-1].removesuffix("\r")
    return lines


def _one_by_one(batch: list[bytes], encoding: str, number: int) -> Iterator[tuple[int, list[str]] | Rejection]:
    for at, line in enumerate(batch, number):
        try:
            text = line.decode(encoding)
        except UnicodeError:
            text = "\n"
        if "\n" in text:
            raw = line[:RAW_KEPT].decode("latin-1")
            yield Rejection(at, "encoding", f"the line is not {encoding}; set the source's encoding", raw)
            continue
        yield at, [text.removesuffix("\r")]
