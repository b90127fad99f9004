"""The folder that releases are pulled into: where what lies, and what is remembered between two pulls."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cli.pulling.errors import NotProven, PullError

KEPT: Final = ".callward"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.json.sig"
FEED: Final = "revocations.jsonl"
_FORMAT: Final = 1


@dataclass
class Memory:
    """What is remembered: the trusted key, the keys, how far the feed was read, and which files were checked.

    `checked`: by path in the folder, (size, time of change, SHA-256) of a file when its checksum was last taken.
    """

    root: str | None = None
    keys: list[dict[str, Any]] = field(default_factory=list)
    checked: dict[str, tuple[int, int, str]] = field(default_factory=dict)


class Folder:
    """A folder with pulled releases."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = path / KEPT / "state.json"

    def release(self, number: int) -> Path:
        """Return where a release lies."""
        return self.path / f"release-{number:05}"

    def releases(self) -> list[int]:
        """Return the numbers of the releases that are here."""
        found = (one.name.removeprefix("release-") for one in self.path.glob("release-*") if one.is_dir())
        return sorted(int(one) for one in found if one.isascii() and one.isdigit())

    @property
    def feed(self) -> Path:
        """The rows of the revocation feed, one a line."""
        return self.path / FEED

    @property
    def feed_page(self) -> Path:
        """The last page of the feed as it was served; its signature lies beside it."""
        return self.path / KEPT / "feed-page.json"

    def remembered(self) -> Memory:
        """Return what is remembered; nothing in a new folder. Raises NotProven when it cannot be read."""
        try:
            told = json.loads(self._state.read_text("utf-8"))
            checked = {name: (int(one[0]), int(one[1]), str(one[2])) for name, one in told["checked"].items()}
            return Memory(told["root"], list(told["keys"]), checked)
        except FileNotFoundError:
            return Memory()
        except (ValueError, KeyError, TypeError, IndexError):
            raise NotProven(f"{self._state} cannot be read; pull into a new folder") from None

    def remember(self, memory: Memory) -> None:
        """Write down what is remembered, whole or not at all."""
        told = {"format": _FORMAT, "root": memory.root, "keys": memory.keys, "checked": memory.checked}
        write_whole(self._state, json.dumps(told, indent=1, sort_keys=True).encode())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other pulls out of the folder. Raises PullError when one is at work in it."""
        kept = self.path / KEPT
        kept.mkdir(parents=True, exist_ok=True)
        with (kept / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise PullError(
                    f"another pull is at work in {self.path}; wait for it, or choose another --out"
                ) from None
            yield


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as out:
        out.write(body)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
