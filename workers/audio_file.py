"""A recording's clear bytes while a stage works on them: in memory, never on a disk that outlives the process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def in_memory_file(pieces: AsyncIterable[bytes]) -> AsyncIterator[Path]:
    """Give a path that this process and its children can open while the context lasts.

    On Linux it is an anonymous memory file: kill -9 leaves nothing behind. Elsewhere it is a private temporary file
    that is deleted at the end.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("recording", os.MFD_CLOEXEC)
        path = Path(f"/proc/{os.getpid()}/fd/{descriptor}")
    else:
        descriptor, name = tempfile.mkstemp(prefix="callward-")
        path = Path(name)
    try:
        async for piece in pieces:
            _write_all(descriptor, piece)
        yield path
    finally:
        os.close(descriptor)
        if not str(path).startswith("/proc/"):
            path.unlink(missing_ok=True)


def _write_all(descriptor: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
