"""`callward corpus`: releases of the training corpus asked for, watched, decided upon (needs a platform key)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.client import ApiClient, ApiError
from cli.pulling import commands

app = typer.Typer(
    no_args_is_help=True, help="The training corpus (needs a platform key with corpus:manage or corpus:read)."
)
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="A platform key.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON, for scripts.")]
Number = Annotated[int, typer.Argument(help="The release's number.", min=1)]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the release: name no person in it.")]
FAILED: Final = 3
_EVERY_S: Final = 1.0
_PATH: Final = "/v1/corpus/releases"


@contextmanager
def _client(url: str, key: str) -> Iterator[ApiClient]:
    try:
        with ApiClient(url, key) as client:
            yield client
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _policy(file: Path | None) -> dict[str, Any]:
    """Read a policy file. Exits 2, saying what to do, when it is none."""
    if file is None:
        return {}
    try:
        told = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        raise typer.BadParameter("not a readable file of JSON", param_hint="--policy") from None
    if not isinstance(told, dict):
        raise typer.BadParameter('write a JSON object, such as {"k": 10}', param_hint="--policy")
    return told


@app.command("build")
def build(
    url: Url,
    key: Key,
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for; written into its card.")],
    policy: Annotated[Path | None, typer.Option("--policy", help="JSON file with what differs.")] = None,
    workspace: Annotated[list[str] | None, typer.Option("--workspace", help="ws_…; repeatable; else all.")] = None,
    *,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the build until it is through.")] = True,
) -> None:
    """Build a release of everything that may lawfully be in it now.

    Exit status: 0 it waits for a person's review, 3 a gate did not pass or it was aborted, 1 it could not be asked for.
    """
    body = {"purpose": purpose, "policy": _policy(policy), **({"workspaces": workspace} if workspace else {})}
    with _client(url, key) as client:
        release = client.post(_PATH, body)
        typer.echo(f"release {release['number']} is being built", err=True)
        if wait:
            release = _followed(client, release["number"])
    _tell(release)
    if release["state"] in {"failed", "aborted"}:
        raise typer.Exit(FAILED)


def _followed(client: ApiClient, number: int) -> Any:
    """Show a build's progress until it is through; return the release."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        bars = {phase: shown.add_task(phase, total=None) for phase in ("reading", "writing")}
        while (release := client.get(f"{_PATH}/{number}"))["state"] in {"building", "publishing"}:
            for phase, bar in bars.items():
                told = release[phase]
                shown.update(bar, total=told["total"] or None, completed=told["done"])
            time.sleep(_EVERY_S)
    return release


def _tell(release: Any) -> None:
    """Print a release: its state, its counts, its gates."""
    counts = release["counts"]
    phase = f" ({release['phase']})" if release["phase"] else ""
    typer.echo(f"release {release['number']}, revision {release['revision']}: {release['state']}{phase}")
    typer.echo(
        f"purpose: {release['purpose']}; snapshot {release['snapshot_at'][:19]}, policy {release['policy']['version']}"
    )
    typer.echo(
        f"{counts['items']} items, {counts['words']} words of {counts['calls']} calls, in {release['files']} files"
    )
    for reason, number in sorted(counts["excluded"].items(), key=lambda one: -one[1]):
        typer.echo(f"  left out: {reason} {number}")
    if release["gates"]:
        table = Table("gate", "passed", "measured", "asked for", "why")
        for gate in release["gates"]:
            passed = "yes" if gate["passed"] else "NO"
            table.add_row(gate["name"], passed, str(gate["measured"]), str(gate["threshold"]), gate["why"])
        Console().print(table)


@app.command("list")
def list_releases(
    url: Url, key: Key, limit: Annotated[int, typer.Option(help="How many, newest first.", min=1, max=200)] = 20
) -> None:
    """List releases, newest first."""
    with _client(url, key) as client:
        found = client.get(_PATH, params={"limit": limit})["releases"]
    table = Table("number", "state", "revision", "items", "snapshot", "purpose")
    for one in found:
        items, snapshot = str(one["counts"]["items"]), one["snapshot_at"][:19]
        table.add_row(str(one["number"]), one["state"], str(one["revision"]), items, snapshot, one["purpose"])
    Console().print(table)


@app.command("show")
def show(number: Number, url: Url, key: Key, *, as_json: AsJson = False) -> None:
    """Show how far a release is, what is in it, what was left out and why, and what the gates said."""
    with _client(url, key) as client:
        release = client.get(f"{_PATH}/{number}")
    if as_json:
        typer.echo(json.dumps(release))
    else:
        _tell(release)


@app.command("approve")
def approve(number: Number, url: Url, key: Key, reason: Reason) -> None:
    """Approve a release that passed its gates, and wait until it is published."""
    with _client(url, key) as client:
        client.post(f"{_PATH}/{number}/approve", {"reason": reason})
        _tell(_followed(client, number))


@app.command("reject")
def reject(number: Number, url: Url, key: Key, reason: Reason) -> None:
    """Reject a release: all of it is erased but its record."""
    with _client(url, key) as client:
        _tell(client.post(f"{_PATH}/{number}/reject", {"reason": reason}))


@app.command("review")
def review(number: Number, url: Url, key: Key, *, as_json: AsJson = False) -> None:
    """Print the sample of a release for a person to read through, before it is approved or rejected."""
    with _client(url, key) as client:
        path = f"{_PATH}/{number}/review"
        typer.echo(json.dumps(client.get(path)) if as_json else client.request("GET", f"{path}/text").text, nl=as_json)


@app.command("discard")
def discard(number: Number, url: Url, key: Key) -> None:
    """Abort a build, or give up a release that waits or failed: all of it is erased but its record."""
    with _client(url, key) as client:
        _tell(client.post(f"{_PATH}/{number}/discard"))


app.command("pull")(commands.pull)
app.command("verify")(commands.verify)
app.command("make-key")(commands.make_key)
app.command("rotate-signing-key")(commands.rotate_signing_key)
