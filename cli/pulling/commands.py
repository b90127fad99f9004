"""`callward corpus pull`, `verify`, `make-key` and `rotate-signing-key`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from cli.client import ApiClient, ApiError
from cli.pulling.errors import NotProven
from cli.pulling.folder import Folder
from cli.pulling.pull import Pull, Shown, Wishes, wanted
from cli.pulling.verify import verify as prove

FLAWED: Final = 3
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="A platform key with corpus:read.")]
Out = Annotated[Path, typer.Option("--out", help="Folder; what is in it is brought up to date.", file_okay=False)]


@contextmanager
def _told() -> Iterator[None]:
    """Turn our own errors into one sentence: exit status 3 for what does not hold, 1 for what could not be done."""
    try:
        yield
    except NotProven as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FLAWED) from None
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("stopped; pull again and it goes on from here", err=True)
        raise typer.Exit(130) from None


@contextmanager
def _shown() -> Iterator[Shown]:
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console) as progress:
        bar = progress.add_task("release", total=None, visible=False)

        def begin(number: int, size: int) -> None:
            progress.reset(bar, total=size, description=f"release {number}", visible=size > 0)

        yield Shown(begin, lambda size: progress.advance(bar, size), console.print)


def pull(
    url: Url,
    key: Key,
    out: Out,
    purpose: Annotated[str, typer.Option("--purpose", help="What it is pulled for; kept in the audit log.")],
    since: Annotated[int | None, typer.Option("--since", help="Every release after this number.", min=0)] = None,
    release: Annotated[int | None, typer.Option("--release", help="This release; else the newest.", min=1)] = None,
    trust: Annotated[
        str | None, typer.Option("--trust", help="Fingerprint of the signing key, as you were told it.")
    ] = None,
    wait: Annotated[float, typer.Option("--wait", help="Seconds for files that are being written anew.", min=0)] = 60.0,
) -> None:
    """Pull releases, and let leave whoever left of those that are there.

    Exit status: 0 the folder is up to date, 1 it could not be brought there (the message says how to go on, and what
    came is kept), 3 something is not what was signed.
    """
    if since is not None and release is not None:
        raise typer.BadParameter("give --since or --release, not both", param_hint="--since")
    with _told(), ApiClient(url, key) as client, _shown() as shown:
        numbers = wanted(client, since=since, release=release)
        folder = Folder(out)
        Pull(client, folder, Wishes(purpose, numbers, wait, trust), shown).run()
        here = ", ".join(str(number) for number in folder.releases()) or "none: nothing is published yet"
        shown.say(f"up to date: {here}")


def verify(
    folder: Annotated[Path, typer.Argument(help="What was given as --out.", file_okay=False, exists=True)],
    url: Annotated[str | None, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")] = None,
    key: Annotated[str | None, typer.Option("--key", envvar="CALLWARD_API_KEY", help="A platform key.")] = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Check against the feed as it was last pulled.")] = False,
) -> None:
    """Prove that a folder holds what was signed, and nobody who left.

    Exit status: 0 proven, 3 it is not so (each flaw on a line, with what to do), 1 it could not be checked.
    """
    with _told():
        if offline:
            proof = prove(Folder(folder), None)
        elif url is None or key is None:
            raise typer.BadParameter("name the API (--url, --key), or check what is here only (--offline)")
        else:
            with ApiClient(url, key) as client:
                proof = prove(Folder(folder), client)
    for flaw in proof.flaws:
        typer.echo(flaw, err=True)
    told = f"{proof.releases} releases, {proof.files} files, {proof.rows} rows; {proof.revocations} revocations"
    typer.echo(f"{told}, as of {proof.as_of}: {'NOT proven' if proof.flaws else 'proven'}")
    if proof.flaws:
        raise typer.Exit(FLAWED)


def make_key(
    url: Url,
    key: Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="The platform administrator's key.")],
    name: Annotated[str, typer.Option("--name", help="Whose key it is: a team, not a person.")],
    *,
    manage: Annotated[bool, typer.Option("--manage", help="It may build and approve releases too.")] = False,
) -> None:
    """Make a key for the ML team and print it, once."""
    scopes = ["corpus:read", *(["corpus:manage"] if manage else [])]
    with _told(), ApiClient(url, key) as client:
        typer.echo(client.post("/v1/platform/keys", {"name": name, "scopes": scopes})["key"])


def rotate_signing_key(url: Url, key: Key) -> None:
    """Put a new signing key in force, vouched for by the old one, whose private half is destroyed."""
    with _told(), ApiClient(url, key) as client:
        made = client.post("/v1/corpus/signing-keys")
        typer.echo(f"signing key {made['number']}, fingerprint {made['fingerprint']}")
