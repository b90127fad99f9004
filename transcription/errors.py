"""What can be wrong with a recording, said in English sentences that hold no file name and nothing that was spoken."""

from __future__ import annotations

from typing import ClassVar


class RecordingError(ValueError):
    """A recording that cannot be transcribed. `reason` is a constant that may be stored, logged and translated."""

    reason: ClassVar[str] = "unreadable"
    sentence: ClassVar[str] = "The recording cannot be read."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class NotAudio(RecordingError):
    """The bytes are no sound file of an accepted kind, or hold no readable audio stream."""

    reason = "not_audio"
    sentence = "The file is not a sound recording of an accepted kind."


class EmptyRecording(RecordingError):
    """There are no bytes, or no samples in them."""

    reason = "empty"
    sentence = "The recording is empty."


class TooLong(RecordingError):
    """More sound than the limit allows."""

    reason = "too_long"
    sentence = "The recording is longer than allowed."


class DecodingStopped(RecordingError):
    """The decoder ran into its memory, time or output limit, or crashed."""

    reason = "decoding_stopped"
    sentence = "Decoding the recording was stopped because it exceeded its limits."


class ModelMissing(ValueError):
    """No speech model of that name is installed, or its files are damaged."""


class LanguageUnsupported(ValueError):
    """The model cannot transcribe the language asked for."""


BY_REASON: dict[str, type[RecordingError]] = {
    one.reason: one for one in (RecordingError, NotAudio, EmptyRecording, TooLong, DecodingStopped)
}
"""Reason → error, for reading a reason back from another process."""
