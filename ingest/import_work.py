"""One import under way: its thread, its batches, its counts.

One thread reads the file, which may mean to wait for the sender; one builds documents: more would only take the
interpreter from each other.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from domain.policy import Policy
from ingest.cdr_stream import Batch, PulledBytes, batches
from ingest.cdrs import CdrStore
from ingest.formats.errors import FileRefused
from ingest.formats.options import ParseOptions
from ingest.formats.reading import RAW_KEPT, Input
from ingest.formats.record import Rejection, Row, to_json
from ingest.formats.registry import Format, detect, load_format
from ingest.imports import ImportState, ImportStore
from ingest.pokes import tell_of_calls
from ingest.quarantine import QuarantineStore
from storage.mongo import Document
from storage.resources import Resources

SHOWN_REJECTIONS: Final = 20
IN_FLIGHT: Final = 3
"""Batches on their way at once: while one is built, those before it are with the database."""
_TELL_EVERY_S: Final = 5.0
_OVERFULL_FROM: Final = 500_000_000
"""Numbers of refused rows from here on: refused by the store, not by the reader."""


@dataclass(slots=True)
class ImportResult:
    """What became of a file."""

    import_id: str
    source: str
    format_name: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    """The first of them; all lie in quarantine."""
    kept_whole: bool = False
    """Whether the file itself is kept in quarantine."""

    @property
    def quarantined(self) -> bool:
        """Whether rows of it, or all of it, lie in quarantine."""
        return self.kept_whole or self.counts["rejected"] > 0


class ImportWork:
    """Reads a file in a thread and lands its batches while the next ones are read."""

    def __init__(
        self, resources: Resources, workspace_id: str, policy: Policy, result: ImportResult, now: datetime
    ) -> None:
        self.result = result
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._audit = resources.audit
        self._imports = ImportStore(resources, workspace_id)
        self._quarantine = QuarantineStore(resources, workspace_id)
        self._began, self._ticks = now, time.monotonic()
        self._told_at = self._ticks
        self._refused, self._overfull = 0, _OVERFULL_FROM
        self._erased = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import-build")
        self._cdrs = CdrStore(resources, workspace_id, thread=self._builder)

    def _now(self) -> datetime:
        return self._began + timedelta(seconds=time.monotonic() - self._ticks)

    async def end(self, state: ImportState, *, reason: str | None = None) -> None:
        """Write down how it ended."""
        result = self.result
        if self._erased:
            detail: dict[str, str | int] = {"calls": self._erased}
            await self._note_in_audit("cdr:redelivery:refused", detail)
        await self._imports.end(
            result.import_id,
            state,
            result.counts,
            now=self._now(),
            format_name=result.format_name,
            reason=reason,
            quarantined=result.quarantined,
        )

    async def take_in(self, stream: AsyncIterable[bytes], wanted: str | None, options: ParseOptions) -> None:
        """Read and land a file."""
        raw = PulledBytes(stream)
        loop = asyncio.get_running_loop()
        try:
            form, source = await loop.run_in_executor(self._thread, _opened, raw, wanted, options)
            self.result.format_name = form.name
            if form.totals:
                await self._verified_first(form, raw, options)
            else:
                raw.forget_beginning()
                await self._land_all(form, source, options)
        finally:
            raw.stop()
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._builder.shutdown(wait=False, cancel_futures=True)

    async def _verified_first(self, form: Format, raw: PulledBytes, options: ParseOptions) -> None:
        """Set the whole file aside and read it to its end; it lands only if nothing is wrong with it as a whole."""
        spooled = await self._quarantine.spool(
            self.result.import_id, raw.from_beginning(), self._policy, now=self._now()
        )
        try:
            async for _ in self._batches(form, await self._spooled(spooled, options), options):
                await self._tell()
            await self._land_all(form, await self._spooled(spooled, options), options)
        except FileRefused as error:
            await self._keep_whole(spooled, error.reason)
            raise
        except BaseException:
            await asyncio.shield(self._quarantine.drop_file(spooled))
            raise
        await self._quarantine.drop_file(spooled)

    async def _spooled(self, spooled: Document, options: ParseOptions) -> Input:
        pulled = PulledBytes(self._quarantine.read_file(spooled, now=self._began))
        pulled.forget_beginning()
        return await asyncio.get_running_loop().run_in_executor(self._thread, Input, pulled, options.limits)

    async def _keep_whole(self, spooled: Document, reason: str) -> None:
        now = self._now()
        await self._quarantine.keep_file(spooled, reason, self._policy, now=now)
        self.result.kept_whole = True
        await self._note_in_audit("cdrs:file:quarantined", {"reason": reason})

    async def _note_in_audit(self, event: str, detail: dict[str, str | int]) -> None:
        await self._audit.append(
            self._workspace_id, event, actor="ingest", now=self._now(), call_id=self.result.import_id, detail=detail
        )

    async def _batches(self, form: Format, source: Input, options: ParseOptions) -> AsyncIterator[Batch]:
        reading = batches(form.read(source, options), form)
        loop = asyncio.get_running_loop()
        while (batch := await loop.run_in_executor(self._thread, next, reading, None)) is not None:
            yield batch

    async def _land_all(self, form: Format, source: Input, options: ParseOptions) -> None:
        pending: set[asyncio.Task[None]] = set()
        try:
            async for batch in self._batches(form, source, options):
                numbered = [(self._refused + at, one) for at, one in enumerate(batch.refused)]
                self._refused += len(numbered)
                self._show(batch.refused)
                pending.add(asyncio.create_task(self._land(batch, numbered)))
                if len(pending) >= IN_FLIGHT:
                    done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
                await self._tell()
        finally:
            if pending:
                await asyncio.wait(pending)
        for task in pending:
            task.result()

    async def _land(self, batch: Batch, refused: list[tuple[int, Rejection]]) -> None:
        """Write a batch: calls, then what was refused; count what is written."""
        now, counts = self._now(), self.result.counts
        if batch.groups:
            landed = await self._cdrs.land(self.result.source, batch.groups, self._policy, now=now)
            await tell_of_calls(self._resources, self._workspace_id, batch.groups, now=now)
            self._erased += len(landed.erased)
            counts.update(landed.rows)
            counts.update(rows=landed.rows.total(), calls=len(landed.created), merged=len(landed.merged))
            over = [_overfull(row) for row in landed.refused]
            refused = refused + [(self._overfull + at, one) for at, one in enumerate(over)]
            self._overfull += len(over)
            self._show(over)
        if refused:
            await self._quarantine.keep_rows(self.result.import_id, refused, self._policy, now=now)
            rows = sum(one.rows for _, one in refused)
            counts.update(rows=rows, rejected=rows)

    def _show(self, refused: list[Rejection]) -> None:
        self.result.rejections += refused[: max(0, SHOWN_REJECTIONS - len(self.result.rejections))]

    async def _tell(self) -> None:
        """Write down now and then how far it got, so that a dead import is told from a long one."""
        if time.monotonic() - self._told_at > _TELL_EVERY_S:
            self._told_at = time.monotonic()
            await self._imports.note(
                self.result.import_id, self.result.counts, format_name=self.result.format_name, now=self._now()
            )


def _opened(raw: PulledBytes, wanted: str | None, options: ParseOptions) -> tuple[Format, Input]:
    source = Input(raw, options.limits)
    return (load_format(wanted) if wanted else detect(source.head, options)), source


def _overfull(row: Row) -> Rejection:
    message = "its call has more rows than a call can have; is the column that tells calls apart the right one?"
    return Rejection(row.raw_line, "too_many_rows", message, to_json(row).decode()[:RAW_KEPT])
