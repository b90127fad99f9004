"""What a file holds, told by its beginning. A recording is none of these, and its sound must not become text."""

from __future__ import annotations

import io
from typing import BinaryIO, Final, cast

import typer

from domain.media import HEAD_BYTES, sniff

_LOOKED_AT: Final = 4096


class Again(io.RawIOBase):
    """A source whose beginning was read already, given once more from the start."""

    def __init__(self, head: bytes, source: BinaryIO) -> None:
        self._head, self._source = head, source

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with the beginning first, then with what the source has now."""
        if self._head:
            piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            read_some = getattr(self._source, "read1", self._source.read)
            piece = read_some(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def form_of(source: BinaryIO) -> tuple[str, BinaryIO]:
    """Return jsonl, text or transcript, and the source from its start. Raises typer.BadParameter for a recording."""
    head = source.read(max(HEAD_BYTES, _LOOKED_AT)) if not hasattr(source, "read1") else _some(source)
    if sniff(head) is not None:
        raise typer.BadParameter("this is a recording: use callward transcribe FILE --redact", param_hint="FILE")
    again = cast("BinaryIO", io.BufferedReader(Again(head, source), 1 << 16))
    return _told(head.removeprefix(b"\xef\xbb\xbf").lstrip()), again


def _some(source: BinaryIO) -> bytes:
    """Read a little more than a beginning, without waiting for more than the first piece of a pipe."""
    return cast("io.BufferedReader", source).read1(max(HEAD_BYTES, _LOOKED_AT))


def _told(head: bytes) -> str:
    if not head.startswith(b"{"):
        return "text"
    first = head.splitlines()[0].strip()
    if first == b"{":
        return "transcript"
    begins = first[:400]
    ours = b'"schema"' in begins or b'"call_id"' in begins or b'"duration_s"' in begins
    return "transcript" if ours and b'"id"' not in begins else "jsonl"
