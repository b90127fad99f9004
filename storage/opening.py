"""Reading a sealed object: one piece is fetched and opened, in a thread, while the one before it is on its way out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from domain.errors import Unavailable
from storage.sealing import SEALED_CHUNK_BYTES, CannotOpen, ObjectSealer

_READ_BYTES: Final = 16 * SEALED_CHUNK_BYTES


class Opening:
    """The body of an answer of the store as plain bytes, chunk `first` to chunk `final` of an object."""

    def __init__(self, body: Any, sealer: ObjectSealer, *, first: int, final: int, last: int) -> None:
        """Take the bytes of these chunks; `last` is the number of the object's own last chunk."""
        self._body = body
        self._sealer = sealer
        self._number, self._final, self._last = first, final, last
        self._rest = b""

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the plain bytes, a MiB at a time.

        Raises:
            CannotOpen: the object was changed or cut.
            Unavailable: the store stopped in the middle.
        """
        loop = asyncio.get_running_loop()
        following = loop.run_in_executor(None, self._next)
        try:
            while piece := await following:
                following = loop.run_in_executor(None, self._next)
                yield piece
        except (BotoCoreError, OSError) as error:
            raise Unavailable("the object store stopped in the middle", code=type(error).__name__) from None
        finally:
            following.add_done_callback(self._close)  # at once if it is done; a thread may still be reading

    def _close(self, read: asyncio.Future[bytes]) -> None:
        if not read.cancelled():
            read.exception()  # whoever stopped listening does not care
        self._body.close()

    def _next(self) -> bytes:
        """Return the next plain bytes, none at the end."""
        while self._number <= self._final:
            piece: bytes = self._body.read(_READ_BYTES)
            sealed = self._rest + piece if self._rest else piece
            if plain := self._opened(sealed, whole=not piece):
                return plain
            if not piece and self._number <= self._final:
                raise CannotOpen("a sealed object is shorter than it was written")
        return b""

    def _opened(self, sealed: bytes, *, whole: bool) -> bytes:
        """Open what is complete of these bytes, and keep the rest; with `whole`, nothing follows them."""
        at, opened = 0, list[bytes]()
        while self._number <= self._final:
            end = at + SEALED_CHUNK_BYTES
            if end > len(sealed):
                if not (whole and self._number == self._final and at < len(sealed)):
                    break
                end = len(sealed)
            try:
                opened.append(self._sealer.open_chunk(self._number, sealed[at:end], last=self._number == self._last))
            except CannotOpen:
                if not opened:
                    raise
                break  # what opened goes out first; the next call comes here again
            self._number += 1
            at = end
        self._rest = sealed[at:]
        return b"".join(opened)
