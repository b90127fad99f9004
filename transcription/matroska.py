"""Whether a Matroska or WebM file ends inside an element whose size it states (RFC 8794 and RFC 9559)."""

from __future__ import annotations

import os
from typing import BinaryIO

_SEGMENT, _CLUSTER = 0x18538067, 0x1F43B675
_MOST_ELEMENTS = 200_000
_LONGEST_ID, _LONGEST_SIZE = 4, 8


def webm_cut_short(file: BinaryIO) -> bool:
    """Walk the outer elements; of unknown size (a live recording) nothing can be said."""
    end, at = file.seek(0, os.SEEK_END), 0
    for _ in range(_MOST_ELEMENTS):
        if at >= end:
            return at > end
        element = _element(file, at, end)
        if element is None:
            return True
        name, start, size = element
        if size is None or name == _SEGMENT:
            if name not in {_SEGMENT, _CLUSTER} or (size is not None and start + size > end):
                return True
            at = start
            continue
        at = start + size
    return False


def _element(file: BinaryIO, at: int, end: int) -> tuple[int, int, int | None] | None:
    """Return (id, where the content begins, its size or None for unknown), None for a head cut or wrong."""
    file.seek(at)
    head = file.read(_LONGEST_ID + _LONGEST_SIZE)
    name_bytes = _width(head[0], _LONGEST_ID) if head else 0
    if not name_bytes or len(head) <= name_bytes:
        return None
    size_bytes = _width(head[name_bytes], _LONGEST_SIZE)
    if not size_bytes or at + name_bytes + size_bytes > end:
        return None
    bits = 7 * size_bytes
    size = int.from_bytes(head[name_bytes : name_bytes + size_bytes], "big") & ((1 << bits) - 1)
    unknown = size == (1 << bits) - 1
    return int.from_bytes(head[:name_bytes], "big"), at + name_bytes + size_bytes, None if unknown else size


def _width(first: int, most: int) -> int:
    width = 9 - first.bit_length()
    return width if first and width <= most else 0
