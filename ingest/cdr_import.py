"""Taking in a CDR file: read in a thread, landed in batches while the reading goes on, everything counted.

Rows in are rows landed, rows known already, rows whose retention is over or that were erased, and rows rejected; each
rejected one lies in quarantine. A format with control totals is read to its end before anything of it lands.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo, available_timezones

import structlog

from domain.errors import CallwardError, Invalid, NotFound, Unavailable
from domain.logs import where
from domain.policy import Policy
from ingest.formats.errors import FileRefused, UnknownFormat, ZoneNeeded
from ingest.formats.options import ParseOptions
from ingest.import_work import ImportResult, ImportWork
from ingest.imports import ImportState, ImportStore
from ingest.sources import SourceConfig, SourceStore, options_of
from storage.resources import Resources

log = structlog.get_logger()

AUTO: Final = "auto"
DEFAULT_SOURCE: Final = "default"
AT_ONCE: Final = 8
"""Imports that one process works on at once: each has a thread and holds its unfinished calls."""
REFUSALS: Final = (FileRefused, UnknownFormat, ZoneNeeded)


class CdrImport:
    """Imports of one workspace, under its policy."""

    running: ClassVar[int] = 0

    def __init__(self, resources: Resources, workspace_id: str, policy: Policy) -> None:
        self._resources = resources
        self._workspace_id = workspace_id
        self._policy = policy
        self._imports = ImportStore(resources, workspace_id)

    async def run(
        self,
        stream: AsyncIterable[bytes],
        source_name: str | None = None,
        format_name: str | None = None,
        *,
        now: datetime,
        zone: str | None = None,
        region: str | None = None,
        import_id: str | None = None,
    ) -> ImportResult:
        """Take a file in.

        Args:
            stream: its bytes, plain, gzip or zstd; they are pulled as they are worked on.
            source_name: a configured source; None is one of which nothing is known, no zone and no region.
            format_name: over the source's own; None and `auto` ask the file.
            now: this instant.
            zone: of local times, over the source's own.
            region: of national numbers, over the source's own.
            import_id: of an import that was begun before, to begin it again; None for a new one.

        Raises:
            NotFound: no such source.
            FileRefused, UnknownFormat, ZoneNeeded: with `import_id` among the fields.
            Unavailable: too many imports at once, or a store does not answer; sending the file again goes on.
        """
        config = await self._config(source_name)
        options = _options(config, zone=zone, region=region, now=now)
        source = source_name or DEFAULT_SOURCE
        if CdrImport.running >= AT_ONCE:
            raise Unavailable("too many imports at once", limit=AT_ONCE)
        CdrImport.running += 1
        try:
            begun = await self._imports.start(source, self._policy, now=now, import_id=import_id)
            work = ImportWork(self._resources, self._workspace_id, self._policy, ImportResult(begun, source), now)
            return await self._watched(work, stream, _wanted(format_name, config), options)
        finally:
            CdrImport.running -= 1

    async def _config(self, source_name: str | None) -> SourceConfig:
        try:
            found = await SourceStore(self._resources, self._workspace_id).get(source_name or DEFAULT_SOURCE)
        except NotFound:
            if source_name is not None:
                raise
            return SourceConfig()
        return found.config

    async def _watched(
        self, work: ImportWork, stream: AsyncIterable[bytes], wanted: str | None, options: ParseOptions
    ) -> ImportResult:
        """Do the work and write down how it ended, whatever happens."""
        result = work.result
        try:
            await work.take_in(stream, wanted, options)
        except REFUSALS as error:
            reason = error.reason if isinstance(error, FileRefused) else error.code
            await work.end(ImportState.REFUSED, reason=reason)
            error.fields |= {"import_id": result.import_id, "landed": result.counts["landed"]}
            log.info("cdrs:import:refused", import_id=result.import_id, reason=reason)
            raise
        except BaseException as error:
            await asyncio.shield(work.end(ImportState.INTERRUPTED, reason=_cause(error)))
            log.warning("cdrs:import:interrupted", import_id=result.import_id, **where(error))
            raise
        await work.end(ImportState.DONE)
        log.info("cdrs:import:done", import_id=result.import_id, rows=result.counts["rows"])
        return result


def _cause(error: BaseException) -> str:
    """Return a constant word for what cut an import short."""
    return error.code if isinstance(error, CallwardError) else "cut_off"


def _wanted(format_name: str | None, config: SourceConfig) -> str | None:
    """Return the format that somebody named, None when the file is to say it itself."""
    return next((name for name in (format_name, config.format) if name not in {None, AUTO}), None)


def known_zone(name: str) -> str:
    """Return the zone's name. Raises Invalid when the IANA database has none of it."""
    if name not in available_timezones():
        raise Invalid("unknown zone; write one of the IANA database such as Asia/Kolkata", field="zone")
    return name


def _options(config: SourceConfig, *, zone: str | None, region: str | None, now: datetime) -> ParseOptions:
    options = options_of(config, now=now)
    chosen = options.zone if zone is None else ZoneInfo(known_zone(zone))
    return replace(options, zone=chosen, region=region or options.region)
