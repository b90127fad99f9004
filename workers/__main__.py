"""`python -m workers speech|language|ingest|relay`: one worker of a queue, or the relay."""

from __future__ import annotations

import asyncio
import functools
import signal
import sys

import structlog
from celery import Celery
from celery.signals import worker_ready

from domain.jobs import Job, Queue
from domain.logs import where
from storage.logs import configure_logs
from storage.resources import Resources
from storage.settings import Settings, load_settings
from workers.app import TASK, make_celery
from workers.process import WorkerProcess
from workers.relay import Relay

log = structlog.get_logger()
RELAY = "relay"


def main(arguments: list[str]) -> int:
    """Start what the argument names; return the exit status."""
    roles = [*(queue.value for queue in Queue), RELAY]
    if len(arguments) != 1 or arguments[0] not in roles:
        sys.stderr.write(f"usage: python -m workers {'|'.join(roles)}\n")
        return 2
    configure_logs()
    settings = load_settings()
    if arguments[0] == RELAY:
        asyncio.run(_relay(settings))
        return 0
    return _work(settings, Queue(arguments[0]))


def _work(settings: Settings, queue: Queue) -> int:
    """Consume one queue in this process until SIGTERM; the job under way is finished."""
    app = make_celery(settings)
    process = WorkerProcess(settings)

    @app.task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator] # celery publishes no types
    def run(job_id: str) -> None:
        try:
            process.run(job_id)
        except Exception as error:  # the job stays in the outbox, its lease runs out  # noqa: BLE001
            log.error("worker:job:failed", job_id=job_id, **where(error))

    def ready(**_: object) -> None:
        log.info("process:ready", role=queue.value)

    worker_ready.connect(ready, weak=False)
    process.warm(queue)
    try:
        app.worker_main(
            [
                "worker",
                "--pool=solo",
                f"--queues={queue.value}",
                "--loglevel=WARNING",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                f"--hostname={queue.value}@%h",
            ]
        )
    finally:
        process.close()
    return 0


async def _relay(settings: Settings) -> None:
    resources = Resources.open(settings)
    app = make_celery(settings)
    relay = Relay(resources, functools.partial(_publish, app))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, relay.stop)
    log.info("process:ready", role=RELAY)
    try:
        await relay.run()
    finally:
        app.close()
        resources.close()


async def _publish(app: Celery, job: Job) -> None:
    await asyncio.to_thread(
        app.send_task, TASK, args=[job.job_id], queue=job.queue.value, ignore_result=True, retry=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
