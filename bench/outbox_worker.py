"""A worker of bench_outbox.py: `plain` runs Celery tasks as they come, `ours` runs jobs by claim and fence.

Each task waits a little and writes one effect. The number of effects per task is what the benchmark counts.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from pymongo import MongoClient

from domain.errors import LostLease
from domain.ids import new_id
from storage.resources import Resources
from storage.settings import load_settings
from workers.app import TASK, make_celery

WORK_S = 0.01
WORKER = ["worker", "--pool=solo", "--loglevel=ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"]


def plain_celery(broker: str) -> Celery:
    """Return Celery as its manual advises for work that must not be lost: late acknowledgement, reject when lost."""
    app = Celery("plain", broker=broker)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    return app


def run_plain() -> None:
    """Consume the queue `plain`; the effect is an insert with a fresh id."""
    settings = load_settings()
    app = plain_celery(settings.broker_url.get_secret_value())
    client: MongoClient[dict[str, Any]] = MongoClient(settings.mongo_url.get_secret_value(), w="majority")
    effects = client[settings.mongo_database]["bench_plain"]

    @app.task(name="bench.plain", ignore_result=True)  # type: ignore[untyped-decorator] # celery publishes no types
    def work(task_id: str) -> None:
        time.sleep(WORK_S)
        effects.insert_one({"_id": new_id("eff"), "task": task_id})

    app.worker_main([*WORKER, "--queues=plain", f"--hostname=plain-{time.monotonic_ns()}@%h"])


def run_ours() -> None:
    """Consume the queue `language`; the effect is fenced by the job's token."""
    settings = load_settings()
    app = make_celery(settings)
    runner = asyncio.Runner()
    resources = Resources.open(settings)
    effects = resources.database.whole("receipts")

    async def one(job_id: str) -> None:
        job = await resources.outbox.claim(job_id, now=datetime.now(UTC))
        if job is None:
            return
        await asyncio.sleep(WORK_S)

        async def write(tx: Any) -> None:
            await resources.outbox.complete(job, now=datetime.now(UTC), tx=tx)
            await effects.insert({"_id": new_id("eff"), "call_id": job.call_id, "workspace_id": "bench"}, tx=tx)

        try:
            await resources.database.transaction(write)
        except LostLease:
            return

    @app.task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator] # celery publishes no types
    def work(job_id: str) -> None:
        runner.run(one(job_id))

    app.worker_main([*WORKER, "--queues=language", f"--hostname=ours-{time.monotonic_ns()}@%h"])


if __name__ == "__main__":
    {"plain": run_plain, "ours": run_ours}[sys.argv[1]]()
