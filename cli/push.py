"""`callward push`: recordings, call logs and CDR files to a server, over a bad network, as often as needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from cli.client import ApiClient, ApiError
from cli.log_sending import LogSender, PhoneFacts
from cli.outgoing import Journal, Kind, Outgoing, classify, files_of
from cli.patience import Patience
from cli.uploading import BLOCK_BYTES, RecordingSender, fingerprint
from cli.uploading import Progress as Sent

NOT_DELIVERED: Final = 1
SOME_REJECTED: Final = 3


@dataclass(slots=True)
class Tally:
    """What came of it all; files by outcome, rows by the server's own counts."""

    files: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)

    def file(self, outcome: str) -> None:
        """Count a file."""
        self.files[outcome] = self.files.get(outcome, 0) + 1

    def add_rows(self, counts: dict[str, Any]) -> None:
        """Add the server's counts of rows or entries."""
        for name, count in counts.items():
            if isinstance(count, int) and not isinstance(count, bool) and count:
                self.rows[name] = self.rows.get(name, 0) + count

    @property
    def status(self) -> int:
        """The exit status: 0 delivered, 3 delivered with refused rows, 1 something was not delivered."""
        if self.failures:
            return NOT_DELIVERED
        return SOME_REJECTED if self.rows.get("rejected") else 0


@dataclass(frozen=True, slots=True)
class Pusher:
    """Sends one file after the other; every file is delivered, refused with a reason, or sent again next time."""

    client: ApiClient
    patience: Patience
    source: str | None
    format: str
    phone: PhoneFacts
    parallel: int

    def send(self, file: Outgoing, tally: Tally, sent: Sent) -> None:
        """Send a file by its kind. Raises ApiError when it is not delivered."""
        if file.kind is Kind.RECORDING:
            self._recording(file, tally, sent)
        elif file.kind is Kind.LOG:
            for counts in LogSender(self.client, self.patience, self.phone).send(file.path, file.size, sent):
                tally.add_rows(counts)
            tally.file("delivered")
        else:
            self._cdrs(file, tally, sent)

    def _recording(self, file: Outgoing, tally: Tally, sent: Sent) -> None:
        recording: dict[str, Any] = {"media_type": file.media_type, "file_name": file.path.name}
        registration: dict[str, Any] = {"recording": recording, **self.phone.of_recording()}
        if self.source is not None:
            registration["source"] = self.source
        sender = RecordingSender(self.client, self.patience, parallel=self.parallel)
        tally.file(sender.send(file.path, registration, sent=sent).outcome)

    def _cdrs(self, file: Outgoing, tally: Tally, sent: Sent) -> None:
        told = 0

        def blocks() -> Iterator[bytes]:
            nonlocal told
            with file.path.open("rb") as opened:
                while block := opened.read(BLOCK_BYTES):
                    yield block
                    told += len(block)
                    sent(len(block))

        def attempt() -> dict[str, Any]:
            nonlocal told
            sent(-told)
            told = 0
            query = {"format": self.format, **({"source": self.source} if self.source else {})}
            answer: dict[str, Any] = self.client.request(
                "POST", "/v1/cdrs", params=query, content=blocks(), timeout=None
            ).json()
            return answer

        answer = self.patience.run(attempt)
        tally.add_rows(answer)
        tally.file("delivered")


def push(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    url: Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")],
    key: Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An API key with calls:write.")],
    source: Annotated[str | None, typer.Option(help="The source these come from (PUT /v1/sources/{name}).")] = None,
    format_: Annotated[str, typer.Option("--format", help="Format of the CDR files.")] = "auto",
    kind: Annotated[Kind | None, typer.Option(help="What the files are; told by their bytes if not given.")] = None,
    device_id: Annotated[str | None, typer.Option(help="The phone's id, for call logs and recordings.")] = None,
    zone: Annotated[str | None, typer.Option(help="The phone's zone, such as Asia/Kolkata.")] = None,
    region: Annotated[str | None, typer.Option(help="The phone's country, such as IN.")] = None,
    parallel: Annotated[int, typer.Option(min=1, max=16, help="Parts of a recording sent at once.")] = 4,
    patience: Annotated[float, typer.Option(min=0, help="Seconds without success before a file is given up.")] = 300.0,
    state: Annotated[Path, typer.Option(help="Where delivered files are remembered.")] = Path(".callward/pushed.json"),
) -> None:
    """Send recordings, call logs and CDR files; run it again to go on where it was interrupted.

    Exit status: 0 everything delivered, 3 delivered and some rows were refused, 1 something was not delivered.
    """
    console = Console(stderr=True)
    files = [classify(file, kind) for file in files_of(paths)]
    journal, tally = Journal(state, where=f"{url}\0{source}\0{os.fspath(device_id or '')}"), Tally()
    phone = PhoneFacts(device_id=device_id, zone=zone, region=region)
    with ApiClient(url, key) as client, _bar(console) as bar:
        pusher = Pusher(
            client,
            Patience(for_s=patience, told=lambda why: bar.console.print(f"trying again: {why}", highlight=False)),
            source,
            format_,
            phone,
            parallel,
        )
        task = bar.add_task("sending", total=sum(file.size for file in files))
        for number, file in enumerate(files, 1):
            bar.update(task, description=f"{number}/{len(files)} {file.kind.value}")
            _one(pusher, file, journal, tally, lambda count: bar.advance(task, count))
    _tell(console, tally)
    raise typer.Exit(tally.status)


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console)


def _one(pusher: Pusher, file: Outgoing, journal: Journal, tally: Tally, sent: Sent) -> None:
    told = 0

    def counted(count: int) -> None:
        nonlocal told
        told += count
        sent(count)

    print_ = fingerprint(file.path)
    if journal.knows(file, print_):
        tally.file("sent before")
    else:
        try:
            pusher.send(file, tally, counted)
            journal.note(file, print_)
        except ApiError as error:
            tally.failures.append((str(file.path), str(error)))
    sent(file.size - told)


def _tell(console: Console, tally: Tally) -> None:
    files = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.files.items())) or "none delivered"
    console.print(f"files: {files}", highlight=False)
    if tally.rows:
        console.print(
            "rows: " + ", ".join(f"{count} {name}" for name, count in sorted(tally.rows.items())), highlight=False
        )
    for path, why in tally.failures:
        console.print(f"[red]not delivered[/red] {path}: {why}", highlight=False, soft_wrap=True)
    if tally.failures:
        console.print("run the same command again: what was delivered is not sent twice", highlight=False)
