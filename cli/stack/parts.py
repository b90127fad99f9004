"""What a part of the stack is: its command line, folder and log, how to ask whether it serves, what it needs first."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.stack.health import Question, Started

STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin"


def nothing() -> None:
    """Do nothing: a part without a step of that kind."""


@dataclass(frozen=True, slots=True)
class Part:
    """One child process of the stack, as data. Times are in seconds."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    question: Question
    needs: tuple[str, ...] = ()
    prepare: Callable[[], None] = nothing
    """Runs after each start, once the question is answered, before the part counts as healthy. Safe to run again."""
    clean_up: Callable[[], None] = nothing
    """Runs after each end of the process."""
    upkeep: Callable[[], None] | None = None
    """Runs every `upkeep_every_s` while the part is healthy, beside everything else; what it raises is let go."""
    upkeep_every_s: float = 300.0
    start_timeout_s: float = 60.0
    stop_grace_s: float = 10.0
    hint: str = ""
    """What to try when it does not start."""

    def ask(self, started: Started) -> str | None:
        """None when the part serves, else what is missing."""
        return self.question(started)


def bare_environment(home: Path) -> dict[str, str]:
    """The environment of a program that is not ours: none of the caller's variables, so no stray setting reaches it."""
    return {"PATH": STANDARD_PATH, "HOME": str(home), "TMPDIR": str(home), "LANG": "C.UTF-8", "TZ": "UTC"}


def full_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment with ours on top, for Callward's own processes."""
    return {**os.environ, **extra}
