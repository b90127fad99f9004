"""AMR and AMR-WB frame by frame, so that pauses keep their time (RFC 4867, sections 4.3.2, 5.1 and 5.3).

One frame is 20 ms whatever its type: speech, comfort noise (SID) or nothing at all (NO_DATA). A decoder that drops the
latter two shifts every later word, so frames are walked here and only then decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

FRAME_S = 0.020
_READ_BYTES = 65_536
_HEADER_BITS, _QUALITY_BIT = 0b1000_0011, 0b0000_0100
_SURE_AFTER = 4
"""This many whole frames in a row end a search through garbage."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Frame type → bytes after the type byte (absent: no such type), and where speech types end."""

    magic: bytes
    codec: str
    rate: int
    sizes: dict[int, int]
    first_pause: int

    def size(self, header: int) -> int | None:
        """Return the whole frame's bytes as its first byte tells, None when no frame begins so."""
        payload = self.sizes.get(header >> 3 & 15)
        return None if payload is None or header & _HEADER_BITS else 1 + payload

    def speaks(self, frame: bytes) -> bool:
        """Say whether the frame holds speech in good order, not a pause."""
        return frame[0] >> 3 & 15 < self.first_pause and bool(frame[0] & _QUALITY_BIT)


NARROW = Kind(
    b"#!AMR\n", "amrnb", 8_000, dict(zip((*range(9), 15), (12, 13, 15, 17, 19, 20, 26, 31, 5, 0), strict=True)), 8
)
WIDE = Kind(
    b"#!AMR-WB\n",
    "amrwb",
    16_000,
    dict(zip((*range(10), 14, 15), (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0), strict=True)),
    9,
)
KINDS = {"amrnb": NARROW, "amr_nb": NARROW, "amrwb": WIDE, "amr_wb": WIDE}


def in_packet(kind: Kind, packet: bytes) -> tuple[list[bytes], bool]:
    """Return the frames of a packet from a container, and whether all of it was frames."""
    frames: list[bytes] = []
    at = 0
    while at < len(packet):
        size = kind.size(packet[at])
        if size is None or at + size > len(packet):
            return frames, False
        frames.append(packet[at : at + size])
        at += size
    return frames, True


@dataclass
class Walk:
    """The frames of an AMR file. After a walk `damaged` says whether garbage was skipped or the last frame is cut."""

    file: BinaryIO
    kind: Kind
    damaged: bool = False
    _held: bytearray = field(default_factory=bytearray)
    _ended: bool = False

    def frames(self) -> Iterator[bytes]:
        """Yield whole frames in order; what lies between them and is none is skipped.

        How long garbage lasted nobody knows: it takes no time.
        """
        self.file.seek(len(self.kind.magic))
        at = 0
        while self._fill(at + _READ_BYTES // 2) and at < len(self._held):
            size = self.kind.size(self._held[at])
            if size is None or not self._believed(at, size):
                self.damaged = True
                found = self._next_run(at + 1)
                if found is None:
                    return
                at = found
                continue
            if at + size > len(self._held):
                self.damaged = True
                return
            yield bytes(self._held[at : at + size])
            at += size
            if at > _READ_BYTES:
                del self._held[:at]
                at = 0

    def _believed(self, at: int, size: int) -> bool:
        """A frame marked as bad is one only when another follows: a run of zeros looks the same."""
        return bool(self._held[at] & _QUALITY_BIT) or size == 1 or self._run_at(at + size, 2)

    def _fill(self, wanted: int) -> bool:
        while len(self._held) < wanted and not self._ended:
            piece = self.file.read(_READ_BYTES)
            self._held += piece
            self._ended = not piece
        return bool(self._held)

    def _next_run(self, at: int) -> int | None:
        """Return where frames go on, forgetting what was searched, None when they do not."""
        while True:
            self._fill(at + _READ_BYTES)
            last = len(self._held) if self._ended else len(self._held) - _READ_BYTES // 2
            for place in range(at, last):
                if self._run_at(place, _SURE_AFTER):
                    return place
            if self._ended:
                return None
            del self._held[:last]
            at = 0

    def _run_at(self, at: int, wanted: int) -> bool:
        """Say whether `wanted` good frames lie here, or fewer that end exactly with the file."""
        for number in range(wanted):
            if at == len(self._held) and self._ended and number:
                return True
            if at >= len(self._held) or not self._held[at] & _QUALITY_BIT:
                return False
            size = self.kind.size(self._held[at])
            if size is None:
                return False
            at += size
        return at <= len(self._held)
