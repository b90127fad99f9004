"""The engines of this process, built at first use: a worker of one queue never loads the other's model."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from domain.jobs import Queue
from redaction.engines.presidio import PresidioFinder
from redaction.port import SpanFinder
from storage.settings import Settings
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.port import SpeechEngine


class Engines:
    """Speech and language engines by the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def speech(self) -> SpeechEngine:
        """The speech engine."""
        settings = self._settings
        return FasterWhisperEngine(
            settings.speech_model,
            compute_type=settings.speech_compute_type,
            device=settings.speech_device,
            cpu_threads=settings.speech_threads,
            cache_dir=settings.data_dir / "models",
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
