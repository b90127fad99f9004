"""The folder of results: names that never overwrite another recording's, files that are whole or not there.

Everything is written into a folder of this run (`.callward-run-…`) and renamed into place, `NAME.json` last: it says
that the others are complete. One run at a time writes into a folder; what a killed run left is removed by the next.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from cli.speech.refusals import CannotGoOn, Refused, as_text, why

SCHEMA: Final = "callward.transcript/1"
ERRORS: Final = "errors.jsonl"
_RUN: Final = ".callward-run-"
BESIDE: Final = (".vtt", ".srt", ".txt", ".redacted.wav", ".redacted.opus")
"""What may stand beside a `NAME.json`."""
_LONGEST_SUFFIX: Final = max(map(len, BESIDE))
_MARK_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording's results go: `name` without suffix, and the document of an earlier run, if there is one."""

    name: str
    earlier: Mapping[str, Any] | None


@dataclass
class OutFolder:
    """An output folder, open for one run. Use as a context manager. Raises CannotGoOn when it cannot be written."""

    path: Path
    _run: Path = field(init=False)
    _lock: int = field(init=False)
    _claimed: dict[str, str] = field(default_factory=dict)
    _mode: int = field(init=False)
    _publishing: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def __enter__(self) -> Self:
        """Make the folder, take its lock, and remove what killed runs and the last run's errors left."""
        mask = os.umask(0o077)
        os.umask(mask)
        self._mode = 0o666 & ~mask  # what a new file gets here; temporary files get less
        with self.writing():
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path, os.O_RDONLY)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotGoOn("Another run is writing to this folder: wait for it, or name another.") from None
            except OSError:
                pass  # a file system without locks
            for left in self.path.glob(f"{_RUN}*"):
                shutil.rmtree(left, ignore_errors=True)
            (self.path / ERRORS).unlink(missing_ok=True)
            self._run = Path(tempfile.mkdtemp(prefix=_RUN, dir=self.path))
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is unfinished; a thread that is still at work can put nothing into place from here on."""
        with self._publishing:
            self._closed = True
        shutil.rmtree(self._run, ignore_errors=True)
        os.close(self._lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what goes wrong with the disk into CannotGoOn: the next file would fare no better."""
        try:
            yield
        except OSError as error:
            raise CannotGoOn(f"The output folder cannot be written: {why(error)}.") from None

    def claim(self, stem: str, sha256: str) -> Place:
        """Return the place of a recording, by its file's name without suffix and its content.

        The name is the stem. Where other bytes have it, in this run or in the folder, and where the stem is too long
        for a result's name, the beginning of the content's hash follows. Raises Refused when this run did the same
        bytes under that name already.
        """
        for name in self._candidates(stem, sha256):
            key = unicodedata.normalize("NFC", name).casefold()
            owner = self._claimed.get(key)
            if owner == sha256:
                raise Refused("same_recording", "The same recording under the same name was given before.")
            earlier = self._earlier(name)
            if owner is None and (earlier is None or _hash_in(earlier) == sha256):
                self._claimed[key] = sha256
                return Place(name, earlier)
        raise Refused("name_taken", "The folder holds other files under every name that the result could have.")

    def _candidates(self, stem: str, sha256: str) -> Iterator[str]:
        longest = os.pathconf(self.path, "PC_NAME_MAX") - _LONGEST_SUFFIX
        if len(os.fsencode(stem)) <= longest:
            yield stem
        marked = longest - _MARK_DIGITS - 1
        yield f"{_cut(stem, marked)}-{sha256[:_MARK_DIGITS]}"

    def _earlier(self, name: str) -> Mapping[str, Any] | None:
        """Return what `NAME.json` holds; an empty document when it is none of ours."""
        try:
            document = json.loads((self.path / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @contextmanager
    def workshop(self) -> Iterator[Path]:
        """Give a folder for one recording's unfinished files."""
        with self.writing():
            made = Path(tempfile.mkdtemp(dir=self._run))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def remove_earlier(self, place: Place) -> None:
        """Remove the results of an earlier run, `NAME.json` last: it knows what is beside it."""
        if place.earlier is None:
            return
        with self.writing():
            for suffix in (*beside(place.earlier), ".json"):
                (self.path / (place.name + suffix)).unlink(missing_ok=True)

    def publish(self, place: Place, made: Mapping[str, Path]) -> None:
        """Put finished files (suffix → file in the workshop) into place, `.json` last: it says that all are there."""
        with self.writing(), self._publishing:
            if self._closed:
                raise CannotGoOn("The run was stopped.")
            self.remove_earlier(place)
            for suffix, path in sorted(made.items(), key=lambda one: one[0] == ".json"):
                path.chmod(self._mode)
                path.replace(self.path / (place.name + suffix))

    def note_failure(self, path: Path, refused: Refused) -> None:
        """Add a line to `errors.jsonl`: the file as it was named, the reason, a sentence."""
        line = json.dumps(
            {"file": as_text(path), "reason": refused.reason, "message": str(refused)}, ensure_ascii=False
        )
        with self.writing(), (self.path / ERRORS).open("a", encoding="utf-8") as errors:
            errors.write(line + "\n")

    def complete(self, place: Place) -> bool:
        """Say whether everything that an earlier run wrote is still there."""
        earlier = place.earlier
        return earlier is not None and all((self.path / (place.name + one)).is_file() for one in beside(earlier))


def beside(document: Mapping[str, Any]) -> list[str]:
    """Return the suffixes of the files that an earlier document names, only ours."""
    named = document.get("beside")
    return [one for one in BESIDE if one in named] if isinstance(named, list) else []


def _hash_in(document: Mapping[str, Any]) -> str | None:
    source = document.get("source")
    ours = document.get("schema") == SCHEMA and isinstance(source, dict)
    return source.get("sha256") if ours and source else None


def _cut(text: str, longest: int) -> str:
    """Return the beginning of a name, in at most so many bytes and never half a character."""
    while len(os.fsencode(text)) > longest:
        text = text[:-1]
    return text
