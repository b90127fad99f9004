"""Which engines a command works with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cli.speech.hearing import Hearing
from cli.speech.refusals import CannotGoOn
from cli.speech.results import Asked
from redaction.engines.presidio import PresidioFinder
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.engines.models import PACKAGED
from transcription.port import Listening

_CACHE: Final = Path(".callward/models")


def hearing_for(asked: Asked) -> Hearing:
    """Return the engines that do what was asked; nothing is loaded yet. Raises CannotGoOn for an unknown model."""
    engine = FasterWhisperEngine(model_for(asked.model), cache_dir=_CACHE)
    finder = PresidioFinder() if asked.redact else None
    return Hearing(engine, finder, Listening(asked.language), asked.parties, asked.policy)


def model_for(name: str) -> str:
    """Return the name of a packaged model, or the full path of a folder, for the engine. Raises CannotGoOn."""
    if name in PACKAGED:
        return name
    if not Path(name).is_dir():
        known = ", ".join(sorted(PACKAGED))
        raise CannotGoOn(f"There is no speech model {name!r}: use {known}, or the path of a folder with a model.")
    return str(Path(name).absolute())
