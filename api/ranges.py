"""Byte ranges (RFC 9110 section 14): one range, or the whole when the header says anything else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.errors import RangeNotSatisfiable

_RANGE = re.compile(r"^bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})$")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes [start, end) of `size`."""

    start: int
    end: int
    size: int
    partial: bool

    @property
    def status(self) -> int:
        """206 for a part, 200 for the whole."""
        return 206 if self.partial else 200

    def headers(self) -> dict[str, str]:
        """Return the response's headers."""
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(self.end - self.start)}
        if self.partial:
            headers["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        return headers


def parse_range(header: str | None, size: int) -> ByteRange:
    """Return what a Range header asks of `size` bytes. Raises RangeNotSatisfiable."""
    match = _RANGE.match((header or "").replace(" ", ""))
    if match is None or not (match["first"] or match["last"]):
        return ByteRange(0, size, size, partial=False)
    if not match["first"]:
        wanted = min(int(match["last"]), size)
        if wanted == 0:
            raise RangeNotSatisfiable("the range lies outside the bytes", size=size)
        return ByteRange(size - wanted, size, size, partial=True)
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else max(first, size - 1)
    if last < first:
        return ByteRange(0, size, size, partial=False)
    if first >= size:
        raise RangeNotSatisfiable("the range lies outside the bytes", size=size)
    return ByteRange(first, min(last + 1, size), size, partial=True)
