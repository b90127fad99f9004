"""One file into words, and into redacted words and sound. Rooms that may not know each other meet here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cli.speech.refusals import CannotGoOn, Refused, why
from cli.speech.watching import Tell, Watched
from domain.spans import Span, redact_transcript
from domain.speech import EngineStamp, Party, Transcript
from redaction.errors import ModelMissingError, RedactionError, SilenceError, UnsupportedLanguageError
from redaction.port import SpanFinder
from redaction.sound import RedactedSound, redacted_sound
from transcription.decode_guard import decode_guarded, hear_guarded
from transcription.errors import LanguageUnsupported, ModelMissing, RecordingError
from transcription.port import KNOWING_NOTHING, Listening, SpeechEngine
from transcription.recording import CallSound, Facts
from transcription.scratch import FileSound
from transcription.transcribe import transcribe_recording

LONGEST_S: Final = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording, what was said in it, and, when redaction was asked for, what of that may be read."""

    path: Path
    facts: Facts
    clear: Transcript
    spans: tuple[Span, ...] = ()
    redacted: Transcript | None = None

    @property
    def readable(self) -> Transcript:
        """The transcript to write out: the redacted one wherever redaction was asked for."""
        return self.redacted or self.clear

    def sound(self) -> RedactedSound:
        """Return the redacted sound at the file's own rate. Raises Refused when it cannot be silenced as asked."""
        with _refusing():
            recording = decode_guarded(self.path, max_duration_s=LONGEST_S)
            return redacted_sound(recording.channels, recording.sample_rate, self.clear, self.spans)


@contextmanager
def _heard(path: Path) -> Iterator[CallSound]:
    """Give a file's sound at the engine's rate; its scratch space is free again at the end."""
    sound = hear_guarded(path, max_duration_s=LONGEST_S)
    try:
        yield sound
    finally:
        for one in sound.sounds:
            if isinstance(one, FileSound):
                one.scratch.file.close()


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what is wrong with one file into Refused."""
    try:
        yield
    except RecordingError as error:
        raise Refused(error.reason, str(error)) from None
    except LanguageUnsupported as error:
        raise Refused("language_unsupported", str(error)) from None
    except SilenceError as error:
        raise Refused("sound_not_silenced", f"The sound cannot be redacted: {error.message}.") from None
    except OSError as error:
        raise Refused("unreadable", f"The file cannot be worked on: {why(error)}.") from None


@dataclass
class Hearing:
    """Speech engine and finder of personal data, each loaded once, used by several threads."""

    engine: SpeechEngine
    finder: SpanFinder | None = None
    listening: Listening = KNOWING_NOTHING
    parties: Mapping[int, Party] = field(default_factory=dict)
    _finding: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> EngineStamp:
        """Load the models. Raises CannotGoOn when one is missing, or cannot do the language asked for."""
        try:
            self.engine.transcribe((), listening=self.listening)
            stamp = self.engine.stamp
            if self.finder is not None:
                self.finder.find(_nothing_said(self.listening.language or "en", stamp))
        except (ModelMissing, LanguageUnsupported) as error:
            raise CannotGoOn(str(error)) from None
        except UnsupportedLanguageError:
            raise CannotGoOn("Redaction knows English only: leave out --redact, or --language.") from None
        except ModelMissingError as error:
            raise CannotGoOn(f"{error.message}.") from None
        except OSError as error:
            raise CannotGoOn(f"The speech model cannot be unpacked in .callward/models: {why(error)}.") from None
        return stamp

    def hear(self, path: Path, tell: Tell) -> Heard:
        """Return what was said in a file. Raises Refused."""
        with _refusing(), _heard(path) as sound:
            facts, watched = sound.facts, Watched(self.engine, tell)
            clear = transcribe_recording(sound, watched, parties=self.parties, listening=self.listening)
        if self.finder is None:
            return Heard(path, facts, clear)
        with self._finding:
            redacted, spans = redact(clear, self.finder)
        return Heard(path, facts, clear, spans, redacted)


def redact(transcript: Transcript, finder: SpanFinder) -> tuple[Transcript, tuple[Span, ...]]:
    """Return the redacted transcript and its spans. Raises Refused when a second look still sees personal data."""
    try:
        spans = finder.find(transcript) if transcript.text.strip() else ()
    except UnsupportedLanguageError:
        spoken = sorted({transcript.language, *(segment.language for segment in transcript.segments)} - {"en"})
        raise Refused(
            "language_unsupported",
            f"Redaction knows English only, and this was heard as {', '.join(spoken)}. Transcribe it without "
            "--redact, or say --language en if it is English.",
        ) from None
    except RedactionError as error:
        raise Refused("redaction_refused", f"{error.message}.") from None
    redacted = redact_transcript(transcript, spans)
    left = finder.residual(redacted)
    if left:
        raise Refused("residual_personal_data", f"A second look still sees {', '.join(left)}; nothing is written.")
    return redacted, spans


def _nothing_said(language: str, stamp: EngineStamp) -> Transcript:
    return Transcript(language, 1.0, 0.0, 1, (), stamp)
