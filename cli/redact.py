"""`callward redact`: one recording's redacted words on the terminal, and why each was taken."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.speech.batch import common_of
from cli.speech.finding import hash_of
from cli.speech.loading import hearing_for
from cli.speech.options import Format, Model
from cli.speech.refusals import CannotGoOn, Refused
from cli.speech.results import Asked, Source, document_of, shown
from domain.spans import inventory


def redact(
    recording: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A recording.")],
    model: Model = "base",
    format_: Format = None,
    explain: Annotated[bool, typer.Option(help="Say why each span was taken, without quoting it.")] = False,
) -> None:
    """Print the redacted words of a recording; refuse when a second look still sees personal data."""
    asked = Asked(model, None, redact=True, parties={})
    try:
        hearing = hearing_for(asked)
        source = Source(recording, *hash_of(recording))
        common = common_of(hearing, asked, hearing.load())
        heard = hearing.hear(recording, lambda _share: None)
    except (Refused, CannotGoOn) as error:
        typer.echo(f"refused: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(shown(heard, document_of(heard, source, asked, common), format_ or "text"))
    if explain:
        for span in heard.spans:
            typer.echo(
                f"{span.entity_type:<20} segment {span.segment} words {span.first_word}–{span.end_word} "
                f"score {span.score:.2f} {span.recognizer} {span.reason}",
                err=True,
            )
    typer.echo(f"found: {inventory(heard.spans)}", err=True)
