"""How much sound a file promises, as far as the promise can be believed; what falls short of it was cut off.

Estimates (an MP3 without an index, a duration tag) are no promise. Where a format cannot tell, nothing is said.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, BinaryIO

from transcription.headers import aiff_cut_short, au_cut_short, caf_cut_short, w64_cut_short, wav_cut_short
from transcription.matroska import webm_cut_short

TOLERANCE_S = 0.25
_OGG_TAIL_BYTES = 65_536 + 512
_OGG_LAST_PAGE = 4
_MOST_BOXES = 200_000
_LARGE_SIZE = 1
_BY_HEADER: dict[str, Callable[[BinaryIO], bool]] = {
    "wav": wav_cut_short,
    "w64": w64_cut_short,
    "aiff": aiff_cut_short,
    "au": au_cut_short,
    "caf": caf_cut_short,
    "matroska": webm_cut_short,
}
_SAMPLES_A_FRAME = {3: 1_152, 2: 576, 0: 576}
_MP3_BIT_RATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_LAYER_3 = 1
_ADTS_HEADER = 7


def cut_short(file: BinaryIO, stream: Any, container: str, decoded_s: float, last: tuple[int, int] | None) -> bool:
    """Say whether the file ends before it should.

    `decoded_s` is how much sound came out, `last` where the last packet lies (offset, bytes). Moves the position.
    """
    if container in _BY_HEADER:
        short = _BY_HEADER[container](file)
        return short or (container == "matroska" and _shorter(stream, decoded_s, stated=_segment_s(stream)))
    if container == "ogg":
        return not _ogg_is_closed(file)
    if container == "flac":
        return _shorter(stream, decoded_s)
    if container == "mov":
        return _boxes(file)[1] or _shorter(stream, decoded_s)
    if container in {"mp3", "aac"} and last is not None:
        return _last_frame_is_cut(file, container, *last) or (
            container == "mp3" and _mp3_lacks(file, stream, decoded_s)
        )
    return False


def has_index(file: BinaryIO) -> bool:
    """Say whether an MP4 holds an index of its samples; a phone that died while writing leaves none."""
    return bool({b"moov", b"moof"} & _boxes(file)[0])


def _shorter(stream: Any, decoded_s: float, stated: float | None = None) -> bool:
    if stated is None:
        stated = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
    return decoded_s + TOLERANCE_S < stated


def _segment_s(stream: Any) -> float:
    duration = stream.container.duration
    return duration / 1_000_000 if duration else 0.0


def _boxes(file: BinaryIO) -> tuple[set[bytes], bool]:
    """Return the names of the outermost boxes, and whether the last one reaches beyond the file's end."""
    size, at, names = file.seek(0, os.SEEK_END), 0, set()
    for _ in range(_MOST_BOXES):
        if at + 8 > size:
            break
        file.seek(at)
        head = file.read(16)
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if length == _LARGE_SIZE:
            length = int.from_bytes(head[8:16], "big")
        names.add(name)
        if length == 0:
            return names, False
        if length < len(head) // 2:
            return names, True
        at += length
    return names, at > size


def _ogg_is_closed(file: BinaryIO) -> bool:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _OGG_TAIL_BYTES))
    tail = file.read()
    last = tail.rfind(b"OggS")
    return last >= 0 and len(tail) > last + 5 and bool(tail[last + 5] & _OGG_LAST_PAGE)


def _last_frame_is_cut(file: BinaryIO, container: str, at: int, size: int) -> bool:
    end = file.seek(0, os.SEEK_END)
    file.seek(at)
    head = file.read(_ADTS_HEADER)
    if len(head) < _ADTS_HEADER or head[0] != 0xFF:  # noqa: PLR2004 - the sync word's first byte
        return False
    adts = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    wanted = adts if container == "aac" else _mp3_frame_bytes(head)
    return bool(wanted) and at + wanted > end and size < wanted


def _mp3_frame_bytes(head: bytes) -> int:
    """Return the length of a layer III frame, 0 when the header gives none."""
    bits = int.from_bytes(head[:4], "big")
    version, layer, bit_rate, rate = bits >> 19 & 3, bits >> 17 & 3, bits >> 12 & 15, bits >> 10 & 3
    if layer != _LAYER_3 or version not in _MP3_RATES or bit_rate in {0, 15} or rate == 3:  # noqa: PLR2004
        return 0
    kilobits = _MP3_BIT_RATES[3 if version == 3 else 2][bit_rate]  # noqa: PLR2004 - version 1
    return _SAMPLES_A_FRAME[version] // 8 * kilobits * 1_000 // _MP3_RATES[version][rate] + (bits >> 9 & 1)


def _mp3_lacks(file: BinaryIO, stream: Any, decoded_s: float) -> bool:
    """Compare with the count of frames that a Xing, Info or VBRI header in the first frame states."""
    file.seek(0)
    head = file.read(10)
    if head.startswith(b"ID3"):
        file.seek(10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
    else:
        file.seek(0)
    first = file.read(256)
    frames = _stated_frames(first)
    version = int.from_bytes(first[:4], "big") >> 19 & 3
    rate = int(stream.codec_context.sample_rate)
    if not frames or version not in _SAMPLES_A_FRAME or not rate:
        return False
    # Up to three frames are priming and filling at the end.
    return decoded_s + TOLERANCE_S < float(frames - 3) * _SAMPLES_A_FRAME[version] / rate


def _stated_frames(first: bytes) -> int:
    for mark in (b"Xing", b"Info"):
        at = first.find(mark)
        if at >= 0 and len(first) >= at + 12 and first[at + 7] & 1:
            return int.from_bytes(first[at + 8 : at + 12], "big")
    at = first.find(b"VBRI")
    return int.from_bytes(first[at + 14 : at + 18], "big") if at >= 0 and len(first) >= at + 18 else 0
