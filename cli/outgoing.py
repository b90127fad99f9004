"""What `callward push` sends: each file told apart by its bytes, and what was delivered before remembered."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from cli.uploading import Fingerprint
from domain.media import sniff

_HEAD_BYTES: Final = 64 * 1024
_BATCH_MARKS: Final = (b'"entries"', b'"device_id"')
_PHONE_XML: Final = (b"<calls", b"<alllogs")


class Kind(StrEnum):
    """What a file is for the API."""

    RECORDING = "recording"
    LOG = "log"
    """A phone's call log: a batch as JSON, or the XML of a backup app."""
    CDR = "cdr"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to send. `media_type` is a recording's."""

    path: Path
    kind: Kind
    size: int
    media_type: str | None = None


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files, those of folders too, in an order that does not change; hidden files are left out."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (
                file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
        else:
            yield path


def classify(path: Path, kind: Kind | None = None) -> Outgoing:
    """Tell what a file is by its first bytes, unless `kind` says it."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    size = path.stat().st_size
    media_type = sniff(head)
    if kind is None:
        kind = Kind.RECORDING if media_type is not None else _log_or_cdr(head)
    return Outgoing(path, kind, size, media_type)


def _log_or_cdr(head: bytes) -> Kind:
    batch = all(mark in head for mark in _BATCH_MARKS) and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return Kind.LOG if batch or any(mark in head for mark in _PHONE_XML) else Kind.CDR


class Journal:
    """Which files were delivered to which API, in a small file; losing it costs time, never a call or a double."""

    def __init__(self, path: Path, *, where: str) -> None:
        self._path = path
        self._where = where
        self._done: set[str] = set()
        try:
            self._done = set(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return

    def _mark(self, file: Outgoing, print_: Fingerprint) -> str:
        told = f"{self._where}\0{file.kind.value}\0{file.path.name}\0{print_.size}\0{print_.sha256}"
        return hashlib.sha256(told.encode()).hexdigest()

    def knows(self, file: Outgoing, print_: Fingerprint) -> bool:
        """Say whether this very file was delivered there before."""
        return self._mark(file, print_) in self._done

    def note(self, file: Outgoing, print_: Fingerprint) -> None:
        """Remember that it was; written at once, and whole or not at all."""
        self._done.add(self._mark(file, print_))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(sorted(self._done)), "utf-8")
        os.replace(fresh, self._path)  # noqa: PTH105 - the same call by another name
