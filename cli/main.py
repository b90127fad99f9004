"""The `callward` command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import audit, corpus, jobs, policy, receipts, workspace
from cli.client import ApiError
from cli.demo import run_demo
from cli.doctor import doctor as run_doctor
from cli.parse import parse as run_parse
from cli.push import push as run_push
from cli.redact import redact as run_redact
from cli.stack.errors import StackError
from cli.transcribe import transcribe as run_transcribe
from cli.up import run_up

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Callward on one machine."
)
app.add_typer(policy.app, name="policy")
app.add_typer(jobs.app, name="jobs")
app.add_typer(audit.app, name="audit")
app.add_typer(receipts.app, name="receipts")
app.add_typer(workspace.app, name="workspace")
app.add_typer(corpus.app, name="corpus")
app.command("transcribe")(run_transcribe)
app.command("redact")(run_redact)
app.command("parse")(run_parse)
app.command("push")(run_push)
app.command("sweep")(receipts.sweep)

Data = Annotated[Path, typer.Option("--data", help="Folder of the stack's data, logs and keys.")]


@contextmanager
def told(console: Console) -> Iterator[None]:
    """Turn our own errors into one sentence and exit status 1; Ctrl-C into 130."""
    try:
        yield
    except (StackError, ApiError) as error:
        console.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("stopped")
        raise typer.Exit(130) from None


@app.command()
def up(data: Data = Path(".callward/up")) -> None:
    """Start MongoDB, S3 store, broker, API and workers here and keep them running until Ctrl-C."""
    console = Console()
    with told(console):
        run_up(data, console)


@app.command()
def demo(
    data: Data = Path(".callward/demo"),
    output: Annotated[Path, typer.Option(help="Where the results go.")] = Path("demo-output"),
) -> None:
    """Send sample calls through the stack and show the redacted results."""
    console = Console()
    with told(console):
        status = run_demo(data, output, console)
    raise typer.Exit(status)


@app.command()
def doctor(data: Data = Path(".callward/up")) -> None:
    """Say what is missing or broken on this machine and in a running stack, and what to do."""
    raise typer.Exit(run_doctor(data))


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
