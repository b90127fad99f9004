"""vCon (draft-ietf-vcon-vcon-core, syntax 0.0.1 to 0.4.0): one document, an array, or JSON lines.

A row of the file is a dialog; a document without any is one row. A document that may not be processed (unknown
critical extension, untrusted signature, encryption) is one rejection that counts all its dialogs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from ingest.formats.errors import RowError
from ingest.formats.json_in import documents
from ingest.formats.options import ParseOptions
from ingest.formats.reading import Input
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format
from ingest.formats.vcon_envelope import is_encrypted, is_signed, verified_payload
from ingest.formats.vcon_model import Document, document_of
from ingest.formats.vcon_rows import MOST_ROWS, Found, dialogs_of, root_of

_MOST_ROOTS: Final = 100_000
"""How many documents of a file are remembered for the versions that follow them."""
_MEMBERS: Final = ('"vcon"', '"parties"', '"dialog"', '"analysis"', '"attachments"', '"redacted"', '"amended"')
_SIGNED: Final = ('"payload"', '"signatures"')
_ENCRYPTED: Final = ('"ciphertext"', '"recipients"')


@dataclass(frozen=True, slots=True)
class VCon:
    """A vCon that may be read: its members, the uuid that it is known by, and what each dialog came to."""

    document: Document
    group: str
    dialogs: tuple[Found, ...]


def read_vcon(value: Any, line: int, options: ParseOptions, roots: dict[str, str]) -> VCon:
    """Return the vCon that a JSON value is, its signature verified if it has one.

    Args:
        value: the decoded document; the payload of a signed one is decoded here.
        line: where it begins in the file.
        options: the source's zone, region and certificates.
        roots: uuid to uuid of the first version, of the documents seen before; this one is added.

    Raises:
        RowError: nothing of it may be processed.
    """
    document = document_of(_opened(value, options))
    if len(document.dialog or ()) > MOST_ROWS:
        raise RowError("too_many_rows", "the vCon has more dialogs than one call can have")
    group = root_of(document, roots)
    return VCon(document, group, tuple(dialogs_of(document, group, line, options)))


def _opened(value: Any, options: ParseOptions) -> Any:
    if not isinstance(value, dict):
        raise RowError("field", "a vCon is a JSON object")
    if is_encrypted(value):
        raise RowError("encrypted", "the vCon is encrypted, and there is no key for it here")
    if not is_signed(value):
        return value
    inner = list(documents(Input(_Bytes(verified_payload(value, options)), options.limits)))
    if len(inner) != 1 or isinstance(inner[0], Rejection) or not isinstance(inner[0].value, dict):
        raise RowError("json", "what was signed is not one JSON object")
    if is_signed(inner[0].value) or is_encrypted(inner[0].value):
        raise RowError("signature", "what was signed is no vCon but one more envelope")
    return inner[0].value


class _Bytes:
    """Bytes to be read once, as they are."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        """Return all that is left; `size` is not kept to, for all is in memory already."""
        del size
        taken, self._content = self._content, b""
        return taken


def read(source: Input, options: ParseOptions) -> Iterator[Row | Rejection]:
    """Yield the rows of each vCon's dialogs, and rejections: without the raw text, which holds what people said."""
    roots: dict[str, str] = {}
    for one in documents(source, encoding=options.encoding, longest=source.limits.document_bytes):
        if isinstance(one, Rejection):
            yield msgspec.structs.replace(one, raw="")
            continue
        if len(roots) > _MOST_ROOTS:
            roots.clear()
        try:
            vcon = read_vcon(one.value, one.line, options, roots)
        except RowError as error:
            yield Rejection(one.line, error.reason, error.message, rows=_rows_of(one.value))
            continue
        if not vcon.dialogs:
            yield Rejection(one.line, "not_a_call", "the vCon has no dialog")
        for dialog in vcon.dialogs:
            yield from dialog.items()


def _rows_of(value: Any) -> int:
    dialogs = value.get("dialog") if isinstance(value, dict) else None
    return max(1, len(dialogs)) if isinstance(dialogs, list) else 1


def recognise(head: bytes) -> float:
    """Say how sure it is that this is vCon: by the members that no other format of ours has together."""
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    if text[:1] not in {"{", "["} or '"$schema"' in text:  # the schema of vCons names all their members
        return 0.0
    if all(name in text for name in _SIGNED) or all(name in text for name in _ENCRYPTED):
        return 0.8
    known = sum(name in text for name in _MEMBERS)
    if '"dialog"' in text and known > 1:
        return 0.95
    return 0.6 if known > 1 and re.search(r'"uuid"\s*:', text) else 0.0


FORMAT: Final = Format(name="vcon", title="vCon", read=read, recognise=recognise, joins=True)
