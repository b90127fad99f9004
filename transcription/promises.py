"""How much sound a file promises, as far as the promise can be believed; what falls short of it was cut off."""

from __future__ import annotations

import os
import struct
from typing import Any, BinaryIO

TOLERANCE_S = 0.25
_BELIEVED = frozenset({"mov", "flac", "w64", "caf", "aiff"})
_UNKNOWN_SIZES = frozenset({0, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFE})
_OGG_TAIL_BYTES = 65_536 + 512
_OGG_LAST_PAGE = 4


def cut_short(file: BinaryIO, stream: Any, container: str, decoded_s: float) -> bool:
    """Say whether the file ends before it should: a WAV or other header counts more, an Ogg stream lacks its end mark.

    Estimates (an MP3 without an index, a duration tag) are no promise. Moves the file's position.
    """
    if container == "wav":
        return _wav_cut_short(file)
    if container == "ogg":
        return not _ogg_is_closed(file)
    if container in _BELIEVED and stream.duration and stream.time_base:
        return bool(decoded_s + TOLERANCE_S < float(stream.duration * stream.time_base))
    return False


def _wav_cut_short(file: BinaryIO) -> bool:
    """Walk the RIFF chunks to `data` and compare its size with the bytes that are there."""
    size = file.seek(0, os.SEEK_END)
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            return length not in _UNKNOWN_SIZES and at + 8 + length > size
        at += 8 + length + length % 2
    return True


def _ogg_is_closed(file: BinaryIO) -> bool:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _OGG_TAIL_BYTES))
    tail = file.read()
    last = tail.rfind(b"OggS")
    return last >= 0 and len(tail) > last + 5 and bool(tail[last + 5] & _OGG_LAST_PAGE)
