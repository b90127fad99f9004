"""`python -m workers speech [--model NAME]|language|ingest|relay|restored`: a worker, the relay, or one look.

`restored` is run once after a restore, before the API serves: it hides and erases what had been erased, and ends.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys

import structlog
from celery import Celery
from celery.signals import worker_ready
from celery.worker import state

from domain.jobs import DEFAULT_MODEL, Job, Queue, speech_queue
from storage.logs import configure_logs
from storage.migrations import migrate
from storage.resources import Resources
from storage.settings import Settings, load_settings
from workers.app import TASK, make_celery
from workers.process import WorkerProcess
from workers.relay import Relay
from workers.restored import RestoredLook
from workers.runner import utc_now

log = structlog.get_logger()
RELAY = "relay"
RESTORED = "restored"


def main(arguments: list[str]) -> int:
    """Start what the arguments name; return the exit status."""
    roles = [*(queue.value for queue in Queue), RELAY, RESTORED]
    role, model = _read(arguments)
    if role not in roles or (model != DEFAULT_MODEL and role != Queue.SPEECH.value):
        sys.stderr.write(f"usage: python -m workers {'|'.join(roles)}; speech [--model NAME]\n")
        return 2
    configure_logs()
    settings = load_settings()
    if role in {RELAY, RESTORED}:
        asyncio.run(_relay(settings) if role == RELAY else _restored(settings))
        return 0
    if model not in {DEFAULT_MODEL, *settings.speech_models}:
        known = ", ".join(sorted({DEFAULT_MODEL, *settings.speech_models}))
        sys.stderr.write(f"no speech model of this name in CALLWARD_SPEECH_MODELS; known: {known}\n")
        return 2
    return _work(settings, Queue(role), model)


def _read(arguments: list[str]) -> tuple[str, str]:
    """Return the role and the speech model's name; an empty role when the arguments say neither."""
    match arguments:
        case [role]:
            return role, DEFAULT_MODEL
        case [role, "--model", model]:
            return role, model
    return "", DEFAULT_MODEL


def _work(settings: Settings, queue: Queue, model: str) -> int:
    """Consume one queue in this process until SIGTERM; the jobs under way are finished."""
    app = make_celery(settings)
    speech = queue is Queue.SPEECH
    name = speech_queue(model) if speech else queue.value
    process = WorkerProcess(settings, speech_name=model, at_once=settings.speech_calls_at_once if speech else 1)

    @app.task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator] # celery publishes no types
    def run(job_id: str) -> None:
        process.give(job_id)

    def ready(**_: object) -> None:
        log.info("process:ready", role=name)

    worker_ready.connect(ready, weak=False)
    try:
        process.warm(queue)
        process.watch(queue, name, give_up=lambda: os._exit(os.EX_TEMPFAIL))  # nothing is under way: nothing is lost
        app.worker_main(
            [
                "worker",
                "--pool=solo",
                f"--queues={name}",
                "--loglevel=WARNING",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                f"--hostname={name}@%h",
            ]
        )
    finally:
        process.close(finish=not state.should_terminate)
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


async def _restored(settings: Settings) -> None:
    """Look at everything that a restore may have brought back; the erasing of calls itself is the language worker's."""
    resources = Resources.open(settings)
    try:
        await migrate(resources.database, now=utc_now())
        await RestoredLook(resources).run()
        log.info("restored:look:done")
    finally:
        resources.close()


async def _publish(app: Celery, job: Job, queue: str) -> None:
    await asyncio.to_thread(app.send_task, TASK, args=[job.job_id], queue=queue, ignore_result=True, retry=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
