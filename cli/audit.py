"""`callward audit`: the audit chain's head, its export, and its check, on a server or on an exported file."""

from __future__ import annotations

import collections
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.client import ApiClient, ApiError
from domain.chains import AUDIT_FIELDS, Flaw, Head, Verdict, Walk, read_head

app = typer.Typer(no_args_is_help=True, help="The audit chain (needs a key with privacy:manage, or an exported file).")
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An API key.")]

KIND: Final = "audit"
ANCHOR: Final = "anchor"
NOT_CHECKED: Final = 1
FLAWED: Final = 3
_LONGEST_LINE: Final = 1_000_000
_LINES_SOUGHT: Final = 10
_TOLD: Final = {
    Flaw.CHANGED: "is not what its hash says, or not linked to the one before: it was changed",
    Flaw.MISSING: "is not there, or another one stands in its place",
    Flaw.CUT: "is not there: the chain was cut before the kept head",
    Flaw.REWRITTEN: "is another one than when the head was kept: the chain was written anew",
}


class Unreadable(Exception):
    """The file is no exported chain, or the head is none."""


@app.command("head")
def head(url: Url, key: Key) -> None:
    """Print the chain's head: one line to keep where nobody who can write to the database can change it."""
    with _told(), ApiClient(url, key) as client:
        typer.echo(client.get("/v1/audit/head")["line"])


@app.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="Where the chain goes, one event a line.")],
    url: Url,
    key: Key,
) -> None:
    """Write the whole chain to a file, for `callward audit verify FILE` on another machine."""
    with _told(), ApiClient(url, key) as client, out.open("wb") as file:
        size = client.download("/v1/audit/export", file)
    typer.echo(f"{out}: {size} bytes", err=True)


@app.command("verify")
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", exists=True, dir_okay=False, help="An exported chain, else the server's."),
    ] = None,
    kept: Annotated[
        str | None, typer.Option("--head", help="A kept head: its line, or a file whose last line it is.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")] = None,
    key: Annotated[str | None, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An API key.")] = None,
) -> None:
    """Check every event of the chain; beside a kept head also that its tail was not cut.

    Exit status: 0 the chain holds, 3 it does not, 1 it could not be checked, 2 asked wrongly.
    """
    with _told():
        line = None if kept is None else _line(kept)
        if file is not None:
            _say(verify_file(file, None if line is None else read_head(line, KIND)), head_checked=line is not None)
            return
        if url is None or key is None:
            raise typer.BadParameter("name a FILE, or a server by --url and --key")
        with ApiClient(url, key) as client:
            told = client.get("/v1/audit/verification", params={} if line is None else {"head": line}, timeout=None)
    flaw = None if told["flaw"] is None else Flaw(told["flaw"])
    _say(Verdict(told["events"], told["hash"], flaw, told["at_sequence"]), head_checked=line is not None)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what went wrong into one sentence and exit status 1."""
    try:
        yield
    except (ApiError, Unreadable, OSError, ValueError) as error:
        typer.echo(f"could not be checked: {error}", err=True)
        raise typer.Exit(NOT_CHECKED) from None


def _line(kept: str) -> str:
    if kept.startswith("callward-"):
        return kept
    with Path(kept).open(encoding="utf-8") as file:
        lines = [line for line in collections.deque(file, maxlen=_LINES_SOUGHT) if line.strip()]
    if not lines:
        raise Unreadable("the file of heads is empty")
    return lines[-1]


def verify_file(file: Path, kept: Head | None) -> Verdict:
    """Check an exported chain, in memory that does not grow with it.

    Raises:
        Unreadable: the file is none.
        ValueError: the head is another chain's.
    """
    walk: Walk | None = None
    for number, event in enumerate(_events(file), start=1):
        chain = event.get("chain")
        if not isinstance(chain, str):
            raise Unreadable(f"line {number} names no chain; export it with `callward audit export`")
        if number == 1 and "anchor" in event:
            anchor = read_head(event["anchor"], ANCHOR)
            walk = Walk(chain, AUDIT_FIELDS, kept=kept, begin={"sequence": anchor.sequence, "hash": anchor.hash})
            continue
        walk = walk or Walk(chain, AUDIT_FIELDS, kept=kept)
        if not walk.take(event):
            break
    if walk is None:
        walk = Walk(kept.chain if kept else "", AUDIT_FIELDS, kept=kept)
    return walk.end()


def _events(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        number = 0
        while line := lines.readline(_LONGEST_LINE):
            number += 1
            try:
                event = json.loads(line)
                if "anchor" not in event:
                    event["at"] = datetime.fromisoformat(event["at"])
            except (ValueError, TypeError, KeyError):
                raise Unreadable(f"line {number} is no event of an exported chain") from None
            yield event


def _say(found: Verdict, *, head_checked: bool) -> None:
    if found.flaw is not None:
        typer.echo(f"the chain does not hold: event {found.at} {_TOLD[found.flaw]}; {found.entries} before it hold")
        raise typer.Exit(FLAWED)
    typer.echo(f"the chain holds: {found.entries} events, the last {found.head or '(none)'}")
    if not head_checked:
        typer.echo("without --head a cut tail does not show; keep the line of `callward audit head`", err=True)
