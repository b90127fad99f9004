"""`callward jobs`: dead letters, read and requeued by a person."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.client import ApiClient, ApiError

app = typer.Typer(no_args_is_help=True, help="Work that was given up (needs a key with workspace:admin).")
Url = Annotated[str, typer.Option("--url", envvar="CALLWARD_PUBLIC_URL", help="The API's address.")]
Key = Annotated[str, typer.Option("--key", envvar="CALLWARD_API_KEY", help="An API key.")]


@app.command("dead")
def dead(url: Url, key: Key) -> None:
    """List dead letters."""
    table = Table("job", "call", "task", "tries", "error", "since")
    try:
        with ApiClient(url, key) as client:
            for letter in client.get("/v1/dead-letters"):
                table.add_row(
                    letter["job_id"],
                    letter["call_id"],
                    letter["task"],
                    str(letter["attempts"]),
                    letter["error"] or "",
                    letter["created_at"][:19],
                )
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    Console().print(table)


@app.command("requeue")
def requeue(job_id: str, url: Url, key: Key) -> None:
    """Give a dead letter all its tries again."""
    try:
        with ApiClient(url, key) as client:
            client.post(f"/v1/dead-letters/{job_id}/requeue")
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{job_id} is ready again")
