"""The watch over who left the corpus, in turns of the relay."""

from __future__ import annotations

import asyncio

import structlog

from corpus.watching import CorpusWatch
from domain.logs import where
from storage.resources import Resources
from workers.runner import utc_now

log = structlog.get_logger()


class CorpusLooks:
    """Lets one look run at a time, beside the relay's publishing, which does not wait for it."""

    def __init__(self, resources: Resources) -> None:
        self._watch = CorpusWatch(resources)
        self._looking: asyncio.Task[None] | None = None

    def go_on(self) -> None:
        """Begin a look unless the last one is still at it."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        try:
            left = await self._watch.look(now=utc_now())
        except Exception as error:  # looked at again in the next round  # noqa: BLE001
            log.warning("corpus:watch:failed", **where(error))
            return
        if left:
            log.info("corpus:watch:items_left", items=left)

    async def settled(self) -> None:
        """Wait for the look under way."""
        if self._looking is not None:
            await self._looking

    async def close(self) -> None:
        """Stop looking; what was not looked at is looked at by the next one."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
