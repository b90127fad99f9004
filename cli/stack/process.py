"""One child process of the stack: its own session, its output in a log, no way to outlive us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.stack.logs import open_for_append

_WRAPPER = Path(__file__).with_name("child.py")
_POLL_S = 0.02


def bound_to_us(argv: Sequence[str]) -> list[str]:
    """The command line, wrapped so that the program dies with the thread that starts it (on Linux)."""
    return [sys.executable, "-I", "-S", str(_WRAPPER), str(os.getpid()), *argv]


class ChildProcess:
    """A started program. Make it on the supervisor's own thread: on Linux the child dies with that thread."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.log_offset = log.stat().st_size if log.exists() else 0
        self.started_at = time.monotonic()
        output = open_for_append(log)
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - argv is built by the stack, never by a caller's text
                bound_to_us(argv),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        finally:
            os.close(output)

    @property
    def pid(self) -> int:
        """The process id, which is its session's and group's id too."""
        return self._popen.pid

    @property
    def uptime_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started_at

    def exit_code(self) -> int | None:
        """None while it runs, else its exit status (negative: the signal that ended it)."""
        return self._popen.poll()

    def send(self, number: signal.Signals) -> None:
        """Signal the process itself, not what it started; nothing happens when it is gone."""
        self._popen.send_signal(number)

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end; None when it still runs after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while (code := self.exit_code()) is None and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        return code

    def sweep(self) -> None:
        """Kill it if it runs, and whatever it left behind in its session's group, and reap it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()


def describe_exit(code: int) -> str:
    """An exit status in words: `exited with status 3`, `was ended by SIGKILL`."""
    if code >= 0:
        return f"exited with status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
