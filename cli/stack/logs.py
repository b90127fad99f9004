"""The parts' log files: rotated by size when a part is first started, private to their owner."""

from __future__ import annotations

import os
from pathlib import Path

from cli.stack.files import PRIVATE_FILE

MAX_BYTES = 8 * 1024 * 1024
KEPT = 3
_TAIL_BYTES = 16 * 1024


def rotate(log: Path, *, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
    """Move a log over `max_bytes` aside as `.1`, keeping `kept` older ones."""
    if not log.exists() or log.stat().st_size <= max_bytes:
        return
    for number in range(kept, 0, -1):
        older = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number}"))


def open_for_append(log: Path) -> int:
    """A file descriptor to append to the log, mode 0600. The caller closes it."""
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_FILE)


def tail(log: Path, lines: int = 15, *, since_byte: int = 0) -> str:
    """The last lines of the log, looking at nothing before `since_byte`; empty when there is no log."""
    return "\n".join(line[:500] for line in read_since(log, since_byte).splitlines()[-lines:])


def read_since(log: Path, since_byte: int) -> str:
    """What the log gained since `since_byte`, at most its last 16 KiB."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(since_byte, size - _TAIL_BYTES, 0))
        return file.read().decode("utf-8", errors="replace")
