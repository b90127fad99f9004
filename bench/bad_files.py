"""Recordings as they should not be: the list that the tests hold the decoder to and that the benchmark measures."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np

from bench.sounds import encoded, tone

PARTIAL, DONE = "partial", "done"


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file, and what may become of it: `done`, `partial` or the reason of a refusal."""

    name: str
    make: Callable[[], bytes]
    ends: frozenset[str]
    max_duration_s: float = 6 * 3_600.0


def _wav(**changes: int) -> bytes:
    """Return two seconds of 16-bit WAV at 8 kHz with fields of its header overwritten."""
    places = {"channels": (22, "<H"), "rate": (24, "<I"), "bits": (34, "<H")}
    content = bytearray(encoded([tone(2)], 8_000, "wav", "pcm_s16le"))
    for field, value in changes.items():
        at, form = places[field] if field in places else (content.index(b"data") + 4, "<I")
        struct.pack_into(form, content, at, value)
    return bytes(content)


def _header_only() -> bytes:
    content = _wav()
    return content[: content.index(b"data") + 8]


def _not_numbers() -> bytes:
    content = bytearray(encoded([tone(2)], 8_000, "wav", "pcm_f32le"))
    at = content.index(b"data") + 8 + 4_000
    content[at : at + 4_000] = np.full(1_000, np.nan, np.float32).tobytes()
    return bytes(content)


def still_flac(hours: float) -> bytes:
    """Return hours of silence at 8 kHz in FLAC: a few bytes a second."""
    out, rate, step = io.BytesIO(), 8_000, 4_096
    with av.open(out, "w", format="flac") as file:
        stream: Any = file.add_stream("flac", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, step), np.int16), format="s16", layout="mono")
        frame.sample_rate = rate
        for number in range(int(hours * 3_600 * rate / step) + 1):
            frame.pts = number * step
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def still_opus(hours: float) -> bytes:
    """Return hours of silence in OGG Opus: one packet of 120 ms, over and over."""
    out, rate, step = io.BytesIO(), 48_000, 5_760
    with av.open(out, "w", format="ogg") as file:
        stream: Any = file.add_stream("libopus", rate=rate, layout="mono", options={"frame_duration": "120"})
        frame = av.AudioFrame.from_ndarray(np.zeros((1, step), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        silence = bytes([*stream.encode(frame), *stream.encode(None)][0])
        for number in range(int(hours * 3_600 * rate / step)):
            packet = av.Packet(silence)
            packet.stream, packet.time_base = stream, Fraction(1, rate)
            packet.pts = packet.dts = number * step
            packet.duration = step
            file.mux(packet)
    return out.getvalue()


def _film() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream: Any = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        file.mux([*stream.encode(frame), *stream.encode(None)])
    return out.getvalue()


def _amr_with_garbage() -> bytes:
    content = encoded([tone(2)], 8_000, "amr", "libopencore_amrnb")
    garbage = np.random.default_rng(3).integers(0, 256, 333, np.uint8).tobytes()
    half = 6 + 50 * 32
    return content[:half] + garbage + content[half:]


def _cut(container: str, codec: str, rate: int) -> Callable[[], bytes]:
    def make() -> bytes:
        content = encoded([tone(4, rate)], rate, container, codec)
        return content[: len(content) * 3 // 5]

    return make


def _elsewhere(address: bytes) -> bytes:
    """Return an M4A whose sample description says that its sound lies in another file."""
    content = encoded([tone(1, 16_000)], 16_000, "ipod", "aac")
    old = b"\0\0\0\x0curl \0\0\0\1"
    new = struct.pack(">I4sI", 12 + len(address) + 1, b"url ", 0) + address + b"\0"
    at = content.index(old)
    changed = content[:at] + new + content[at + len(old) :]
    grown = len(new) - len(old)
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        place = changed.index(box) - 4
        size = struct.unpack_from(">I", changed, place)[0] + grown
        changed = changed[:place] + struct.pack(">I", size) + changed[place + 4 :]
    return changed


def _one(name: str, make: Callable[[], bytes], *ends: str, max_duration_s: float = 6 * 3_600.0) -> BadFile:
    return BadFile(name, make, frozenset(ends), max_duration_s)


PLAYLISTS = {
    "HLS playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n",
    "HLS playlist of an address": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n",
    "concat list": b"ffconcat version 1.0\nfile '/etc/hostname'\n",
    "session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "DASH manifest": b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/hostname</BaseURL></MPD>",
}
BAD_FILES = [
    _one("zero bytes", lambda: b"", "empty"),
    _one("one byte", lambda: b"R", "not_audio"),
    _one("WAV header without sound", _header_only, "empty"),
    _one("text", lambda: b"Dear customer,\n" * 100, "not_audio"),
    _one("PNG", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "not_audio"),
    *(_one(name, lambda content=content: content, "not_audio") for name, content in PLAYLISTS.items()),  # type: ignore[misc]
    _one("M4A pointing at a file", lambda: _elsewhere(b"file:///etc/hostname"), "not_audio", "empty", PARTIAL, DONE),
    _one(
        "M4A pointing at an address", lambda: _elsewhere(b"http://127.0.0.1:9/a"), "not_audio", "empty", PARTIAL, DONE
    ),
    _one("film without sound", _film, "not_audio"),
    _one("WAV, length 0", lambda: _wav(length=0), DONE),
    _one("WAV, length 0xFFFFFFFF", lambda: _wav(length=0xFFFFFFFF), DONE),
    _one("WAV, rate 0", lambda: _wav(rate=0), "not_audio"),
    _one("WAV, rate 1 Hz", lambda: _wav(rate=1), "not_audio"),
    _one("WAV, rate 4 GHz", lambda: _wav(rate=4_000_000_000), "not_audio"),
    _one("WAV, 65,535 channels", lambda: _wav(channels=65_535), "not_audio"),
    _one("WAV, samples that are no numbers", _not_numbers, PARTIAL),
    _one("WAV cut", _cut("wav", "pcm_mulaw", 8_000), PARTIAL),
    _one("FLAC cut", _cut("flac", "flac", 16_000), PARTIAL),
    _one("MP3 cut", _cut("mp3", "libmp3lame", 16_000), PARTIAL),
    _one("AAC cut", _cut("adts", "aac", 16_000), PARTIAL),
    _one("Opus in OGG cut", _cut("ogg", "libopus", 48_000), PARTIAL),
    _one("WebM cut", _cut("webm", "libopus", 48_000), PARTIAL),
    _one("AMR cut", _cut("amr", "libopencore_amrnb", 8_000), PARTIAL),
    _one("M4A cut before its index", _cut("ipod", "aac", 16_000), "not_audio"),
    _one("AMR with garbage between frames", _amr_with_garbage, PARTIAL),
    _one("20 hours of silence in FLAC", lambda: still_flac(20), "too_long"),
    _one("20 hours of silence in Opus", lambda: still_opus(20), "too_long"),
    _one("two hours of silence", lambda: still_flac(2), DONE),
]
