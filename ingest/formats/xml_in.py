"""XML elements, read without danger: no entities, no external references, bounded depth.

What must never happen here: an entity expanded or a reference followed. defusedxml refuses both at their declaration.
`tree` reads one document; `ingest.formats.xml_records` reads files of many records.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from ingest.formats.errors import FileRefused
from ingest.formats.options import Limits


@dataclass(slots=True)
class Node:
    """One element: local name (prefix taken off), attributes, the text right inside it, children, its line."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    raw: str = ""
    """Of a record: how it stood in the file, cut to 4 KiB."""

    @property
    def text(self) -> str:
        """The text right inside this element, without spaces around it."""
        return "".join(self.pieces).strip()

    def first(self, *path: str) -> Node | None:
        """Return the first element at this path of names, None when there is none."""
        found: Node | None = self
        for name in path:
            found = None if found is None else next((one for one in found.children if one.name == name), None)
        return found

    def every(self, name: str) -> list[Node]:
        """Return the children of this name."""
        return [one for one in self.children if one.name == name]

    def text_at(self, *path: str) -> str:
        """Return the text at this path, empty when there is none."""
        found = self.first(*path)
        return "" if found is None else found.text

    def texts(self) -> dict[str, str]:
        """Return the texts of the children by name, the first where a name stands twice."""
        return {one.name: one.text for one in reversed(self.children)}


class Stop(Exception):
    """This record cannot be read on; `offset` is where, in the parser's bytes, that showed."""

    def __init__(self, reason: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.reason, self.message, self.offset = reason, message, offset


PARSE_ERRORS = (Stop, SAXException, ValueError, LookupError)
"""What the parser and its handler may raise; an encoding that Python does not know is a LookupError."""


class Parser(DefusedExpatParser):
    """The defused parser, and where in its bytes it stands."""

    _parser: Any  # expat itself; typeshed leaves the attribute out

    def __init__(self) -> None:
        super().__init__(forbid_dtd=False, forbid_entities=True, forbid_external=True)

    @property
    def offset(self) -> int:
        """The byte at which the present event begins."""
        return max(0, int(self._parser.CurrentByteIndex))

    @property
    def line(self) -> int:
        """The line at which the present event begins, from 1."""
        return int(self.getLineNumber() or 1)

    def stop(self, error: Exception) -> Stop:
        """Return what an error of `PARSE_ERRORS` means for the record. Raises FileRefused when it is an entity."""
        if isinstance(error, DefusedXmlException):
            raise FileRefused(
                "xml_entities", "the file declares entities or refers to something outside; send it without"
            ) from None
        if isinstance(error, Stop):
            return error
        return Stop("xml", "the element is not well formed", max(0, int(self._parser.ErrorByteIndex)))


class Builder(ContentHandler):
    """Builds the elements of these names with all that is in them, and forgets all others; no names: the root.

    `above` lines stand in the file before the parser's first.
    """

    def __init__(self, parser: Parser, names: Collection[str], deepest: int, *, above: int = 0) -> None:
        super().__init__()
        self.done: list[tuple[int, int, Node]] = []
        self.open: list[Node] = []
        self.seen = False
        self.depth = 0
        self.start = 0
        self.record_depth = 0
        self.event = 0
        self._parser, self._names, self._deepest, self._above = parser, names, deepest, above

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX names it
        """Open an element."""
        self.event = self._parser.offset
        self.seen = True
        self.depth += 1
        local = name.rpartition(":")[2]
        if self.depth > self._deepest:
            raise Stop("too_deep", "the elements are nested too deep", self.event)
        if not self.open:
            if self._names and local not in self._names:
                return
            self.start, self.record_depth = self.event, self.depth
        elif local in self._names:
            raise Stop("xml", "the record is never closed", self.event)
        line = self._above + self._parser.line
        node = Node(local, {key.rpartition(":")[2]: value for key, value in attrs.items()}, line)
        if self.open:
            self.open[-1].children.append(node)
        self.open.append(node)

    def characters(self, content: str) -> None:
        """Take text."""
        if self.open:
            self.open[-1].pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX names it
        """Close an element; a whole record goes to `done` with the bytes where it began and where its end tag does."""
        del name
        self.event = self._parser.offset
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append((self.start, self.event, node))


def tree(document: bytes, limits: Limits) -> Node:
    """Return the root of one document.

    Raises:
        FileRefused: `xml_entities`; `too_deep`; `xml` when it is not well formed.
    """
    parser = Parser()
    builder = Builder(parser, (), limits.depth)
    parser.setContentHandler(builder)
    try:
        parser.feed(document)
        parser.feed(b"", isFinal=True)
    except PARSE_ERRORS as error:
        stop = parser.stop(error)
        raise FileRefused(stop.reason, "the document is not well-formed XML, or nested too deep") from None
    if len(builder.done) != 1:
        raise FileRefused("xml", "the document is not XML")
    return builder.done[0][2]
