"""Building a release beside a plain loop: the same documents read, decrypted and written as the same Parquet, no more.

The mark: 25 % of the loop's rows a second (issue 7). CPU seconds of this process; MongoDB and the store run beside it,
and work the same for both but for the staging. `--calls`, `--words`, `--workspaces` say how much.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.corpus_office import fill
from cli.stack.embedded import EmbeddedStack
from corpus.deid import SourceCall
from corpus.gates.canary.calls import Canary
from corpus.gates.second import Sight
from corpus.policy import CorpusPolicy
from corpus.releases import ReleaseStore
from corpus.shard_store import ShardStore
from corpus.shards import table_of
from corpus.uncollected import uncollected
from domain.corpus import CorpusItem, CorpusTurn, CorpusWord, QuasiIdentifiers
from domain.ids import new_id
from domain.spans import Span
from domain.speech import Transcript
from storage.migrations import migrate
from storage.resources import Resources
from storage.settings import Settings
from transcription.store import SealedTranscript, TranscriptKind, TranscriptStore
from workers.chores import ChoreRunner
from workers.corpus import corpus_chores
from workers.corpus_finish import Finishing

BATCH, ROWS = 100, 2000
MARK = 0.25
BUILDING = ("corpus_plan", "corpus_read", "corpus_join", "corpus_write")


class SeesNothing:
    """A second detector that costs nothing: its own cost is in bench_gates.py."""

    name = "double"

    def scores(self, sights: Sequence[Sight]) -> Sequence[float]:
        """Return that nothing is anybody's."""
        return [0.0] * len(sights)


def all_found(canaries: Sequence[Canary]) -> list[SourceCall]:
    """Return canaries as if every word of theirs had been found: what finding costs is redaction's."""
    return [SourceCall(one.call_id, one.transcript, _all_of(one)) for one in canaries]


def _all_of(canary: Canary) -> list[Span]:
    segments = enumerate(canary.transcript.segments)
    return [Span(at, 0, len(segment.words), "PERSON", 1.0, "bench") for at, segment in segments]


def plain(call_id: str, transcript: Transcript) -> CorpusItem:
    """Return a transcript as a row, as it is."""
    turns = tuple(
        CorpusTurn(segment.party.value, tuple(CorpusWord(word.start, word.end, word.text) for word in segment.words))
        for segment in transcript.segments
    )
    return CorpusItem(call_id, transcript.language, transcript.duration_s, turns, QuasiIdentifiers(), "none")


def opened(sealed: Mapping[str, SealedTranscript]) -> list[CorpusItem]:
    """Decrypt, decompress and parse; without the collector, as in the build."""
    with uncollected():
        return [plain(at, one.open()) for at, one in sealed.items()]


def tabled(items: Sequence[CorpusItem]) -> Any:
    """Return items as a table, without the collector too."""
    with uncollected():
        return table_of(items)


async def plain_loop(resources: Resources, workspaces: Sequence[str]) -> int:
    """Read, decrypt, parse and write every call; return how many rows."""
    shards = ShardStore(resources, new_id("rel"), bytes(32))

    async def tables() -> AsyncIterator[Any]:
        held: list[CorpusItem] = []
        for workspace_id in workspaces:
            calls, store = resources.database.scoped("calls", workspace_id), TranscriptStore(resources, workspace_id)
            after = ""
            while page := await calls.find({"_id": {"$gt": after}}, limit=BATCH):
                after = page[-1]["_id"]
                sealed = await store.sealed_of(page, TranscriptKind.CLEAR)
                held += await asyncio.to_thread(
                    lambda found: [plain(at, one.open()) for at, one in found.items()], sealed
                )
                if len(held) >= ROWS:
                    yield await asyncio.to_thread(tabled, held)
                    held.clear()
        if held:
            yield await asyncio.to_thread(tabled, held)

    made = await shards.write(tables())
    return 0 if made is None else int(made["rows"])


async def build(resources: Resources, *, tasks: Sequence[str]) -> None:
    """Run the open jobs of these tasks until there is none."""
    chores = corpus_chores(Finishing(all_found, SeesNothing))
    jobs = resources.database.whole("outbox")
    while found := await jobs.find({"state": "ready", "task": {"$in": list(tasks)}}, limit=1):
        job = await resources.outbox.claim(found[0]["_id"], now=datetime.now(UTC) + timedelta(seconds=5))
        if job is not None:
            await ChoreRunner(resources, chores).run(job)


@dataclass
class Took:
    """What a piece of work took."""

    cpu_s: float
    wall_s: float
    grew: int


def resident() -> int:
    """Return how much memory this process has, in bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def timed(work: Callable[[], Awaitable[Any]]) -> Took:
    """Measure a piece of work: CPU of this process with all its threads, wall, and how far its memory grew."""
    most, stop = resident(), False
    base = most

    async def watch() -> None:
        nonlocal most
        while not stop:
            most = max(most, resident())
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    took = Took(time.process_time() - cpu, time.perf_counter() - wall, 0)
    stop = True
    await watching
    return replace(took, grew=most - base)


async def run(settings: Settings, arguments: argparse.Namespace) -> None:
    resources = Resources.open(settings)
    await migrate(resources.database, now=datetime.now(UTC))
    await resources.objects.create_bucket_if_missing()
    each = arguments.calls // arguments.workspaces
    workspaces = [await fill(resources, each, words=arguments.words, seed=at) for at in range(arguments.workspaces)]
    rows = each * arguments.workspaces
    await plain_loop(resources, workspaces[:1])  # warm: libraries, connections
    loops = []
    for _ in range(arguments.rounds):
        loop = await timed(lambda: plain_loop(resources, workspaces))
        release = await ReleaseStore(resources).create(
            purpose="bench", asked_by="key_bench", policy=CorpusPolicy(), workspaces=workspaces, now=datetime.now(UTC)
        )
        building = await timed(
            lambda: build(resources, tasks=("corpus_plan", "corpus_read", "corpus_join", "corpus_write"))
        )
        checking = await timed(lambda: build(resources, tasks=("corpus_finish",)))
        found = await ReleaseStore(resources).get(release["_id"])
        loops.append((loop, building, checking, found))
        told(rows, loop, building, checking, found)
    best = max(loop.cpu_s / building.cpu_s for loop, building, _, _ in loops)
    verdict = "reached" if best >= MARK else "MISSED"
    print(f"building / plain loop, CPU, best of {len(loops)}: {best:.1%} (mark {MARK:.0%}: {verdict})")
    print(f"most memory of this process: {resident() / 2**20:.0f} MiB at the end")
    resources.close()


def told(rows: int, loop: Took, building: Took, checking: Took, release: dict[str, Any]) -> None:
    items = release["counts"]["items"]
    print(f"{rows} calls, {items} items, {release['state']}, left out {release['counts']['excluded']}")
    for name, took in (("plain loop", loop), ("building", building), ("gates (no detector)", checking)):
        each = took.cpu_s / rows * 1e3
        speed, grew = rows / took.wall_s, took.grew / 2**20
        print(f"  {name:20} {each:6.2f} ms CPU a call, {speed:7.0f} rows/s, memory +{grew:.0f} MiB")
    print(f"  ratio: CPU {loop.cpu_s / building.cpu_s:.1%}, wall {loop.wall_s / building.wall_s:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--workspaces", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder)) as stack:
        prefix = "CALLWARD_"
        known: dict[str, Any] = {
            name.removeprefix(prefix).lower(): one for name, one in stack.env.items() if name.startswith(prefix)
        }
        asyncio.run(run(Settings(**known), arguments))


if __name__ == "__main__":
    main()
