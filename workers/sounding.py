"""The redacted sound of a call: made, written, read back, and heard again. Redaction and transcription meet here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from domain.sound import Replacement, SoundState
from domain.spans import Span, TimeRange
from domain.speech import Segment, Transcript
from redaction.encoding import Form, form_of
from redaction.errors import SilenceError
from redaction.sound import RedactedSound, check_written
from redaction.verify import verified_sound
from transcription.port import SpeechEngine
from transcription.recording import Recording
from transcription.rehearing import heard_again
from workers.outcome import StageRefused


def write_redacted(
    path: Path,
    recording: Recording,
    transcript: Transcript,
    spans: Sequence[Span],
    engine: SpeechEngine,
    replacement: Replacement = Replacement.TONE,
) -> Form:
    """Write the redacted sound in the recording's own family of containers and return how; it is verified.

    Raises StageRefused: sound that still tells something, or could not be silenced as asked, is not kept.
    """
    if len(recording.channels) != transcript.channels:
        raise StageRefused("channels_changed", blocked=True)
    hear = hearing(recording, transcript, engine)
    sound, state = verified_sound(
        recording.channels, recording.sample_rate, transcript, spans, hear, replacement=replacement
    )
    if state is not SoundState.VERIFIED:
        raise StageRefused("sound_still_tells", blocked=True)
    form = form_of(recording.container)
    with path.open("w+b") as file:
        try:
            form.encode(sound, file)
            file.seek(0)
            check_written(file, sound, lossless=form.lossless)
        except SilenceError:
            raise StageRefused("sound_not_silenced", blocked=True) from None
    return form


def hearing(
    recording: Recording, transcript: Transcript, engine: SpeechEngine
) -> Callable[[RedactedSound, Sequence[TimeRange]], Sequence[Segment]]:
    """Return what hears windows of a redacted sound as the recording was heard: language and levels are the same."""
    language = transcript.language if transcript.segments else None

    def hear(sound: RedactedSound, windows: Sequence[TimeRange]) -> Sequence[Segment]:
        return heard_again(
            sound.channels, sound.sample_rate, windows, engine, levels_of=recording.channels, language=language
        )

    return hear
