"""`callward policy`: the profiles that ship, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from domain.errors import Invalid
from governance.profiles import build_policy, load_profile, profile_names

app = typer.Typer(no_args_is_help=True, help="Policy profiles.")


@app.command("list")
def list_profiles() -> None:
    """Name the profiles that ship."""
    for name in profile_names():
        typer.echo(name)


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="A profile's name.")]) -> None:
    """Show what a profile says of each category, and until when a record that begins now would be kept."""
    try:
        policy = build_policy(load_profile(name))
    except Invalid as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from None
    table = Table("category", "role", "basis", "purposes", "born now, kept until", "source")
    now = datetime.now(UTC)
    for category, rule in policy.categories.items():
        tags = policy.tags(category, workspace_id="example", anchor=now)
        purposes = ", ".join(rule.purposes)
        table.add_row(
            category, rule.role, rule.legal_basis, purposes, tags.retain_until.isoformat(), rule.retention.source
        )
    Console().print(table)
