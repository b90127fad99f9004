"""One file into words, and into redacted words and sound. Rooms that may not know each other meet here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cli.redacting.policies import hider_for, hiding
from cli.speech.refusals import CannotGoOn, Refused, why
from cli.speech.watching import Tell, Watched
from domain.redaction_policy import RedactionPolicy
from domain.sound import Replacement, SoundState
from domain.spans import Span, TimeRange, hidden
from domain.speech import EngineStamp, Party, Segment, Transcript
from governance.redaction_profiles import profile_policy
from redaction.applying import redact_by_policy
from redaction.errors import ModelMissingError, RedactionError, SilenceError, UnsupportedLanguageError
from redaction.port import SpanFinder
from redaction.sound import RedactedSound
from redaction.verify import Hear, verified_sound
from transcription.decode_guard import decode_guarded, hear_guarded
from transcription.errors import LanguageUnsupported, ModelMissing, RecordingError
from transcription.port import KNOWING_NOTHING, Listening, SpeechEngine
from transcription.recording import CallSound, Facts, Recording
from transcription.rehearing import heard_again
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
    engine: SpeechEngine | None = None
    """What hears the redacted sound again before it is written."""
    replacement: Replacement = Replacement.TONE

    @property
    def readable(self) -> Transcript:
        """The transcript to write out: the redacted one wherever redaction was asked for."""
        return self.redacted or self.clear

    def sound(self) -> RedactedSound:
        """Return the redacted sound at the file's own rate, heard again around what is silent in it.

        Raises Refused when it cannot be silenced as asked, or still tells something that the words hide.
        """
        with _refusing():
            recording = decode_guarded(self.path, max_duration_s=LONGEST_S)
            sound, state = verified_sound(
                recording.channels,
                recording.sample_rate,
                self.clear,
                self.spans,
                self._again(recording),
                replacement=self.replacement,
            )
        if state is not SoundState.VERIFIED:
            raise Refused("sound_still_tells", "The redacted sound still tells something that is hidden in the words.")
        return sound

    def _again(self, recording: Recording) -> Hear:
        def hear(sound: RedactedSound, windows: Sequence[TimeRange]) -> Sequence[Segment]:
            if self.engine is None:
                raise SilenceError("nobody can hear the redacted sound again")
            language = self.clear.language if self.clear.segments else None
            return heard_again(
                sound.channels, sound.sample_rate, windows, self.engine, levels_of=recording.channels, language=language
            )

        return hear


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
    policy: RedactionPolicy = field(default_factory=profile_policy)
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
            redacted, spans = redact(clear, self.finder, self.policy)
        return Heard(path, facts, clear, spans, redacted, self.engine, self.policy.sound)


def redact(transcript: Transcript, finder: SpanFinder, policy: RedactionPolicy) -> tuple[Transcript, tuple[Span, ...]]:
    """Return the transcript redacted under a policy, and the spans whose words may not be heard either.

    Raises Refused when a second look still sees personal data.
    """
    try:
        done = redact_by_policy(transcript, finder, policy, hider_for(hiding(), 0))
    except UnsupportedLanguageError:
        spoken = sorted({transcript.language, *(segment.language for segment in transcript.segments)} - {"en"})
        raise Refused(
            "language_unsupported",
            f"Redaction knows English only, and this was heard as {', '.join(spoken)}. Transcribe it without "
            "--redact, or say --language en if it is English.",
        ) from None
    except RedactionError as error:
        raise Refused("redaction_refused", f"{error.message}.") from None
    if done.residual:
        kinds = ", ".join(done.residual)
        raise Refused("residual_personal_data", f"A second look still sees {kinds}; nothing is written.")
    return done.readable, hidden(done.spans)


def _nothing_said(language: str, stamp: EngineStamp) -> Transcript:
    return Transcript(language, 1.0, 0.0, 1, (), stamp)
