"""The sweep of CDRs beside one plain `update_many` that strips the same fields, both beside running ingest.

`python bench/bench_sweep.py [records] [due]` (default 60,000 and 24,000; `--large` is 5,000,000 and 2,000,000). The
records are landed as ours are, by their store, over twenty months; the due ones are the oldest eight. They are
stripped in turns, a month to each side: ours by the sweep as the relay runs it (keys, holds, receipt), with legal holds
in force, and the peer's by one `update_many` over what is due, acknowledged by majority and journal. Meanwhile another
process lands calls without a pause. Printed are both speeds and their ratio, the inserts beside each and alone, and the
memory of the sweeping process.

A second peer works on a copy of the records with the indexes that one would make first (people, and clock, each alone):
what the layout by month is worth.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pymongo import MongoClient, WriteConcern

from bench.processes import cpu_s
from bench.sweep_records import BATCH, DUE_MONTHS, LANDED, Ingest, fill, ingest_forever, month, place_holds
from cli.stack.embedded import EmbeddedStack
from governance.workspaces import NewWorkspace, WorkspaceStore
from storage.migrations import migrate
from storage.resources import Resources
from storage.settings import Settings
from workers.ageing import Ageing

MARK, INGEST_MARK = 2.5, 0.5
CHANGE = {"$unset": {"identifiers": ""}, "$inc": {"revision": 1}}
BEFORE = {
    "start": [("workspace_id", 1), ("setup_time", -1), ("_id", -1)],
    "people": [("workspace_id", 1), ("identifiers.index", 1)],
    "clock": [("identifiers.retain_until", 1)],
    "record": [("retain_until", 1)],
}
"""The indexes that one would make first."""


@dataclass
class Way:
    """One way to strip: documents a second, what was landed beside it, batches' latencies, mongod's time a document."""

    name: str
    speeds: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    slow_s: list[float] = field(default_factory=list)
    mongod_us: list[float] = field(default_factory=list)

    def note(self, count: int, took_s: float, landed: int, batches: list[float], mongod_s: float) -> None:
        """Take one round down."""
        self.speeds.append(count / took_s)
        self.beside.append(landed / took_s)
        self.slow_s.append(max(batches, default=took_s))
        self.mongod_us.append(mongod_s / max(count, 1) * 1e6)

    def told(self) -> str:
        """Return the medians."""
        speed, beside, slow, cpu = map(statistics.median, (self.speeds, self.beside, self.slow_s, self.mongod_us))
        return (
            f"{self.name:34} {speed:8,.0f} documents/s, mongod {cpu:4.0f} µs each; beside it {beside:6,.0f} calls/s "
            f"landed, slowest batch of {BATCH} {slow:.2f} s"
        )


class Bench:
    """One stack with its records and the three ways to strip them."""

    def __init__(self, stack: EmbeddedStack, resources: Resources, workspace_id: str) -> None:
        client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"], tz_aware=True)
        self._database = client[stack.env["CALLWARD_MONGO_DATABASE"]]
        self._mongod = stack.pid("mongo")
        self._ageing, self._workspace_id = Ageing(resources), workspace_id
        self.ours, self.peer = Way("the sweep, holds asked"), Way("one update_many, same collection")
        self.before = Way("one update_many, plain indexes")

    def copy(self) -> None:
        """Copy the records to a collection with plain indexes."""
        self._database["cdrs"].aggregate([{"$match": {"workspace_id": self._workspace_id}}, {"$out": "bench_plain"}])
        for name, keys in BEFORE.items():
            self._database["bench_plain"].create_index(keys, name=name)

    def due_at(self, at: int) -> datetime:
        """Return when the identifiers of a month are due."""
        began = {"$gte": month(at), "$lt": month(at + 1)}  # else all that is younger would be looked at first
        kept = {"workspace_id": self._workspace_id, "identifiers.month": f"{month(at):%Y-%m}", "setup_time": began}
        found = self._database["cdrs"].find_one(kept, sort=[("setup_time", -1)])
        due: datetime = (found or {})["identifiers"]["retain_until"]
        return due

    def plain(self, name: str, due: datetime) -> int:
        """Strip what is due in one statement."""
        peer = self._database.get_collection(name, write_concern=WriteConcern("majority", j=True))
        found = {"workspace_id": self._workspace_id, "identifiers.retain_until": {"$lte": due, "$type": "date"}}
        return peer.update_many(found, CHANGE).modified_count

    async def swept(self, due: datetime) -> int:
        """Strip what is due as the relay does."""
        return (await self._ageing.of_workspace(self._workspace_id, now=due)).get("cdrs.identifiers", 0)

    async def rounds(self, ingest: Ingest) -> None:
        """Strip month by month, in turns."""
        for at in range(DUE_MONTHS):
            due = self.due_at(at)
            if at % 2 == 0:
                await self._measured(self.ours, ingest, self.swept(due))
            else:
                await self._measured(self.peer, ingest, asyncio.to_thread(self.plain, "cdrs", due))
            if "bench_plain" in self._database.list_collection_names():
                await self._measured(self.before, ingest, asyncio.to_thread(self.plain, "bench_plain", due))

    async def _measured(self, way: Way, ingest: Ingest, work: Any) -> None:
        began, landed, batches, cpu = time.monotonic(), ingest.landed, len(ingest.took_s), cpu_s(self._mongod)
        count = await work
        took_s = time.monotonic() - began
        spent = cpu_s(self._mongod) - cpu
        way.note(count, took_s, ingest.landed - landed, ingest.took_s[batches:], spent)


def peak_mib() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def alone(ingest: Ingest, seconds: float) -> float:
    """Return how many calls a second are landed while nobody sweeps."""
    landed = ingest.landed
    await asyncio.sleep(seconds)
    return (ingest.landed - landed) / seconds


async def run(stack: EmbeddedStack, count: int, due: int, *, plain_too: bool) -> None:
    """Fill, strip in turns, print."""
    settings = settings_of(stack.env)
    resources = Resources.open(settings)
    try:
        await migrate(resources.database, now=LANDED)
        workspace = await WorkspaceStore(resources).create(NewWorkspace(name="bench"), now=LANDED)
        began = time.monotonic()
        await fill(resources, workspace.workspace_id, count, due)
        await place_holds(resources, workspace.workspace_id)
        bench = Bench(stack, resources, workspace.workspace_id)
        if plain_too:
            bench.copy()
        print(f"{count:,} records, {due:,} due, landed in {time.monotonic() - began:.0f} s")
        ingest = Ingest.start(stack.env)
        try:
            by_itself, before = await alone(ingest, 8), peak_mib()
            await bench.rounds(ingest)
        finally:
            ingest.stop()
        tell(bench, by_itself, before)
    finally:
        resources.close()


def tell(bench: Bench, by_itself: float, before_mib: float) -> None:
    """Print the medians and the ratios."""
    for way in (bench.ours, bench.peer, bench.before):
        if way.speeds:
            print(way.told())
    ours, peer = statistics.median(bench.ours.speeds), statistics.median(bench.peer.speeds)
    print(f"landed while nobody sweeps: {by_itself:,.0f} calls/s")
    print(f"sweep / update_many {ours / peer:.2f} (mark: {MARK})", end="")
    if bench.before.speeds:
        print(f"; / update_many on plain indexes {ours / statistics.median(bench.before.speeds):.2f}", end="")
    kept = statistics.median(bench.ours.beside) / by_itself if by_itself else 0.0
    print(f"; ingest beside the sweep at {kept:.2f} of its own speed (mark: {INGEST_MARK})")
    print(f"memory of the sweeping process: {before_mib:.0f} MiB before, {peak_mib():.0f} MiB at most")
    print(f"load {os.getloadavg()[0]:.1f}")


def settings_of(env: dict[str, str]) -> Settings:
    """Return the settings that lead to a stack."""
    prefix = "CALLWARD_"
    values: dict[str, Any] = {
        name.removeprefix(prefix).lower(): value for name, value in env.items() if name.startswith(prefix)
    }
    return Settings(**values)


def main() -> None:
    """Run it on a stack of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=int, nargs="?", default=60_000)
    parser.add_argument("due", type=int, nargs="?", default=24_000)
    parser.add_argument("--large", action="store_true", help="5,000,000 records, 2,000,000 due (an hour and more)")
    parser.add_argument("--no-plain-indexes", action="store_true", help="leave the second peer out")
    parser.add_argument("--beside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.beside:
        asyncio.run(ingest_forever(settings_of(dict(os.environ))))
        return
    count, due = (5_000_000, 2_000_000) if given.large else (given.records, given.due)
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder)) as stack:
        asyncio.run(run(stack, count, due, plain_too=not given.no_plain_indexes))


if __name__ == "__main__":
    main()
