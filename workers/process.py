"""One worker process: an event loop in a thread of its own, threads for heavy work, stores and engines opened once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

import structlog

from domain.jobs import DEFAULT_MODEL, Queue
from domain.logs import where
from storage.resources import Resources
from storage.settings import Settings
from workers.chores import CHORES, ChoreRunner
from workers.corpus import corpus_chores, finishing_of
from workers.deafness import DeafnessWatch
from workers.engines import Engines
from workers.erasure import erase_call
from workers.pipeline import Pipeline
from workers.runner import JobRunner

log = structlog.get_logger()
_CLOSING_S: Final = 10.0


class Slots:
    """So many pieces of work at once on an event loop, given in from another thread.

    `give` comes back when there is room for one more: whoever waits for work meanwhile takes none that another
    process could do at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._loop = loop
        self._free = threading.Semaphore(most)
        self._under_way: set[Future[Any]] = set()
        self._free.acquire()

    def give(self, work: Any) -> None:
        """Begin a coroutine on the loop; wait until another could begin."""
        begun = asyncio.run_coroutine_threadsafe(work, self._loop)
        self._under_way.add(begun)
        begun.add_done_callback(self._done)
        self._free.acquire()

    def _done(self, ended: Future[Any]) -> None:
        self._under_way.discard(ended)
        self._free.release()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def finish(self) -> None:
        """Wait until all work has ended."""
        wait(tuple(self._under_way))

    def abandon(self) -> None:
        """Cancel what is under way: leases run out, and other workers do it again."""
        for one in tuple(self._under_way):
            one.cancel()


class WorkerProcess:
    """Runs jobs on the process's own loop, `at_once` of them together. Close it at the end."""

    def __init__(self, settings: Settings, *, speech_name: str = DEFAULT_MODEL, at_once: int = 1) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()
        self._slots = Slots(self._loop, at_once)
        self._executor = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="stage")
        self._resources = Resources.open(settings)
        self._engines = Engines(settings, speech_name=speech_name)
        self._watch: DeafnessWatch | None = None
        pipeline = Pipeline(self._resources, self._engines, self._executor)
        self._runner = JobRunner(
            self._resources,
            pipeline.handlers(),
            erase=lambda job: erase_call(self._resources, job),
            chore=ChoreRunner(self._resources, {**CHORES, **corpus_chores(finishing_of(self._engines))}).run,
        )

    def warm(self, queue: Queue) -> None:
        """Load the queue's engine. Raises ModelMissing or ModelMissingError, which name what to install."""
        self._engines.warm(queue)

    def watch(self, queue: Queue, name: str, *, give_up: Callable[[], None]) -> None:
        """See to it that `give_up` is called when no wake-ups come from the broker queue `name` though work waits."""
        self._watch = DeafnessWatch(self._resources, queue, name, idle=lambda: self._slots.idle, give_up=give_up)
        asyncio.run_coroutine_threadsafe(self._watch.run(), self._loop)

    def give(self, job_id: str) -> None:
        """Begin a job; come back when there is room for another. What goes wrong is written down by the runner."""
        self._heard()
        self._slots.give(self._run(job_id))

    def _heard(self) -> None:
        if self._watch is not None:
            self._watch.heard()

    async def _run(self, job_id: str) -> None:
        try:
            await self._runner.run(job_id)
        except Exception as error:  # the job stays in the outbox, its lease runs out  # noqa: BLE001
            log.error("worker:job:failed", job_id=job_id, **where(error))
        finally:
            self._heard()

    def close(self, *, finish: bool = True) -> None:
        """Finish the jobs under way, or abandon them; then close stores, threads and loop."""
        if finish:
            self._slots.finish()
        else:
            self._slots.abandon()
        self._executor.shutdown(wait=finish, cancel_futures=True)
        asyncio.run_coroutine_threadsafe(self._close_stores(), self._loop).result(timeout=_CLOSING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=_CLOSING_S)
        self._loop.close()

    async def _close_stores(self) -> None:
        """Close the stores once nothing on the loop uses them any more."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._resources.close()
