"""How many bytes of sound a header states, for the plain formats: WAV, RF64, W64, AIFF, AU, CAF.

Each function says whether the file ends before what its header states. Zero and all ones are how programs that write to
a pipe say that they do not know; a header that knows nothing promises nothing.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

_UNKNOWN = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF})
_MOST_CHUNKS = 10_000
_RIFF_HEADER, _W64_HEADER, _CAF_HEADER, _AU_HEADER = 12, 40, 8, 12
_W64_CHUNK, _CAF_CHUNK = 24, 12


def wav_cut_short(file: BinaryIO) -> bool:
    """RIFF, RF64 and BW64: the `data` chunk. A second one counts as cut off: only one is decoded."""
    size, at, large, found = _size(file), _RIFF_HEADER, 0, False
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 8)
        if len(head) < 8:  # noqa: PLR2004 - a chunk's head
            break
        name, length = struct.unpack("<4sI", head)
        if name == b"ds64":
            large = int.from_bytes(_at(file, at + 16, 8), "little")
        if name == b"data":
            if found:
                return True
            found = True
            length = large if length == 0xFFFFFFFF and large else length  # noqa: PLR2004 - all ones: see ds64
            if length in _UNKNOWN:
                return False
            if at + 8 + length > size:
                return True
        at += 8 + length + length % 2
    return not found


def w64_cut_short(file: BinaryIO) -> bool:
    """Sony Wave64: chunk sizes hold their own heads and are rounded up to 8."""
    size, at = _size(file), _W64_HEADER
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, _W64_CHUNK)
        if len(head) < _W64_CHUNK:
            return True
        length = int.from_bytes(head[16:], "little")
        if head.startswith(b"data"):
            return length not in _UNKNOWN and at + length > size
        at += max(_W64_CHUNK, length + -length % 8)
    return True


def aiff_cut_short(file: BinaryIO) -> bool:
    """AIFF and AIFF-C: the SSND chunk."""
    size, at = _size(file), _RIFF_HEADER
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, 8)
        if len(head) < 8:  # noqa: PLR2004 - a chunk's head
            return True
        name, length = struct.unpack(">4sI", head)
        if name == b"SSND":
            return length not in _UNKNOWN and at + 8 + length > size
        at += 8 + length + length % 2
    return True


def au_cut_short(file: BinaryIO) -> bool:
    """AU: one header with the offset and the length of the sound."""
    head = _at(file, 0, _AU_HEADER)
    if len(head) < _AU_HEADER:
        return True
    offset, length = struct.unpack(">4xII", head)
    return length not in _UNKNOWN and offset + length > _size(file)


def caf_cut_short(file: BinaryIO) -> bool:
    """CAF: the `data` chunk; -1 is how it says that it does not know."""
    size, at = _size(file), _CAF_HEADER
    for _ in range(_MOST_CHUNKS):
        head = _at(file, at, _CAF_CHUNK)
        if len(head) < _CAF_CHUNK:
            return True
        name, length = struct.unpack(">4sQ", head)
        if name == b"data":
            return length not in _UNKNOWN and at + _CAF_CHUNK + length > size
        at += _CAF_CHUNK + length
    return True


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _at(file: BinaryIO, place: int, count: int) -> bytes:
    if place > _size(file):
        return b""
    file.seek(place)
    return file.read(count)
