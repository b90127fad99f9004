"""`callward transcribe` and `callward redact`: one recording, on this machine, without a stack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from domain.spans import inventory, redact_transcript
from domain.speech import Transcript
from redaction.engines.presidio import PresidioFinder
from redaction.errors import RedactionError
from transcription.decode_guard import decode_guarded
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.errors import LanguageUnsupported, ModelMissing, RecordingError
from transcription.render import FORMATS
from transcription.transcribe import transcribe_recording

Recording = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A recording.")]
Model = Annotated[str, typer.Option(help="Speech model: tiny.en, base, or a folder.")]


def _known_format(name: str) -> str:
    """Refuse an unknown format before any work is done."""
    if name not in FORMATS:
        raise typer.BadParameter(f"no such format; there are: {', '.join(FORMATS)}")
    return name


Format = Annotated[str, typer.Option("--format", help="json, vtt, srt or text.", callback=_known_format)]
_CACHE = Path(".callward/models")
_LONGEST_S = 6 * 3600.0


def _transcript(recording: Path, model: str) -> Transcript:
    try:
        decoded = decode_guarded(recording, max_duration_s=_LONGEST_S)
        return transcribe_recording(decoded, FasterWhisperEngine(model, cache_dir=_CACHE), parties={})
    except (RecordingError, ModelMissing, LanguageUnsupported) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _show(transcript: Transcript, format_: str) -> None:
    _, render = FORMATS[format_]
    typer.echo(render(transcript))


def transcribe(recording: Recording, model: Model = "base", format_: Format = "text") -> None:
    """Print the words of a recording as spoken (nothing is redacted)."""
    _show(_transcript(recording, model), format_)


def redact(
    recording: Recording,
    model: Model = "base",
    format_: Format = "text",
    explain: Annotated[bool, typer.Option(help="Say why each span was taken, without quoting it.")] = False,
) -> None:
    """Print the redacted words of a recording; refuse when a second look still sees personal data."""
    transcript = _transcript(recording, model)
    finder = PresidioFinder()
    try:
        spans = finder.find(transcript) if transcript.text.strip() else ()
    except RedactionError as error:
        typer.echo(f"refused: {error.message}", err=True)
        raise typer.Exit(1) from None
    redacted = redact_transcript(transcript, spans)
    left = finder.residual(redacted)
    if left:
        typer.echo(f"refused: a second look still sees {', '.join(left)}", err=True)
        raise typer.Exit(1)
    _show(redacted, format_)
    if explain:
        for span in spans:
            typer.echo(
                f"{span.entity_type:<20} segment {span.segment} words {span.first_word}–{span.end_word} "
                f"score {span.score:.2f} {span.recognizer} {span.reason}",
                err=True,
            )
    typer.echo(f"found: {inventory(spans)}", err=True)
