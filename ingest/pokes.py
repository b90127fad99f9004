"""Telling recordings that logs have come: at once, and a few times a second while logs come in a stream.

Each batch would cost two writes that mostly find nobody. So the first of a workspace is told before it is answered;
those that come within `EVERY_S` of it are told together afterwards, which no phone waits for. Of a process that is
killed in between, the recordings that have no log yet find theirs by their own next look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from domain.logs import where
from ingest.formats.record import Row
from ingest.matches import poke
from storage.resources import Resources

log = structlog.get_logger()
EVERY_S: Final = 0.25
CLOSE: Final = timedelta(hours=1)
"""Spans of time that lie so close are told as one; what lies far apart (an old phone's months) stays apart."""

_FEW: Final = 24
"""So many spans of one batch are told one by one; a file that jumps through the years is told as one."""

Span = tuple[datetime, datetime]


def joined(spans: Sequence[Span]) -> list[Span]:
    """Return the spans in their order, those that overlap or lie within `CLOSE` as one."""
    found: list[Span] = []
    for earliest, latest in sorted(spans):
        if found and earliest - found[-1][1] <= CLOSE:
            found[-1] = (found[-1][0], max(found[-1][1], latest))
        else:
            found.append((earliest, latest))
    return found


async def tell_of_calls(
    resources: Resources, workspace_id: str, groups: Iterable[Iterable[Row]], *, now: datetime
) -> None:
    """Let recordings look anew after CDRs of these calls have landed; they look by themselves too if this fails.

    Rows that came before count too: the delivery that wrote them may have been killed before it told.
    """
    times = [moment for rows in groups for row in rows if (moment := row.setup_time or row.answer_time) is not None]
    spans = joined([(moment, moment) for moment in times])
    if len(spans) > _FEW:
        spans = [(spans[0][0], max(latest for _, latest in spans))]
    try:
        for earliest, latest in spans:
            await poke(resources, workspace_id, earliest, latest, now=now)
    except Exception as error:  # what has landed stays landed  # noqa: BLE001
        log.warning("recordings:poke:failed", workspace_id=workspace_id, **where(error))


class Pokes:
    """Collects the spans of time in which logs came, by workspace; one for each process."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Span]] = {}
        self._going: dict[str, asyncio.Task[None]] = {}

    async def note(self, resources: Resources, workspace_id: str, span: Span) -> None:
        """Let the recordings around these setup times look anew, now or within `EVERY_S`; what fails is tried again."""
        self._waiting.setdefault(workspace_id, []).append(span)
        if workspace_id not in self._going:
            self._going[workspace_id] = asyncio.create_task(self._follow(resources, workspace_id))
            await self._tell(resources, workspace_id)

    async def _follow(self, resources: Resources, workspace_id: str) -> None:
        """Tell what gathers, until for a while nothing came."""
        try:
            await asyncio.sleep(EVERY_S)
            while workspace_id in self._waiting:
                await self._tell(resources, workspace_id)
                await asyncio.sleep(EVERY_S)
        finally:
            self._going.pop(workspace_id, None)

    async def _tell(self, resources: Resources, workspace_id: str) -> None:
        spans = joined(self._waiting.pop(workspace_id, ()))
        try:
            while spans:
                await poke(resources, workspace_id, *spans[-1], now=datetime.now(UTC))
                spans.pop()
        except Exception as error:  # whatever it is, those that were not told wait for the next time  # noqa: BLE001
            log.warning("recordings:poke:failed", workspace_id=workspace_id, **where(error))
        finally:
            if spans:
                self._waiting.setdefault(workspace_id, []).extend(spans)

    async def close(self, resources: Resources) -> None:
        """Tell what still waits; nothing may be noted afterwards. What cannot be told is said in the log."""
        going = list(self._going.values())
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        for workspace_id in list(self._waiting):
            await self._tell(resources, workspace_id)
