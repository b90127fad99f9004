"""The engines of this process, built at first use: a worker of one queue never loads the other's model."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from domain.jobs import DEFAULT_MODEL, Queue
from redaction.engines.presidio import PresidioFinder
from redaction.port import SpanFinder
from storage.settings import Settings, SpeechModel
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.errors import ModelMissing
from transcription.pins import pinned
from transcription.port import SpeechEngine


class Engines:
    """Speech and language engines by the settings; of the speech models the one of this name."""

    def __init__(self, settings: Settings, *, speech_name: str = DEFAULT_MODEL) -> None:
        self._settings = settings
        self.speech_name = speech_name

    @cached_property
    def speech(self) -> SpeechEngine:
        """The speech engine. Raises ModelMissing when no such model is configured, or its weights are others."""
        settings, chosen = self._settings, speech_model(self._settings, self.speech_name)
        cache_dir = settings.data_dir / "models"
        return FasterWhisperEngine(
            pinned(chosen.model, cache_dir=cache_dir),
            compute_type=chosen.compute_type or settings.speech_compute_type,
            device=chosen.device or settings.speech_device,
            cpu_threads=chosen.threads or settings.speech_threads,
            cache_dir=cache_dir,
        )

    def warm(self, queue: Queue) -> None:
        """Load what the workers of a queue need, so that the first call does not wait. Raises when it is missing."""
        if queue is Queue.SPEECH:
            cast("FasterWhisperEngine", self.speech).warm()
        elif queue is Queue.LANGUAGE:
            cast("PresidioFinder", self.finder).load()

    @cached_property
    def finder(self) -> SpanFinder:
        """The finder of personal data."""
        return PresidioFinder(model=self._settings.language_model)


def speech_model(settings: Settings, name: str) -> SpeechModel:
    """Return the configured model of this name. Raises ModelMissing, never another model."""
    if name == DEFAULT_MODEL:
        return SpeechModel(model=settings.speech_model)
    found = settings.speech_models.get(name)
    if found is None:
        raise ModelMissing(f"CALLWARD_SPEECH_MODELS names no model {name!r}.")
    return found
