"""One worker process: one event loop, one executor thread for heavy work, stores and engines opened once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from domain.jobs import Queue
from storage.resources import Resources
from storage.settings import Settings
from workers.chores import CHORES, ChoreRunner
from workers.engines import Engines
from workers.erasure import erase_call
from workers.pipeline import Pipeline
from workers.runner import JobRunner


class WorkerProcess:
    """Runs jobs one after another on the process's own loop. Close it at the end."""

    def __init__(self, settings: Settings) -> None:
        self._loop = asyncio.Runner()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stage")
        self._resources = Resources.open(settings)
        self._engines = Engines(settings)
        pipeline = Pipeline(self._resources, self._engines, self._executor)
        self._runner = JobRunner(
            self._resources,
            pipeline.handlers(),
            erase=lambda job: erase_call(self._resources, job),
            chore=ChoreRunner(self._resources, CHORES).run,
        )

    def warm(self, queue: Queue) -> None:
        """Load the queue's engine. Raises ModelMissing or ModelMissingError, which name what to install."""
        self._engines.warm(queue)

    def run(self, job_id: str) -> None:
        """Do one job; what goes wrong is written down by the runner."""
        self._loop.run(self._runner.run(job_id))

    def close(self) -> None:
        """Close stores, thread and loop."""
        self._resources.close()
        self._executor.shutdown(cancel_futures=True)
        self._loop.close()
