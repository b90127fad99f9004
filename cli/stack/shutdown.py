"""Stopping parts: what needs others goes first; SIGTERM, then SIGKILL for whoever outstays its grace."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence

from cli.stack.managed import POLL_S, Managed, State

Tell = Callable[[str, Managed], None]


def stop_parts(parts: Sequence[Managed], *, kill: threading.Event, tell: Tell) -> None:
    """Stop the parts and reap them. Setting `kill` ends all patience, at any moment."""
    remaining = list(parts)
    while remaining:
        needed = {need for managed in remaining for need in managed.part.needs}
        level = [managed for managed in remaining if managed.part.name not in needed] or remaining
        _stop_level(level, kill, tell)
        remaining = [managed for managed in remaining if managed not in level]


def _stop_level(level: Sequence[Managed], kill: threading.Event, tell: Tell) -> None:
    for managed in level:
        if managed.process is not None and managed.alive:
            tell("stopping", managed)
            managed.process.send(signal.SIGTERM)
    started = time.monotonic()
    waiting = [managed for managed in level if managed.process is not None]
    while waiting:
        for managed in list(waiting):
            if not managed.alive:
                kind = "stopped"
            elif kill.is_set() or time.monotonic() - started > managed.part.stop_grace_s:
                kind = "killed"
            else:
                continue
            waiting.remove(managed)
            managed.reap()
            if managed.state is not State.FAILED:
                managed.state = State.STOPPED
            tell(kind, managed)
        if waiting:
            time.sleep(POLL_S)
