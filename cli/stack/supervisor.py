"""Keeps the parts of a stack running: starts them in order, starts again what dies, stops them in reverse order.

One thread does every start, because on Linux a child dies with the thread that started it; it lives until the last
child is gone, or dies with the process and takes them along. Callers speak to it through flags and a condition.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cli.stack.errors import PartFailedError, StackError
from cli.stack.logs import rotate, tail
from cli.stack.managed import POLL_S, Managed, PartStatus, State
from cli.stack.parts import Part
from cli.stack.process import describe_exit
from cli.stack.shutdown import stop_parts


@dataclass(frozen=True, slots=True)
class StackEvent:
    """Something that happened to a part: starting, healthy, died, restarting, stopping, stopped or killed."""

    kind: str
    part: str
    detail: str = ""

    def __str__(self) -> str:
        """A line to show: `s3 died: its process was ended by SIGKILL; ...`."""
        return f"{self.part} {self.kind}: {self.detail}" if self.detail else f"{self.part} {self.kind}"


OnEvent = Callable[[StackEvent], None]


def ignore_event(_: StackEvent) -> None:
    """Take no notice."""


def ignore_change(_: Sequence[PartStatus]) -> None:
    """Take no notice."""


class Supervisor:
    """Runs a set of parts. `start` blocks until all are healthy, `stop` until all are gone."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        on_event: OnEvent = ignore_event,
        on_change: Callable[[Sequence[PartStatus]], None] = ignore_change,
    ) -> None:
        self._managed = {part.name: Managed(part) for part in parts}
        self._on_event = on_event
        self._on_change = on_change
        self._changed = threading.Condition()
        self._stop_wanted = threading.Event()
        self._kill_wanted = threading.Event()
        self._ended = threading.Event()  # waited for instead of the thread: see `_join`
        self._failure: PartFailedError | None = None
        self._crash: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="callward-supervisor", daemon=True)

    def start(self) -> None:
        """Start every part and wait until all are healthy.

        Raises:
            PartFailedError: when one does not come up; the others are stopped before this is raised.
        """
        for managed in self._managed.values():
            rotate(managed.part.log)
        self._thread.start()
        self._wait_for(lambda: all(m.state is State.HEALTHY for m in self._managed.values()), timeout_s=None)

    def stop(self) -> None:
        """Stop every part: those that need others first. A KeyboardInterrupt while it waits kills what is left."""
        self._stop_wanted.set()
        try:
            self._join()
        except KeyboardInterrupt:
            self._kill_wanted.set()
            self._join()
            raise

    def managed(self, name: str) -> Managed:
        """The record of a part.

        Raises:
            StackError: when no part has that name.
        """
        try:
            return self._managed[name]
        except KeyError:
            names = ", ".join(self._managed) or "none"
            raise StackError(f"there is no part named {name!r} in this stack; it has: {names}") from None

    def statuses(self) -> list[PartStatus]:
        """How each part is, in the order of starting."""
        return [managed.status() for managed in self._managed.values()]

    def wait_healthy(self, name: str, timeout_s: float) -> None:
        """Wait until the part serves (again).

        Raises:
            StackError: when it does not within `timeout_s` seconds, or the stack stopped.
        """
        managed = self.managed(name)
        if not self._wait_for(lambda: managed.state is State.HEALTHY and managed.alive, timeout_s=timeout_s):
            raise StackError(f"{name} is not healthy after {timeout_s:.0f} s ({managed.state}: {managed.detail})")

    def restart(self, name: str) -> None:
        """Ask for a clean restart of the part; `wait_healthy` waits for its end."""
        managed = self.managed(name)
        before = managed.process
        managed.restart_wanted = True
        self._wait_for(lambda: managed.process is not before, timeout_s=managed.part.stop_grace_s + 10.0)

    def wait(self, seconds: float) -> None:
        """Sleep for so long, or until the stack has stopped.

        Raises:
            StackError: when the supervisor itself broke.
        """
        self._ended.wait(seconds)
        self._raise_trouble()

    @property
    def running(self) -> bool:
        """Whether it looks after parts."""
        return self._thread.ident is not None and not self._ended.is_set()

    def _run(self) -> None:
        try:
            while not self._stop_wanted.is_set() and self._failure is None:
                for managed in self._managed.values():
                    self._step(managed)
                time.sleep(POLL_S)
        except BaseException as error:  # noqa: BLE001 - told to whoever waits; the parts are stopped all the same
            self._crash = error
        finally:
            stop_parts(list(self._managed.values()), kill=self._kill_wanted, tell=self._tell)
            self._ended.set()
            with self._changed:
                self._changed.notify_all()

    def _step(self, managed: Managed) -> None:
        """Look at one part and do the next thing that is due."""
        if managed.restart_wanted and managed.state in {State.HEALTHY, State.BACKING_OFF}:
            managed.restart_wanted = False
            stop_parts([managed], kill=self._kill_wanted, tell=self._tell)
            self._spawn(managed, "restarting")
        elif managed.state is State.WAITING:
            if all(self._managed[need].state is State.HEALTHY for need in managed.part.needs if need in self._managed):
                self._spawn(managed, "starting")
        elif managed.state is State.STARTING:
            self._look_at_starting(managed)
        elif managed.state is State.HEALTHY and managed.process is not None:
            code = managed.process.exit_code()
            if code is not None:
                self._note_death(managed, f"its process {describe_exit(code)}")
            else:
                managed.keep_up()
        elif managed.state is State.BACKING_OFF and time.monotonic() >= managed.start_at:
            managed.restarts += 1
            self._spawn(managed, "restarting")

    def _spawn(self, managed: Managed, kind: str) -> None:
        managed.spawn()
        self._tell(kind, managed)

    def _look_at_starting(self, managed: Managed) -> None:
        code = managed.process.exit_code() if managed.process else None
        if managed.readiness is None or (managed.readiness.is_alive() and code is None):
            return
        trouble = managed.readiness.trouble if code is None else f"its process {describe_exit(code)}"
        if trouble is None:
            managed.state, managed.was_healthy = State.HEALTHY, True
            self._tell("healthy", managed)
        elif managed.was_healthy:
            self._note_death(managed, trouble)
        else:
            offset = managed.process.log_offset if managed.process else 0
            log_tail = tail(managed.part.log, since_byte=offset)
            managed.state, managed.detail = State.FAILED, trouble
            self._failure = PartFailedError(managed.part.name, trouble, log_tail=log_tail, hint=managed.part.hint)

    def _note_death(self, managed: Managed, reason: str) -> None:
        delay_s = managed.note_failure(reason)
        self._tell("died", managed, f"{reason}; starting it again in {delay_s:.2f} s")

    def _tell(self, kind: str, managed: Managed, detail: str = "") -> None:
        with self._changed:
            self._changed.notify_all()
        with contextlib.suppress(Exception):  # a listener's trouble, or a full disk, must not take the parts down
            self._on_change(self.statuses())
            self._on_event(StackEvent(kind, managed.part.name, detail))

    def _wait_for(self, condition: Callable[[], bool], *, timeout_s: float | None) -> bool:
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not condition():
                if not self.running or self._failure is not None:
                    break
                if deadline is not None and time.monotonic() >= deadline:
                    return False
                self._changed.wait(POLL_S)
            else:
                return True
        self._join()
        self._raise_trouble()
        return condition()

    def _join(self) -> None:
        """Wait for the end. Not by `Thread.join`: a Ctrl-C inside it makes Python 3.11 take a live thread for dead."""
        while self.running:
            self._ended.wait(POLL_S)

    def _raise_trouble(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._crash is not None:
            raise StackError(f"the supervisor broke off ({type(self._crash).__name__})") from self._crash
