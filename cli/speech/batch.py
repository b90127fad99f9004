"""Many files, some at once: each ends as done, done before, or refused, and the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cli.speech.finding import hash_of
from cli.speech.folder import OutFolder, Place
from cli.speech.hearing import Heard, Hearing
from cli.speech.progress import Watcher
from cli.speech.refusals import CannotGoOn, Refused, printable
from cli.speech.results import Asked, Source, document_of, write_results
from cli.speech.watching import Tell
from domain.speech import EngineStamp

DONE_BEFORE = "done before"


@dataclass
class Tally:
    """How many files ended how."""

    done: int = 0
    before: int = 0
    refused: int = 0

    def told(self) -> str:
        """Return it as a sentence."""
        parts = [f"{self.done} done", f"{self.before} done before" * bool(self.before), f"{self.refused} failed"]
        return ", ".join(part for part in parts if part)


@dataclass
class Batch:
    """Files to results in a folder. The one engine of `hearing` serves all threads."""

    hearing: Hearing
    asked: Asked
    folder: OutFolder
    watcher: Watcher
    common: Mapping[str, Any]
    again: bool = False
    tally: Tally = field(default_factory=Tally)

    def run(self, files: Iterable[Path], *, jobs: int) -> None:
        """Work on `jobs` files at once until all ended. Raises CannotGoOn; on KeyboardInterrupt threads may still run.

        Names are given in the order of the files, whatever thread is faster.
        """
        pool = ThreadPoolExecutor(jobs, thread_name_prefix="recording")
        running: dict[Future[str], Path] = {}
        try:
            for path in files:
                while len(running) >= jobs:
                    self._collect(running)
                prepared = self._prepared(path)
                if prepared is not None:
                    tell = self.watcher.started(path)
                    running[pool.submit(self._one, *prepared, tell)] = path
            while running:
                self._collect(running)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()

    def _prepared(self, path: Path) -> tuple[Source, Place] | None:
        """Return a file with its place, None when it has ended already."""
        try:
            source = Source(path, *hash_of(path))
            place = self.folder.claim(path.stem, source.sha256)
        except Refused as refused:
            if refused.reason == "same_recording":
                self._ended_before(path, "the same recording as another of that name, worked on once")
            else:
                self._refused(path, refused)
            return None
        if not self.again and self._finished(place):
            self._ended_before(path, DONE_BEFORE)
            return None
        return source, place

    def _finished(self, place: Place) -> bool:
        earlier = place.earlier
        return (
            earlier is not None
            and all(earlier.get(key) == value for key, value in self.common.items())
            and set(self.asked.suffixes) <= set(earlier.get("beside", ()))
            and self.folder.complete(place)
        )

    def _one(self, source: Source, place: Place, tell: Tell) -> str:
        if self.asked.redact and place.earlier is not None and place.earlier.get("redacted") is not True:
            self.folder.remove_earlier(place)  # the words as spoken must not stay should redaction fail
        heard = self.hearing.hear(source.path, tell)
        document = document_of(heard, source, self.asked, self.common)
        write_results(heard, document, self.asked.formats, self.folder, place)
        return f"{_told(heard, document)} → {printable(Path(place.name))}.json"

    def _collect(self, running: dict[Future[str], Path]) -> None:
        """Wait until a file ends and count it."""
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            path = running.pop(future)
            try:
                outcome = future.result()
            except Refused as refused:
                self._refused(path, refused)
            except CannotGoOn:
                raise
            except Exception as error:  # noqa: BLE001 - one file never takes the others with it
                self._refused(
                    path, Refused("internal", f"Something went wrong that nobody foresaw ({type(error).__name__}).")
                )
            else:
                self.tally.done += 1
                self.watcher.ended(path, outcome)

    def _ended_before(self, path: Path, outcome: str) -> None:
        self.tally.before += 1
        self.watcher.ended(path, outcome)

    def _refused(self, path: Path, refused: Refused) -> None:
        self.tally.refused += 1
        self.folder.note_failure(path, refused)
        self.watcher.ended(path, f"failed: {refused}")


def _told(heard: Heard, document: Mapping[str, Any]) -> str:
    minutes, seconds = divmod(round(heard.facts.duration_s), 60)
    facts = [f"{minutes}:{seconds:02}", document["language"]]
    if document["redacted"]:
        facts.append(f"{len(document['redactions'])} redactions")
    if heard.facts.truncated:
        facts.append("the file is cut short")
    return f"done ({', '.join(facts)})"


def common_of(hearing: Hearing, asked: Asked, stamp: EngineStamp) -> dict[str, Any]:
    """Return what two results must have in common to be the same work, as JSON gives it back."""
    finder = asdict(hearing.finder.stamp) if hearing.finder else None
    common: dict[str, Any] = json.loads(json.dumps(asked.document(asdict(stamp), finder)))
    return common
