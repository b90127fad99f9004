"""A part and its process over time: the state it is in, how often it died, when it may start again."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from cli.stack.backoff import Backoff
from cli.stack.health import Started
from cli.stack.parts import Part
from cli.stack.process import ChildProcess, describe_exit

POLL_S = 0.05


class State(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    """Not started yet: what it needs is not healthy."""
    STARTING = "starting"
    HEALTHY = "healthy"
    BACKING_OFF = "backing off"
    """It died and will be started again in a moment."""
    STOPPED = "stopped"
    FAILED = "failed"
    """It did not come up at the first start."""


@dataclass(frozen=True, slots=True)
class PartStatus:
    """How a part is, for showing."""

    name: str
    state: State
    pid: int | None
    restarts: int
    detail: str


class Readiness(threading.Thread):
    """Asks a started part until it serves, then prepares it, beside the supervisor: parts come up together."""

    def __init__(self, part: Part, process: ChildProcess) -> None:
        super().__init__(name=f"callward-ready-{part.name}", daemon=True)
        self._part = part
        self._process = process
        self.trouble: str | None = None

    def run(self) -> None:
        """Ask, prepare, and keep the trouble if there is any."""
        missing = self._wait()
        if missing is None:
            try:
                self._part.prepare()
            except Exception as error:  # noqa: BLE001 - whatever preparing raises is the reason the part is not ready
                missing = str(error) or type(error).__name__
        self.trouble = missing

    def _wait(self) -> str | None:
        process = self._process
        while (code := process.exit_code()) is None:
            started = Started(process.pid, process.uptime_s, self._part.log, process.log_offset)
            missing = self._part.ask(started)
            if missing is None:
                return None
            if process.uptime_s >= self._part.start_timeout_s:
                return f"not ready after {self._part.start_timeout_s:.0f} s: {missing}"
            time.sleep(POLL_S)
        return f"its process {describe_exit(code)}"


class Upkeep(threading.Thread):
    """Runs a healthy part's upkeep once, after its pause, unless the part's process ended meanwhile."""

    def __init__(self, part: Part, process: ChildProcess) -> None:
        super().__init__(name=f"callward-upkeep-{part.name}", daemon=True)
        self._part = part
        self._process = process

    def run(self) -> None:
        """Wait, then do the work; the next round brings another chance if it fails."""
        due = time.monotonic() + self._part.upkeep_every_s
        while time.monotonic() < due:
            if self._process.exit_code() is not None:
                return
            time.sleep(1.0)
        if self._part.upkeep is not None:
            with contextlib.suppress(Exception):
                self._part.upkeep()


@dataclass(slots=True)
class Managed:
    """The supervisor's record of a part. Only the supervisor's thread changes it."""

    part: Part
    state: State = State.WAITING
    process: ChildProcess | None = None
    readiness: Readiness | None = None
    restarts: int = 0
    failures_in_a_row: int = 0
    start_at: float = 0.0
    """On the monotonic clock: not before this is it started again."""
    was_healthy: bool = False
    restart_wanted: bool = False
    detail: str = ""
    upkeep: Upkeep | None = None
    backoff: Backoff = field(default_factory=Backoff)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.exit_code() is None

    def spawn(self) -> None:
        """Start the process and begin to ask it. On the supervisor's thread only."""
        self.process = ChildProcess(self.part.argv, env=self.part.env, cwd=self.part.cwd, log=self.part.log)
        self.readiness = Readiness(self.part, self.process)
        self.readiness.start()
        self.state, self.detail = State.STARTING, ""

    def keep_up(self) -> None:
        """See that the part's upkeep is waiting or running, if it has any."""
        if self.part.upkeep is None or self.process is None or (self.upkeep is not None and self.upkeep.is_alive()):
            return
        self.upkeep = Upkeep(self.part, self.process)
        self.upkeep.start()

    def note_failure(self, reason: str) -> float:
        """Take down a process that died or never served; seconds until it is started again."""
        uptime_s = self.process.uptime_s if self.process else 0.0
        self.reap()
        self.failures_in_a_row = self.backoff.failures_after(self.failures_in_a_row, uptime_s=uptime_s)
        delay_s = self.backoff.delay_s(self.failures_in_a_row)
        self.start_at = time.monotonic() + delay_s
        self.state, self.detail = State.BACKING_OFF, reason
        return delay_s

    def reap(self) -> None:
        """Kill what is left of the process and its group, and clean up after it."""
        if self.process is not None:
            self.process.sweep()
            self.part.clean_up()
        if self.readiness is not None:
            self.readiness.join(timeout=1.0)  # its process is gone: a few moments more and it fails by itself
            self.readiness = None

    def status(self) -> PartStatus:
        """How it is now."""
        pid = self.process.pid if self.process is not None and self.alive else None
        return PartStatus(self.part.name, self.state, pid, self.restarts, self.detail)
