"""Documents put together from parts that are encoded once, for those that come by the million and mostly say the same.

BSON is a length, elements, and a zero byte, and so is a document inside a document (https://bsonspec.org): what repeats
is kept as the bytes of its elements and copied. No field may stand in two of the parts of one document.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from struct import Struct
from typing import Any, Final, NamedTuple

import bson
from bson.raw_bson import RawBSONDocument

_LENGTH: Final = Struct("<i")
_FRAME_BYTES: Final = 5


class Encoded(NamedTuple):
    """A document of a workspace, as the bytes that are sent."""

    workspace_id: str
    raw: Any


def elements(fields: Mapping[str, Any]) -> bytes:
    """Return fields as bytes that can stand in any document."""
    return bson.encode(fields)[4:-1]


def nested(fields: Mapping[str, Any]) -> Any:
    """Return a value for a field of any document: these fields, encoded.

    It can be read like a dictionary, and is not to be changed.
    """
    return RawBSONDocument(bson.encode(fields))


def element(name: str, fields: Mapping[str, Any], *parts: bytes) -> bytes:
    """Return one field, of this name, that holds a document of fields and parts."""
    return b"".join((b"\x03", name.encode(), b"\0", _framed(fields, parts)))


def encoded(workspace_id: str, fields: Mapping[str, Any], *parts: bytes) -> Encoded:
    """Return a document of a workspace: these fields (`_id` among them), parts, and the workspace's id beside them."""
    return Encoded(workspace_id, RawBSONDocument(_framed(fields, (*parts, _of_workspace(workspace_id)))))


def _framed(fields: Mapping[str, Any], parts: tuple[bytes, ...]) -> bytes:
    body = bson.encode(fields)[4:-1]
    length = len(body) + sum(map(len, parts)) + _FRAME_BYTES
    return b"".join((_LENGTH.pack(length), body, *parts, b"\0"))


@lru_cache(maxsize=64)
def _of_workspace(workspace_id: str) -> bytes:
    return elements({"workspace_id": workspace_id})
