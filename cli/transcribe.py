"""`callward transcribe`: recordings into words, subtitles and redacted sound, on this machine, without a stack."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from cli.redacting.policies import policy_from
from cli.speech.batch import Batch, Tally, common_of
from cli.speech.finding import hash_of, recordings_of
from cli.speech.folder import ERRORS, OutFolder
from cli.speech.hearing import Hearing
from cli.speech.loading import hearing_for
from cli.speech.options import Format, Jobs, Language, Model, Parties, default_jobs, parties_of
from cli.speech.progress import Watcher, watching
from cli.speech.refusals import CannotGoOn, Refused, Terminated, printable
from cli.speech.results import Asked, Source, document_of, shown

SOME_REFUSED: Final = 3


def transcribe(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Recordings, and folders of recordings.")],
    out: Annotated[
        Path | None, typer.Option("--out", file_okay=False, help="Folder for NAME.json, NAME.vtt and errors.jsonl.")
    ] = None,
    model: Model = "base",
    language: Language = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Take personal data out of words, subtitles and sound.")
    ] = False,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="With --redact: a policy (YAML or JSON), or the name of a profile."),
    ] = None,
    jobs: Jobs = None,
    format_: Format = None,
    parties: Parties = "",
    again: Annotated[bool, typer.Option("--again", help="Do again what an earlier run finished.")] = False,
) -> None:
    """Write what is said in recordings to a folder, or print one recording's words.

    Exit status: 0 all done, 3 some files failed (see errors.jsonl), 1 nothing could be done, 2 asked wrongly.
    """
    if policy is not None and not redact:
        raise typer.BadParameter("a policy says what --redact hides: say --redact too", param_hint="--policy")
    asked = Asked(model, language, redact, parties_of(parties), ("vtt",) if out else (), policy_from(policy))
    if out is not None and format_ in {"srt", "text"}:
        asked = asked.also(format_)
    chosen = recordings_of(files, out=out)
    if out is None and len(chosen) > 1:
        raise typer.BadParameter("several recordings need --out DIR", param_hint="--out")
    try:
        hearing = hearing_for(asked)
        common = common_of(hearing, asked, hearing.load())
    except CannotGoOn as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if out is None:
        _print_one(chosen[0], hearing, asked, common, format_ or "text")
    else:
        jobs = jobs or default_jobs(len(chosen))
        _write_all(chosen, out, lambda folder, watcher: Batch(hearing, asked, folder, watcher, common, again), jobs)


def _print_one(path: Path, hearing: Hearing, asked: Asked, common: Mapping[str, Any], format_: str) -> None:
    try:
        source = Source(path, *hash_of(path))
        heard = hearing.hear(path, lambda _share: None)
        typer.echo(shown(heard, document_of(heard, source, asked, common), format_), nl=False)
    except Refused as refused:
        typer.echo(f"failed: {refused}", err=True)
        raise typer.Exit(SOME_REFUSED) from None


def _write_all(files: list[Path], out: Path, batch_in: Callable[[OutFolder, Watcher], Batch], jobs: int) -> None:
    signal.signal(signal.SIGTERM, _terminated)
    tally = Tally()
    try:
        with OutFolder(out) as folder, watching(len(files)) as watcher:
            batch = batch_in(folder, watcher)
            tally = batch.tally
            batch.run(files, jobs=jobs)
    except CannotGoOn as error:
        _leave(str(error), 1)
    except KeyboardInterrupt as stopped:
        status = 143 if isinstance(stopped, Terminated) else 130
        _leave(f"stopped: {tally.told()}. The same command goes on from here.", status)
    refused = f"; why: {printable(out / ERRORS)}" if tally.refused else ""
    typer.echo(f"{len(files)} {'file' if len(files) == 1 else 'files'}: {tally.told()}{refused}", err=True)
    raise typer.Exit(SOME_REFUSED if tally.refused else 0)


def _terminated(*_: object) -> NoReturn:
    raise Terminated


def _leave(sentence: str, status: int) -> NoReturn:
    """Say why and end at once: a thread may be deep in a model, and what it has not finished is not wanted."""
    typer.echo(sentence, err=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
