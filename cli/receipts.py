"""`callward receipts` and `callward sweep`: the proof of what was erased, and what would be erased now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from cli.client import ApiClient, ApiError

app = typer.Typer(no_args_is_help=True, help="Receipts of erasures (needs a key with privacy:manage).")
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An API key.")]
FLAWED: Final = 3
_TOLD: Final = {
    "changed": "is not what its hash says: it was changed",
    "missing": "is not there, or another one stands in its place",
    "cut": "is not there: the chain was cut before what the audit log, or the kept head, names",
    "rewritten": "is another one than the audit log, or the kept head, says: the chain was written anew",
}


def _asked(url: str, key: str, path: str, **params: str | int) -> Any:
    try:
        with ApiClient(url, key) as client:
            return client.get(path, params=params, timeout=None)
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command("list")
def list_receipts(
    url: Url, key: Key, limit: Annotated[int, typer.Option(help="How many, newest first.", min=1, max=500)] = 20
) -> None:
    """List the newest receipts."""
    table = Table("number", "what", "id", "why", "when", "how many")
    for one in _asked(url, key, "/v1/receipts", limit=limit)["receipts"]:
        counts = ", ".join(f"{place} {number}" for place, number in sorted(one["erased"].items()))
        what = one["artifact"] or one["kind"]
        table.add_row(str(one["sequence"]), what, one["call_id"] or "", one["cause"], one["erased_at"][:19], counts)
    Console().print(table)


@app.command("verify")
def verify(
    url: Url,
    key: Key,
    kept: Annotated[str | None, typer.Option("--head", help="A kept head: its line, or a file that holds it.")] = None,
) -> None:
    """Check every receipt, beside the audit log and a kept head; print the head to keep for the next time.

    Exit status: 0 the chain holds, 3 it does not, 1 it could not be checked.
    """
    params = {} if kept is None else {"head": _line(kept)}
    told = _asked(url, key, "/v1/receipts/verification", **params)
    if told["flaw"] is not None:
        typer.echo(f"receipt {told['at_sequence']} {_TOLD.get(told['flaw'], told['flaw'])}", err=True)
        raise typer.Exit(FLAWED)
    typer.echo(f"{told['receipts']} receipts hold" + (", with the kept head" if told["head_checked"] else ""), err=True)
    typer.echo(told["head"])


def _line(kept: str) -> str:
    file = Path(kept)
    return file.read_text("utf-8").strip() if " " not in kept and file.is_file() else kept


def sweep(
    url: Url,
    key: Key,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; the relay is what erases it.")] = False,
) -> None:
    """Say what of traffic data, refused rows and files the next sweep takes (needs a key with privacy:manage)."""
    if not dry_run:
        raise typer.BadParameter("the relay sweeps by itself, every few seconds; ask with --dry-run what it would take")
    table = Table("what", "due", "held", "goes")
    for one in _asked(url, key, "/v1/sweep"):
        table.add_row(one["what"], str(one["due"]), str(one["held"]), str(one["goes"]))
    Console().print(table)
