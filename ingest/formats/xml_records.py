"""Files of XML records, one record at a time, in flat memory, each with its line.

A record that is not well formed costs that record and no other: reading goes on at the next record's start tag, for
phones and switches write names that no XML may hold (`&#55357;`, a bare `&`). Documents one after the other
(`cat *.cdr.xml`) are read as one file. A file that breaks off says so in a rejection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Rejection
from ingest.formats.xml_in import PARSE_ERRORS, Builder, Node, Parser, Stop

_PIECE: Final = 64 * 1024
_TAG_KEPT: Final = 256
"""A record's start tag may be cut in two where one piece ends."""
_ENCODING: Final = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_NEXT_DOCUMENT: Final = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|[A-Za-z_])")


def records(source: Input, names: Collection[str], *, longest: int | None = None) -> Iterator[Node | Rejection]:
    """Yield the elements of these names, wherever they stand, and a rejection for what could not be read.

    Args:
        source: the file.
        names: local names of the elements that are records; they do not nest.
        longest: bytes of one record, the limit of a line when not given.

    Raises:
        FileRefused: `xml_entities`; `xml` when it is no XML from the start; `too_large`.
    """
    yield from _Reading(source, names, longest or source.limits.line_bytes).run()


class _Reading:
    """One pass over a file: the bytes that are still needed, and a parser for each document and after each break.

    `held[0]` is the parser's byte `first` and stands in the file's line `line`.
    """

    def __init__(self, source: Input, names: Collection[str], longest: int) -> None:
        self._source, self._names, self._longest = source, names, longest
        self._limits: Limits = source.limits
        tags = b"|".join(re.escape(name.encode()) for name in names)
        self._record = re.compile(rb"<(?:[\w.-]+:)?(?:" + tags + rb")(?=[\s/>])")
        self._prologue = _prologue(source.head)
        self._held = bytearray()
        self._line = 1
        self._any = False
        self._skipping = False
        self._bare = False  # the document that broke was a record itself, with no element around it
        self._begin(b"")

    def run(self) -> Iterator[Node | Rejection]:
        while piece := self._source.read(_PIECE):
            self._held += piece
            rest: bytes | None = piece
            if self._skipping:
                rest = self._next_record(0)
            if rest is not None:
                yield from self._fed(rest)
            if not self._skipping:
                yield from self._bounded()
        if not self._skipping:
            yield from self._closed()

    def _begin(self, prologue: bytes) -> None:
        self._parser = Parser()
        self._builder = Builder(self._parser, self._names, self._limits.depth, above=self._line - 1)
        self._parser.setContentHandler(self._builder)
        self._recovered = bool(prologue)
        self._skipping = False
        self._first = len(prologue)
        if prologue:
            self._parser.feed(prologue)

    def _fed(self, rest: bytes | None) -> Iterator[Node | Rejection]:
        while rest is not None:
            stop: Stop | None = None
            try:
                self._parser.feed(rest)
            except PARSE_ERRORS as error:
                stop = self._parser.stop(error)
            self._any = self._any or self._builder.seen
            yield from self._taken()
            if stop is None:
                return
            rejection, rest = self._after(stop)
            if rejection is not None:
                yield rejection

    def _taken(self) -> Iterator[Node]:
        for start, end, node in self._builder.done:
            node.raw = self._as_it_stood(start, end)
            yield node
        self._builder.done.clear()

    def _as_it_stood(self, start: int, end: int) -> str:
        begin, last = start - self._first, end - self._first
        if self._held[last : last + 2] == b"</":
            last = self._held.find(b">", last) + 1 or len(self._held)
        return bytes(self._held[begin : min(last, begin + RAW_KEPT)]).decode("utf-8", "replace")

    def _after(self, stop: Stop) -> tuple[Rejection | None, bytes | None]:
        """Return what to say of a break and the bytes to go on with (None: what is held is spent)."""
        builder, at = self._builder, min(max(0, stop.offset - self._first), len(self._held))
        if not self._any:
            raise FileRefused("xml", "the file is not well-formed XML")
        if not self._recovered:
            self._bare = builder.record_depth == 1 or not builder.depth
        if builder.open:
            raw = self._as_it_stood(builder.start, stop.offset)
            rejection = Rejection(builder.open[0].line, stop.reason, stop.message, raw)
            return rejection, self._next_record(max(at, builder.start - self._first + 1))
        if self._recovered and b"</" in (self._held[at : at + 2], self._held[max(0, at - 2) : at]):
            return None, self._restart(self._held.find(b">", at) + 1 or len(self._held), b"")
        ended = builder.seen and builder.depth == (1 if self._recovered else 0)
        if ended and _NEXT_DOCUMENT.match(self._held, at):
            return None, self._restart(at, b"")
        begin = self._held.rfind(b"<", 0, at)
        own = begin < 0 or self._held.find(b">", begin, at) >= 0  # not the end of a tag that broke before it
        begin = at if own else begin
        line = self._line + self._held.count(b"\n", 0, begin)
        raw = self._as_it_stood(self._first + begin, self._first + (self._held.find(b">", at) + 1 or len(self._held)))
        return Rejection(line, stop.reason, stop.message, raw), self._next_record(at + own)

    def _next_record(self, at: int) -> bytes | None:
        found = None if self._prologue is None else self._record.search(self._held, at)
        if found is None:
            self._skipping = True
            self._trim(max(at, len(self._held) - _TAG_KEPT))
            return None
        return self._restart(found.start(), self._prologue or b"")

    def _restart(self, at: int, prologue: bytes) -> bytes:
        self._trim(at)
        self._begin(prologue)
        return bytes(self._held)

    def _trim(self, count: int) -> None:
        self._line += self._held.count(b"\n", 0, count)
        del self._held[:count]
        self._first += count

    def _bounded(self) -> Iterator[Node | Rejection]:
        """Let go of what is read; a record that grows without end is rejected and skipped."""
        builder = self._builder
        self._trim(min(max(0, (builder.start if builder.open else builder.event) - self._first), len(self._held)))
        if len(self._held) <= self._longest + _PIECE:
            return
        if not self._any:
            raise FileRefused("too_large", "something in the file is larger than a record can be")
        end = self._first + len(self._held)
        rejection, rest = self._after(Stop("line_too_long", "the record is longer than a record can be", end))
        if rejection is not None:
            yield rejection
        yield from self._fed(rest)

    def _closed(self) -> Iterator[Node | Rejection]:
        builder = self._builder
        try:
            self._parser.feed(b"", isFinal=True)
        except PARSE_ERRORS as error:
            self._parser.stop(error)
        yield from self._taken()
        if not self._any and not builder.seen:
            raise FileRefused("xml", "the file is not XML")
        if builder.open:
            raw = self._as_it_stood(builder.start, self._first + len(self._held))
            yield Rejection(builder.open[0].line, "xml", "the file ends inside this record", raw)
        elif builder.depth and not (self._recovered and self._bare):
            line = self._line + self._held.count(b"\n")
            yield Rejection(line, "xml", "the file ends before its last element is closed; send all of it")


def _prologue(head: bytes) -> bytes | None:
    """Return what a parser that begins in the middle is told first; None when records cannot be found in bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return None
    found = _ENCODING.search(head[:512])
    encoding = found[1] if found else b"utf-8"
    return b'<?xml version="1.0" encoding="' + encoding + b'"?><recovered>'
