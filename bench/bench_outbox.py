"""How many tasks are lost, and run twice, when workers and broker are killed with -9: ours beside plain Celery.

`python bench/bench_outbox.py [tasks]` (default 600). Both run on the same broker in the same run, one after the other,
with the same kills: a worker three times, the broker twice.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pymongo import MongoClient

from bench.outbox_worker import plain_celery
from cli.stack.embedded import EmbeddedStack
from domain.ids import new_id
from domain.jobs import Queue
from storage.migrations import migrate
from storage.resources import Resources
from storage.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
QUIET_S = 12.0
PATIENCE_S = 240.0


class Workers:
    """Two workers that are started again whenever they die."""

    def __init__(self, argv: list[str], count: int = 2) -> None:
        self._argv = argv
        self._stopping = threading.Event()
        self.processes = [self._start() for _ in range(count)]
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *self._argv], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _watch(self) -> None:
        while not self._stopping.wait(0.2):
            for at, process in enumerate(self.processes):
                if process.poll() is not None:
                    self.processes[at] = self._start()

    def kill_one(self) -> None:
        """Kill -9 a worker."""
        self.processes[0].kill()

    def stop(self) -> None:
        """Stop all of them."""
        self._stopping.set()
        self._thread.join()
        for process in self.processes:
            process.kill()
            process.wait()


def disturb(stack: EmbeddedStack, workers: Workers, done: Callable[[], int], tasks: int) -> None:
    """Kill workers and broker at fixed shares of the work, whatever the machine's speed."""
    plan = [(0.1, "worker"), (0.25, "broker"), (0.4, "worker"), (0.6, "broker"), (0.75, "worker")]
    until = time.monotonic() + PATIENCE_S
    for share, what in plan:
        last, since = -1, time.monotonic()
        while done() < share * tasks and time.monotonic() < until:
            if done() != last:
                last, since = done(), time.monotonic()
            if time.monotonic() - since > QUIET_S:
                break
            time.sleep(0.1)
        if what == "worker":
            workers.kill_one()
        else:
            stack.kill("broker", signal.SIGKILL)
            stack.wait_healthy("broker")


def settle(done: Callable[[], int], tasks: int) -> None:
    """Wait until all is done or nothing moves any more."""
    last, since, until = -1, time.monotonic(), time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        now = done()
        if now != last:
            last, since = now, time.monotonic()
        if now >= tasks or time.monotonic() - since > QUIET_S:
            return
        time.sleep(0.2)


def measure(
    stack: EmbeddedStack, argv: list[str], send: Callable[[], None], effects: Any, key: str, tasks: int
) -> tuple[int, int, float]:
    """Return lost, run twice, and seconds."""
    workers = Workers(argv)
    sender = threading.Thread(target=send)
    began = time.monotonic()

    def done() -> int:
        return len(effects.distinct(key))

    try:
        sender.start()
        disturb(stack, workers, done, tasks)
        sender.join()
        settle(done, tasks)
    finally:
        workers.stop()
    counts = collections.Counter(document[key] for document in effects.find())
    return tasks - len(counts), sum(1 for count in counts.values() if count > 1), time.monotonic() - began


def send_plain(broker: str, tasks: int) -> None:
    """Publish as a request handler would: try again for as long as the broker is away, as send_task's retry does."""
    app = plain_celery(broker)
    for number in range(tasks):
        app.send_task("bench.plain", args=[f"t{number}"], queue="plain", retry=True)
    app.close()


async def send_ours(tasks: int) -> None:
    """Write jobs to the outbox."""
    resources = Resources.open(load_settings())
    for number in range(tasks):
        await resources.outbox.add(
            workspace_id="bench", call_id=f"t{number}", task="bench", queue=Queue.LANGUAGE, now=datetime.now(UTC)
        )
    resources.close()


async def prepare() -> None:
    """Create the collections."""
    resources = Resources.open(load_settings())
    await migrate(resources.database, now=datetime.now(UTC))
    resources.close()


@contextlib.contextmanager
def relay() -> Iterator[None]:
    """Run the relay beside."""
    process = subprocess.Popen([sys.executable, "-m", "workers", "relay"], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Run both and print the ratio."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    env = {
        "CALLWARD_LEASE_S": "3",
        "CALLWARD_REPUBLISH_AFTER_S": "3",
        "CALLWARD_SWEEP_EVERY_S": "0.5",
        "CALLWARD_MAX_ATTEMPTS": "20",
    }
    with tempfile.TemporaryDirectory() as folder, EmbeddedStack(Path(folder), env=env) as stack:
        os.environ.update(stack.env)
        asyncio.run(prepare())
        client: MongoClient[dict[str, Any]] = MongoClient(stack.env["CALLWARD_MONGO_URL"])
        records = client[stack.env["CALLWARD_MONGO_DATABASE"]]
        broker = stack.env["CALLWARD_BROKER_URL"]
        plain = measure(
            stack,
            ["-m", "bench.outbox_worker", "plain"],
            lambda: send_plain(broker, tasks),
            records["bench_plain"],
            "task",
            tasks,
        )
        with relay():
            ours = measure(
                stack,
                ["-m", "bench.outbox_worker", "ours"],
                lambda: asyncio.run(send_ours(tasks)),
                records["receipts"],
                "call_id",
                tasks,
            )
            left = list(records["outbox"].find({"state": {"$ne": "done"}}, {"_id": 0, "created_at": 0}))
        client.close()
    for job in left:
        print("not done:", job)
    print(f"{tasks} tasks, 3 kills of a worker, 2 of the broker (Redis, AOF everysec); run {new_id('run')}")
    print(f"{'':<22}{'lost':>8}{'twice':>8}{'seconds':>10}")
    for name, (lost, twice, seconds) in (("plain Celery", plain), ("outbox, claim, fence", ours)):
        print(f"{name:<22}{lost:>8}{twice:>8}{seconds:>10.1f}")
    print(f"ratio of time, ours to plain: {ours[2] / plain[2]:.2f} (plain waits {QUIET_S:.0f} s for what never comes)")


if __name__ == "__main__":
    main()
