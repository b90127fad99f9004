"""Between the event loop and a reader's thread: bytes pulled as the reader asks for them, rows given in batches.

Nothing is read ahead of the reader, so a fast sender waits and memory stays flat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Final

from domain.errors import Unavailable
from ingest.formats.joining import grouped
from ingest.formats.record import Rejection, Row
from ingest.formats.registry import Format

BATCH_CALLS: Final = 1_000
BATCH_ROWS: Final = 4_000
WINDOW_ROWS: Final = 8_000
"""How many rows of unfinished calls are held; a leg that comes later is joined in the store."""
SILENT_S: Final = 60.0
"""A sender who says nothing for so long is gone; its place is another's."""
_PIECE: Final = 256 * 1024


class Stopped(Exception):
    """Nobody wants the rest of the file any more."""


class PulledBytes:
    """An async stream of bytes that a thread can `read`."""

    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = aiter(stream)
        self._loop = asyncio.get_running_loop()
        self._rest = bytearray()
        self._kept: list[bytes] | None = []
        self._stopped = False

    def stop(self) -> None:
        """Let a thread that waits for bytes go."""
        self._stopped = True

    def forget_beginning(self) -> None:
        """Stop keeping what was read: it will not be asked for again."""
        self._kept = None

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, empty at the end; for a thread that is not the loop's. Raises Stopped."""
        coming = asyncio.run_coroutine_threadsafe(self._take(size), self._loop)
        while True:
            try:
                return coming.result(timeout=1.0)
            except CancelledError:
                raise Stopped from None
            except TimeoutError:
                if coming.done():
                    raise
                if self._stopped:
                    coming.cancel()
                    raise Stopped from None

    async def _take(self, size: int) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = await self._next()
            if piece is None:
                break
            self._rest += piece
        taken = bytes(self._rest) if size < 0 else bytes(self._rest[:size])
        del self._rest[: len(taken)]
        if self._kept is not None:
            self._kept.append(taken)
        return taken

    async def _next(self) -> bytes | None:
        try:
            async with asyncio.timeout(SILENT_S):
                return await anext(self._stream, None)
        except TimeoutError:
            raise Unavailable("the file stopped coming", silent_s=SILENT_S) from None

    async def from_beginning(self) -> AsyncIterator[bytes]:
        """Yield all bytes, those that were read already too."""
        kept, self._kept = self._kept or [], None
        for piece in kept:
            yield piece
        while piece := await self._take(_PIECE):
            yield piece


@dataclass(slots=True)
class Batch:
    """Calls and refused rows that lie together in a file; the number of the first of the refused among all."""

    groups: list[list[Row]] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    rows: int = 0

    @property
    def is_full(self) -> bool:
        """Say whether it is time to write."""
        return len(self.groups) >= BATCH_CALLS or self.rows >= BATCH_ROWS or len(self.refused) >= BATCH_CALLS


def batches(items: Iterator[Row | Rejection], form: Format) -> Iterator[Batch]:
    """Yield all that a reader yields, in batches."""
    batch = Batch()
    for one in grouped(items, window=WINDOW_ROWS) if form.joins else _single(items):
        if isinstance(one, Rejection):
            batch.refused.append(one)
        else:
            batch.groups.append(one)
            batch.rows += len(one)
        if batch.is_full:
            yield batch
            batch = Batch()
    yield batch


def _single(items: Iterator[Row | Rejection]) -> Iterator[list[Row] | Rejection]:
    for one in items:
        yield one if isinstance(one, Rejection) else [one]
