"""Invented CDRs by the month for `bench_sweep.py`, landed as ours are; and the process that lands more beside it."""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.holds import HeldKind, HeldQuery, HoldKind, HoldScope, record_scope
from governance.holds import HoldStore, NewHold
from governance.workspaces import NewWorkspace, WorkspaceStore
from ingest.cdrs import CdrStore
from ingest.formats.record import Cost, Direction, Disposition, PartyKind, PartyNumber, Row
from storage.resources import Resources
from storage.settings import Settings

SCRIPT = Path(__file__).with_name("bench_sweep.py")
MONTHS, DUE_MONTHS = 20, 8
"""Of calls; those that are due, so that four are stripped by each side."""
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LANDED = datetime(2024, 2, 1, tzinfo=UTC)
BATCH = 500


def month(number: int) -> datetime:
    """Return the first instant of the month that is so many after the first one."""
    return FIRST.replace(year=FIRST.year + number // 12, month=number % 12 + 1)


def row(made: random.Random, number: int, at: datetime) -> Row:
    """Return a leg of an invented call."""
    caller, callee = (f"+4479{made.randrange(20_000):08}" for _ in range(2))
    talk = float(made.randrange(600))
    return Row(
        source="asterisk_csv",
        group=f"{number:012}",
        key=f"{number:012}-1",
        raw_line=number,
        origin_id=f"{number:012}",
        direction=Direction.OUTBOUND,
        caller=PartyNumber(caller, caller, kind=PartyKind.SUBSCRIBER),
        callee=PartyNumber(callee, callee, kind=PartyKind.SUBSCRIBER),
        setup_time=at,
        answer_time=at + timedelta(seconds=4),
        end_time=at + timedelta(seconds=4 + talk),
        duration_s=talk + 4,
        talk_s=talk,
        disposition=Disposition.ANSWERED,
        cost=Cost("0.10", "INR"),
        extra={"channel": f"PJSIP/{number % 300}-{number:08x}", "clid_name": f"Desk {number % 300}"},
        facts={"last_app": "Dial"},
    )


def calls(count: int, due: int) -> Iterator[list[list[Row]]]:
    """Yield the calls of all months in the order of their time, in batches: so many, of them so many due."""
    made, number = random.Random(5), itertools.count()  # noqa: S311 - invented calls
    batch: list[list[Row]] = []
    for at in range(MONTHS):
        of_month = due // DUE_MONTHS if at < DUE_MONTHS else (count - due) // (MONTHS - DUE_MONTHS)
        begun, step = month(at) + timedelta(hours=12), timedelta(days=26) / max(1, of_month)
        for index in range(of_month):
            batch.append([row(made, next(number), begun + step * index)])
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


async def fill(resources: Resources, workspace_id: str, count: int, due: int) -> None:
    """Land the calls as they are landed from a file."""
    policy = (await WorkspaceStore(resources).get(workspace_id)).policy
    store = CdrStore(resources, workspace_id)
    for batch in calls(count, due):
        await store.land("pbx", batch, policy, now=LANDED)


async def place_holds(resources: Resources, workspace_id: str) -> None:
    """Hold some calls of the months that are due: by their id, by a query, by a person that nobody is."""
    found = await resources.database.scoped("cdrs", workspace_id).find({}, fields=("_id",), limit=20)
    span = HeldQuery(HeldKind.CDR, month(0), month(0) + timedelta(hours=13))
    scopes = [
        *(record_scope(one["_id"]) for one in found),
        HoldScope(HoldKind.QUERY, query=span),
        HoldScope(HoldKind.PERSON, tokens=("0" * 32,)),
    ]
    for number, scope in enumerate(scopes):
        await HoldStore(resources, workspace_id).place(NewHold(f"2026-{number}", scope), now=LANDED)


async def ingest_forever(settings: Settings) -> None:
    """Land calls of the newest month for ever, and say how many after each batch."""
    resources = Resources.open(settings)
    workspace = await WorkspaceStore(resources).create(NewWorkspace(name="beside"), now=LANDED)
    store, made, number = CdrStore(resources, workspace.workspace_id), random.Random(6), 0  # noqa: S311 - as above
    while True:
        moments = (month(MONTHS) + timedelta(seconds=number + one) for one in range(BATCH))
        batch = [[row(made, number + at, moment)] for at, moment in enumerate(moments)]
        number += BATCH
        began = time.monotonic()
        await store.land("pbx", batch, workspace.policy, now=month(MONTHS))
        print(f"{number} {time.monotonic() - began}", flush=True)


@dataclass
class Ingest:
    """The other process; how many it has landed, and how long each batch took."""

    process: subprocess.Popen[str]
    landed: int = 0
    took_s: list[float] = field(default_factory=list)

    @classmethod
    def start(cls, env: dict[str, str]) -> Ingest:
        """Start it, and follow what it says."""
        outer = {name: value for name, value in os.environ.items() if not name.startswith("CALLWARD_")}
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), "--beside"], env={**outer, **env}, stdout=subprocess.PIPE, text=True
        )
        ingest = cls(process)
        threading.Thread(target=ingest._follow, daemon=True).start()
        until = time.monotonic() + 120
        while not ingest.landed and time.monotonic() < until:
            time.sleep(0.1)
        if not ingest.landed:
            raise SystemExit("the ingest beside did not start")
        return ingest

    def _follow(self) -> None:
        for line in self.process.stdout or ():
            landed, took = line.split()
            self.landed = int(landed)
            self.took_s.append(float(took))

    def stop(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait()
