"""SIPREC metadata (RFC 7865): the XML that a recording client sends, alone or in the multipart body of its INVITE.

A row is a session; sessions of one communication session group are one call (a switch that opens a new session on each
transfer keeps the group). The standard does not say who called: where a vendor does, that is taken; elsewhere the
order of the participants is, and the row says so (`caller_by`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Final

from ingest.formats.errors import REASONS, FileRefused, RowError, ZoneNeeded
from ingest.formats.options import ParseOptions
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.siprec_rows import rows_of
from ingest.formats.xml_in import tree

_LONGEST_BODY: Final = 2 * 1024 * 1024
_NEXT: Final = re.compile(rb"(?=<\?xml[\s])")
_REQUEST: Final = re.compile(rb"\A(?:[A-Z]{3,10} \S+ SIP/2\.0|SIP/2\.0 \d{3})[^\n]*\n")
_BOUNDARY: Final = re.compile(rb"\A--([^\s]{1,70}?)[ \t]*\r?\n")
_METADATA: Final = re.compile(r"application/rs-metadata(?:\+xml)?", re.IGNORECASE)
_NAMESPACE: Final = re.compile(rb"urn:ietf:params:xml:ns:recording\b")


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield the rows of each session, and rejections.

    Raises:
        FileRefused: entities or references in the XML, or a body that holds no metadata.
    """
    groups: dict[str, str] = {}
    for line, document in _documents(source.all_bytes()):
        try:
            if len(document) > options.limits.line_bytes:
                raise RowError("line_too_long", "the document is longer than 1 MiB")
            root = tree(document, options.limits)
            yield from rows_of(root, line, options, groups)
        except ZoneNeeded:
            yield _refused(line, document, "time", "the times have no zone; set the zone of the source")
        except RowError as error:
            yield _refused(line, document, error.reason, error.message)
        except FileRefused as error:
            if error.reason not in REASONS:  # entities: nobody writes them by mistake
                raise
            yield _refused(line, document, error.reason, error.message)


def _refused(line: int, document: bytes, reason: str, message: str) -> Rejection:
    return Rejection(line, reason, message, document[:RAW_KEPT].decode("utf-8", "replace"))


def _documents(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each metadata document with the line on which it begins."""
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    start = content.count(b"\n", 0, len(content) - len(body)) + 1
    if not body.startswith(b"<"):
        yield from _parts(body, start)
        return
    for one in _NEXT.split(body):
        if one.strip():
            yield start, one
        start += one.count(b"\n")


def _parts(body: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the metadata of a multipart body, with or without the headers (and the SIP request) before it."""
    if len(body) > _LONGEST_BODY:
        raise FileRefused("too_large", "the body is larger than the metadata and the SDP of a call can be")
    boundary = _BOUNDARY.match(body)
    if boundary:
        body = b'Content-Type: multipart/mixed; boundary="' + boundary[1] + b'"\r\n\r\n' + body
    else:
        body = _REQUEST.sub(b"", body, count=1)
    try:
        parts = list(message_from_bytes(body).walk())
    except RecursionError:
        raise FileRefused("too_deep", "the parts of the body are nested too deep") from None
    found = [part for part in parts if _METADATA.fullmatch(part.get_content_type())]
    if not found:
        raise FileRefused("xml", "the body holds no recording metadata (application/rs-metadata+xml)")
    for part in found:
        yield start, _bytes_of(part)


def _bytes_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content.strip() if isinstance(content, bytes) else b""


def recognise(head: bytes) -> float:
    """Say how sure it is that this is SIPREC metadata: by its namespace, or the media type of its part."""
    if _NAMESPACE.search(head) and re.search(rb"<(?:\w+:)?recording[\s>]", head):
        return 0.95
    return 0.8 if b"application/rs-metadata" in head.lower() else 0.0


FORMAT: Final = Format(name="siprec", title="SIPREC metadata", read=read, recognise=recognise, joins=True)
