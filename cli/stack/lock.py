"""One stack per data folder: an advisory lock that the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.stack.errors import StackLockedError
from cli.stack.files import PRIVATE_FILE


class DataLock:
    """Holds DATA/lock for as long as the context is open; refuses when another process holds it."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._data_dir = data_dir
        self._fd: int | None = None

    def __enter__(self) -> Self:
        """Take the lock, or raise `StackLockedError` naming who has it."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _read_pid(fd)
            os.close(fd)
            raise StackLockedError(_refusal(self._data_dir, pid), pid=pid) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go. The file stays: removing it would let two holders lock two different files."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None


def holder(data_dir: Path) -> int | None:
    """The process that holds the folder's lock: None when nobody does, 0 when the holder wrote no number."""
    path = data_dir / "lock"
    if not path.exists():
        return None
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_pid(fd) or 0
    else:
        return None
    finally:
        os.close(fd)


def _read_pid(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).decode("ascii", errors="ignore").strip()
    return int(text) if text.isdigit() else None


def _refusal(data_dir: Path, pid: int | None) -> str:
    who = f"process {pid}" if pid else "another process"
    how = f"press Ctrl-C in its terminal, or run `kill {pid}`" if pid else "press Ctrl-C in its terminal"
    return (
        f"A Callward stack is already running on {data_dir} ({who}). "
        f"To stop it, {how}; to run a second stack beside it, choose another data folder."
    )
