"""`callward workspace retention`: what administrators set, seen, previewed, changed and approved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.client import ApiClient, ApiError

app = typer.Typer(no_args_is_help=True, help="One workspace (needs a key with workspace:admin).")
retention = typer.Typer(no_args_is_help=True, help="How long what is kept, and who sees it.")
app.add_typer(retention, name="retention")

Workspace = Annotated[str, typer.Argument(help="The workspace's id, ws_….", show_default=False)]
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An administrator's API key.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON, for scripts.")]
Window = Annotated[
    list[str] | None,
    typer.Option("--window", help="ARTIFACT=DURATION, such as transcript=P90D; repeatable."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the version.")]


@contextmanager
def _client(url: str, key: str) -> Iterator[ApiClient]:
    try:
        with ApiClient(url, key) as client:
            yield client
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _path(workspace: str, *more: str) -> str:
    return "/".join(("/v1/workspaces", workspace, "retention", *more))


def _windows(given: list[str] | None) -> dict[str, str]:
    """Read ARTIFACT=DURATION; an empty duration takes a window away. Exits 2 for anything else."""
    windows = {}
    for one in given or ():
        artifact, sign, window = one.partition("=")
        if not sign or not artifact:
            raise typer.BadParameter("write ARTIFACT=DURATION, such as transcript=P90D", param_hint="--window")
        windows[artifact] = window
    return windows


def _changed(now: dict[str, Any], given: list[str] | None) -> dict[str, Any]:
    """Return the body of a change: what is set now, with these windows different."""
    windows = {name: one["window"] for name, one in now["windows"].items() if one["window"]} | _windows(given)
    kept = {name: now[name] for name in ("training", "training_basis", "insights", "access")}
    return {"windows": {name: one for name, one in windows.items() if one}, **kept}


@retention.command("show")
def show(workspace: Workspace, url: Url, key: Key, *, as_json: AsJson = False) -> None:
    """Show what is in force, who set it and why."""
    with _client(url, key) as client:
        found = client.get(_path(workspace))
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table("artifact", "window", "profile's own", "longest", "at the end")
    for name, one in found["windows"].items():
        table.add_row(name, one["window"] or "–", one["profile"] or "none", one["longest"] or "any", one["action"])
    Console().print(table)
    by = f", set by {found['set_by']}" if found["set_by"] else ""
    typer.echo(f"version {found['version']} of {found['set_at'][:19]}{by}: {found['reason'] or 'the profile'}")
    typer.echo(f"training {'on' if found['training'] else 'off'}, insights {'on' if found['insights'] else 'off'}")
    typer.echo(f"stored records {'follow' if found['applied_at'] else 'are being dated anew'}")


@retention.command("preview")
def preview(
    workspace: Workspace,
    url: Url,
    key: Key,
    window: Window = None,
    by: Annotated[str | None, typer.Option("--by", help="Count what is gone by this instant; now.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say how many records of which kind would go, and what holds keep. Nothing is changed."""
    with _client(url, key) as client:
        body = _changed(client.get(_path(workspace)), window) | ({"by": by} if by else {})
        found = client.post(_path(workspace, "preview"), body)
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table("kind", "would go", "sooner than now set", "held", "months")
    for kind, one in found["kinds"].items():
        months = ", ".join(f"{month}: {number}" for month, number in one["by_month"].items())
        table.add_row(kind, str(one["due"]), str(one["sooner"]), str(one["held"]), months)
    Console().print(table)
    if found["needs_approval"]:
        typer.echo("setting this waits for a second administrator")


@retention.command("set")
def set_windows(workspace: Workspace, url: Url, key: Key, reason: Reason, window: Window = None) -> None:
    """Change windows; the rest stays. Exit 3 when the change waits for a second administrator."""
    with _client(url, key) as client:
        now = client.get(_path(workspace))
        body = _changed(now, window) | {"reason": reason, "based_on": now["version"]}
        answer = client.request("PUT", _path(workspace), json=body).json()
    if answer["proposal"] is not None:
        goes = ", ".join(f"{number} {kind}" for kind, number in answer["proposal"]["goes"].items())
        typer.echo(f"{answer['proposal']['id']} waits for a second administrator: it makes go sooner {goes}")
        raise typer.Exit(3)
    typer.echo(f"{answer['outcome']}: version {answer['retention']['version']}")


@retention.command("proposals")
def proposals(workspace: Workspace, url: Url, key: Key) -> None:
    """List changes that wait for a second administrator, and those that were decided."""
    table = Table("id", "state", "reason", "asked by", "until", "makes go sooner")
    with _client(url, key) as client:
        for one in client.get(_path(workspace, "proposals")):
            goes = ", ".join(f"{number} {kind}" for kind, number in one["goes"].items())
            table.add_row(one["id"], one["state"], one["reason"], one["asked_by"], one["expires_at"][:19], goes)
    Console().print(table)


@retention.command("decide")
def decide(
    workspace: Workspace,
    proposal: Annotated[str, typer.Argument(help="The proposal's id, prop_….")],
    decision: Annotated[str, typer.Argument(help="approved or rejected.")],
    url: Url,
    key: Key,
) -> None:
    """Approve or reject a proposal, with another key than the asker's."""
    with _client(url, key) as client:
        answer = client.post(_path(workspace, "proposals", proposal), {"decision": decision})
    typer.echo(f"{answer['outcome']}: version {answer['retention']['version']}")
