"""JSON in, one record at a time: JSON Lines, one document, an array of documents, documents one after the other.

Whole numbers are exact whatever their size and others are `Decimal`, so that an id that lost digits shows. A record
that cannot be read costs itself: reading goes on at the next line that begins like one. Memory: one block, one record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ingest.formats.errors import FileRefused, RowError
from ingest.formats.json_extent import End, Extents
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Rejection

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Document:
    """One record: its first line, its value, and how it stood in the file (cut to 4 KiB)."""

    line: int
    value: Any
    raw: str


def documents(
    source: Input, *, encoding: str = "utf-8", longest: int | None = None, comments: bool = False
) -> Iterator[Document | Rejection]:
    """Yield the objects of a file, those of an array one by one, and a rejection for what is no JSON object.

    Args:
        source: the file.
        encoding: of its text; JSON says UTF-8, some switches do not.
        longest: bytes of one record, the limit of a line when not given.
        comments: the file may hold `//` and `/* */`, which JSON does not know; it is then read whole.

    Raises:
        FileRefused: `encoding` when it is UTF-16 or UTF-32; `too_large` when it is read whole.
    """
    if source.head.startswith(_WIDE_MARKS):
        raise FileRefused("encoding", "the file is UTF-16 or UTF-32; JSON is UTF-8")
    blocks = iter((without_comments(source.all_bytes()),)) if comments else source.blocks()
    for extent in Extents(blocks, longest or source.limits.line_bytes, source.limits.depth):
        raw = extent.text[:RAW_KEPT].decode(encoding, "replace")
        if extent.end is not End.WHOLE:
            yield Rejection(extent.line, *_TOLD[extent.end], raw)
            continue
        try:
            value = parsed(extent.text, encoding=encoding)
        except RowError as error:
            yield Rejection(extent.line, error.reason, error.message, raw)
            continue
        if isinstance(value, dict):
            yield Document(extent.line, value, raw)
        else:
            yield Rejection(extent.line, "json", "the record is not a JSON object", raw)


_TOLD: Final = {
    End.BROKEN: ("json", "the record is not valid JSON"),
    End.TRUNCATED: ("json", "the file ends inside this record; send all of it"),
    End.DEEP: ("too_deep", "the record is nested too deep"),
    End.LONG: ("line_too_long", "the record is longer than a record can be; it was skipped"),
}


_STRING_OR_COMMENT: Final = re.compile(rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"?|//[^\n]*+|/\*[\s\S]*?(?:\*/|\Z)')


def without_comments(text: bytes) -> bytes:
    """Return JSON with its comments made into spaces and its lines kept; what stands in a string is no comment."""
    return _STRING_OR_COMMENT.sub(_blanked, text)


def _blanked(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0].startswith(b'"') else b" " + b"\n" * found[0].count(b"\n")


def parsed(text: bytes, *, encoding: str = "utf-8") -> Any:
    """Return the value of one JSON text whose depth is known to be bounded; numbers that are not whole are `Decimal`.

    Raises:
        RowError: `json` (also NaN, Infinity, a name that stands twice with two values), `encoding`.
    """
    try:
        value = json.loads(
            text.decode(encoding), parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object
        )
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeError:
        raise RowError("encoding", f"the record is not {encoding}, or holds half a character") from None
    except RowError:
        raise
    except (ValueError, ArithmeticError, RecursionError):
        raise RowError("json", "the record is not valid JSON") from None
    return value


def _constant(name: str) -> Any:
    del name
    raise RowError("json", "NaN and Infinity are no JSON numbers")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs) and any(found[name] != value for name, value in pairs):
        raise RowError("json", "a name stands twice in one object, with two values")
    return found


_LOST_DIGITS: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
_EXACT: Final = 2**53


def identifier(value: Any) -> str | None:
    """Return an id or number as text, None when it is not there.

    Raises:
        RowError: `number_as_float` when it went through a floating-point number; `field` when it is no text or number.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if _LOST_DIGITS.fullmatch(value.strip()):
            raise RowError("number_as_float", "an id or number is written with an exponent and has lost digits")
        return value.strip() or None
    if isinstance(value, Decimal):
        if value != value.to_integral_value() or abs(value) >= _EXACT or "E" in str(value):
            raise RowError("number_as_float", "an id or number is a floating-point number and has lost digits")
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise RowError("field", "an id or number is neither text nor a number")


def text_of(value: Any) -> str:
    """Return what a field says as text; empty for null and for what is no plain value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else ""
