"""What a person sees while files are worked on: bars on a terminal, a plain line per file anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from cli.speech.refusals import printable
from cli.speech.watching import Tell


class Watcher(Protocol):
    """Is told of each file."""

    def started(self, path: Path) -> Tell:
        """Return what is told how much of the file is done, from any thread."""
        ...

    def ended(self, path: Path, outcome: str) -> None:
        """Be told how it ended, in a sentence. Each file ends once, one after the other."""
        ...


@contextmanager
def watching(total: int, out: TextIO = sys.stderr) -> Iterator[Watcher]:
    """Give a watcher of `total` files that writes to `out`."""
    console = Console(file=out)
    if not console.is_terminal:
        yield Lines(total, out)
        return
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as progress:
        yield Bars(total, progress)


class Lines:
    """A line per file."""

    def __init__(self, total: int, out: TextIO) -> None:
        self._total, self._out, self._done = total, out, 0

    def started(self, path: Path) -> Tell:  # noqa: ARG002 - nothing to show yet
        """Say nothing before the file ends."""
        return lambda _share: None

    def ended(self, path: Path, outcome: str) -> None:
        """Print how it ended."""
        self._done += 1
        print(f"{self._done}/{self._total} {printable(path)}: {outcome}", file=self._out, flush=True)


class Bars:
    """A bar for all files and one for each that is being worked on; finished files leave a line above."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total, self._progress, self._done = total, progress, 0
        self._all = progress.add_task(f"0 of {total} files", total=total)
        self._bars: dict[Path, object] = {}

    def started(self, path: Path) -> Tell:
        """Show a bar of its own."""
        task = self._progress.add_task(printable(Path(path.name)), total=1.0)
        self._bars[path] = task
        return lambda share: self._progress.update(task, completed=share)

    def ended(self, path: Path, outcome: str) -> None:
        """Take its bar away."""
        task = self._bars.pop(path, None)
        if task is not None:
            self._progress.remove_task(task)  # type: ignore[arg-type]
        self._done += 1
        self._progress.console.print(Text(f"{self._done}/{self._total} {printable(path)}: {outcome}"), soft_wrap=True)
        self._progress.update(self._all, completed=self._done, description=f"{self._done} of {self._total} files")
