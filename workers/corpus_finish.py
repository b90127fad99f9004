"""The last phase of a build: everything that was written is read back and goes through the gates.

What must never happen here: a release that comes to a person's review without every gate having seen every row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from corpus.deid import Keyed, SourceCall
from corpus.described import described
from corpus.gates.canary.calls import Canary, canaries_of
from corpus.gates.report import GateReport
from corpus.gates.run import GateContext, GateRun
from corpus.gates.second import SecondLook
from corpus.gates.traces import Trace
from corpus.joining import Counted, Decided
from corpus.making import ItemMaker, hasher_of, keyed_under
from corpus.releases import Phase, ReleaseState, ReleaseStore
from corpus.shards import items_of
from corpus.units import UnitKind, UnitStore
from domain.corpus import CorpusItem
from domain.jobs import Job
from storage.mongo import Document
from storage.resources import Resources
from workers.corpus_units import OpenRelease
from workers.runner import utc_now

log = structlog.get_logger()
CanarySources = Callable[[Sequence[Canary]], Sequence[SourceCall]]
"""What becomes of canaries when they are heard and redacted as all calls are. Takes time: called in a thread."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """Reads back what was written, and ends the build in `review` or `failed`."""

    canary_sources: CanarySources
    second_look: Callable[[], SecondLook | None]

    async def run(self, resources: Resources, job: Job) -> None:
        """Do the phase for the release that the job names; safe to run twice."""
        release = await OpenRelease.of(resources, job.call_id, ReleaseState.BUILDING)
        if release is None or release.document["phase"] != Phase.CHECKING.value:
            return
        units = await UnitStore(resources).of_release(job.call_id, UnitKind.SHARD)
        files = sorted((file for unit in units for file in unit["files"]), key=lambda one: str(one["name"]))
        report, sample = await self._report(release, files)
        state = ReleaseState.REVIEW if report.passed else ReleaseState.FAILED
        kept = [{name: one for name, one in file.items() if name != "traces"} for file in files]
        fields = {"files": kept, "gates": report.to_document(), "sample": sample, "checked_at": utc_now()}
        if await ReleaseStore(resources).settle(job.call_id, state, fields):
            log.info("corpus:release:checked", release=release.document["number"], passed=report.passed)
        await release.staging.clear()
        await UnitStore(resources).forget(job.call_id)

    async def _report(self, release: OpenRelease, files: Sequence[Document]) -> tuple[GateReport, list[str]]:
        keyed = keyed_under(release.key)
        canaries = canaries_of(keyed, release.policy.canaries)
        second = await asyncio.to_thread(self.second_look)
        run = GateRun(GateContext(release.policy, keyed, hasher_of(keyed), canaries, second))
        counted = Counted.from_bytes(await release.staging.get(release.document["counted"]))
        decided = await asyncio.to_thread(counted.decided, release.policy)
        await asyncio.to_thread(self._follow_canaries, run, canaries, release, decided)
        for file in files:
            await _see_file(run, release, file)
        for name, body in described({**release.document, "files": files}).items():
            run.see_bytes(name, body)
        return await asyncio.to_thread(run.finish), run.sample()

    def _follow_canaries(
        self, run: GateRun, canaries: Sequence[Canary], release: OpenRelease, decided: Decided
    ) -> None:
        keyed = keyed_under(release.key)
        maker = ItemMaker(keyed, release.policy)
        for source in self.canary_sources(canaries):
            run.see_canary(_made(maker, source, decided, keyed))


def _made(maker: ItemMaker, source: SourceCall, decided: Decided, keyed: Keyed) -> CorpusItem | None:
    """Return what a canary becomes, before rare words are told as a class: nobody else says its names.

    What many calls say would be written, so a name that is only kept back for being rare has come out.
    """
    made = maker.make(source)
    return None if isinstance(made, str) else decided.plan.release(made.item, keyed)


async def _see_file(run: GateRun, release: OpenRelease, file: Document) -> None:
    traces: list[bytes] = msgspec.msgpack.decode(await release.staging.get(file["traces"]), type=list[bytes])
    at = 0
    async for table in release.shards.tables(file):
        own = traces[at : at + table.num_rows]
        at += table.num_rows
        await asyncio.to_thread(_see_rows, run, str(file["name"]), table, own)
    async for piece in release.shards.read(file):
        run.see_bytes(str(file["name"]), piece)


def _see_rows(run: GateRun, name: str, table: Any, traces: Sequence[bytes]) -> None:
    texts = ([turn["text"] for turn in turns] for turns in table["turns"].to_pylist())
    for item, trace, own in zip(items_of(table), traces, texts, strict=True):
        run.see(item, Trace.from_bytes(trace), own)
        run.see_text(name, "\n".join((item.item_id, *item.labels.values(), *(turn.text for turn in item.turns))))
