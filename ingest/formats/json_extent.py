"""Where each JSON record of a file begins and ends, found without building it and without recursion.

Structure is checked as far as it tells where a record ends: brackets fit, and an object or array stands only where a
value may stand, so a line that lost its end does not swallow the lines behind it. What a record says is for the JSON
parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class End(Enum):
    """How a record ended."""

    WHOLE = auto()
    BROKEN = auto()
    """Brackets or strings do not fit."""
    DEEP = auto()
    LONG = auto()
    TRUNCATED = auto()
    """The file ends inside it."""


@dataclass(frozen=True, slots=True)
class Extent:
    """One record's bytes (what there is of them when it is not whole) and its first line."""

    line: int
    text: bytes
    end: End


_TOKEN: Final = re.compile(rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"|[{}\[\],:"]|[^\s"{}\[\],:]++')
_SPACE: Final = re.compile(rb"[ \t\r\n]*+")
_ALONE: Final = re.compile(rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"|[^,\]\n]*+')
_COLON: Final = ord(":")
_LIST: Final = ord("[")
_REST: Final = re.compile(rb"[^\n]*+")
_MARK: Final = b"\xef\xbb\xbf"
_INDENT_KEPT: Final = 256


class Extents:
    """Iterates over the records of one file. Memory: one block and one record of `longest` bytes."""

    def __init__(self, blocks: Iterator[bytes], longest: int, deepest: int) -> None:
        self._blocks, self._longest, self._deepest = blocks, longest, deepest
        self._buffer = b""
        self._at = 0
        self._line = 1
        self._indent = b""
        self._in_array = False
        self._read = 0
        self._again = 0  # bytes read twice; never more than were read once, so that time stays linear

    def __iter__(self) -> Iterator[Extent]:
        """Yield the file's records in order, and whatever stands where one should."""
        self._more(len(_MARK))
        if self._buffer.startswith(_MARK):
            self._at = len(_MARK)
        while self._to_text():
            mark = self._buffer[self._at : self._at + 1]
            if self._in_array and mark in {b",", b"]"}:
                self._in_array = mark == b","
                self._advance(self._at + 1)
            elif mark == b"[" and not self._in_array:
                self._in_array = True
                self._advance(self._at + 1)
            elif mark in {b"{", b"["}:
                yield self._record()
            else:
                yield self._other()
        if self._in_array:
            yield Extent(self._line, b"", End.TRUNCATED)

    def _more(self, wanted: int) -> bool:
        """Hold at least this many unread bytes more, where the file has them; say whether any came."""
        pieces, got = [self._buffer[self._at :]], 0
        while got < wanted:
            block = next(self._blocks, b"")
            if not block:
                break
            pieces.append(block)
            got += len(block)
        self._buffer, self._at = b"".join(pieces), 0
        self._read += got
        return got > 0

    def _advance(self, to: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, to)
        self._at = to

    def _to_text(self) -> bool:
        """Go over white space; note what stands before the record on its line. False at the end of the file."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            end = found.end() if found else self._at
            line = self._buffer.rfind(b"\n", self._at, end)
            if line >= 0 or self._line == 1:
                self._indent = self._buffer[line + 1 if line >= 0 else self._at : end][-_INDENT_KEPT:]
            self._advance(end)
            if end < len(self._buffer):
                return True
            if not self._more(1):
                return False

    def _record(self) -> Extent:
        """Return the object or array that begins here."""
        stack, before, at = bytearray(), 0, self._at
        while True:
            end, at, before = self._scan(stack, before, at)
            if end is End.WHOLE:
                extent = Extent(self._line, self._buffer[self._at : at], end)
                self._advance(at)
                return extent
            if end is not None:
                return self._failed(end, at)
            held = len(self._buffer) - self._at
            if held > self._longest:
                return self._failed(End.LONG, len(self._buffer))
            at -= self._at
            if not self._more(held + 1):
                return self._failed(End.TRUNCATED, len(self._buffer))

    def _scan(self, stack: bytearray, before: int, at: int) -> tuple[End | None, int, int]:
        """Return how the record ends and where; None when more bytes are needed to say."""
        buffer, deepest = self._buffer, self._deepest
        longest = self._at + self._longest
        for token in _TOKEN.finditer(buffer, at):
            mark = token[0]
            kind = mark[0]
            if kind in b"{[":
                fits = not stack or before == _COLON or (stack[-1] == _LIST and before in b"[,")
                stack.append(kind)
                if not fits or len(stack) > deepest:
                    return End.DEEP if fits else End.BROKEN, token.start(), before
            elif kind in b"}]":
                fits = stack.pop() == kind - 2  # in ASCII a closing bracket stands two behind its opening one
                if not fits:
                    return End.BROKEN, token.start(), before
                if not stack:
                    return End.WHOLE if token.end() <= longest else End.LONG, token.end(), kind
            elif mark == b'"':  # a string that does not end here: no line end may stand in one
                broken = buffer.find(b"\n", token.start()) >= 0
                return End.BROKEN if broken else None, token.start(), before
            before = kind
        return None, len(buffer), before

    def _failed(self, end: End, at: int) -> Extent:
        """Return what broke, and go on at the next line that begins as this record's did."""
        line = self._line
        likely = re.compile(rb"\n" + re.escape(self._indent) + rb"(?=[{\[])")
        start = self._at
        found = likely.search(self._buffer, start + 1)
        if found is not None and found.start() < at:
            if self._again + at - found.start() > self._read:
                found = likely.search(self._buffer, at)
            else:
                self._again += at - found.start()
        text = self._buffer[start : start + 4096 if found is None else min(found.start(), start + 4096)]
        while found is None:
            self._advance(max(self._at, len(self._buffer) - _INDENT_KEPT - 2))
            if not self._more(1):
                self._advance(len(self._buffer))
                self._in_array = False
                return Extent(line, text, end)
            found = likely.search(self._buffer, self._at)
        self._advance(found.end() - len(self._indent) if found.end() > self._at else self._at)
        return Extent(line, text, end)

    def _other(self) -> Extent:
        """Return what stands where a record should: one value of an array, else the rest of the line."""
        stop = _ALONE if self._in_array else _REST
        while True:
            found = stop.match(self._buffer, self._at)
            end = found.end() if found else len(self._buffer)
            held = len(self._buffer) - self._at
            if end < len(self._buffer):
                break
            if held > self._longest:
                return self._failed(End.LONG, len(self._buffer))
            if not self._more(held + 1):
                end = len(self._buffer)
                break
        extent = Extent(self._line, self._buffer[self._at : end].rstrip(), End.WHOLE)
        self._advance(end)
        return extent
