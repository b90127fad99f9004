"""The stage of the sound: written in the recording's family, heard again, and refused with a reason when it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import pytest

from domain.spans import Span
from domain.speech import EngineStamp, Party, Segment, Transcript, Word
from redaction.audio import Silenced
from redaction.encoding import FORMS
from redaction.sound import RedactedSound
from transcription.doubles import ScriptedEngine
from transcription.port import KNOWING_NOTHING, ChannelAudio, Listening, Spoken
from transcription.recording import Recording
from workers import sounding
from workers.outcome import StageRefused
from workers.sounding import write_redacted

RATE, SECONDS = 8_000, 20


def words(start: float, *texts: str) -> tuple[Word, ...]:
    return tuple(Word(start + 0.4 * at, start + 0.4 * at + 0.35, text, 0.9) for at, text in enumerate(texts))


SAID = words(5.0, "this", "is", "Fiona", "Okafor", "here")
CALL = Transcript(
    "en", 1.0, SECONDS, 2, (Segment(1, Party.CONTACT, 5.0, 7.0, SAID),), EngineStamp("scripted", "script", "none")
)
SPANS = (Span(0, 2, 4, "PERSON", 0.9, "test"),)


class Stubborn(ScriptedEngine):
    """Says its words whatever it is given."""

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        del channels, listening
        return Spoken(self.segments, "en", 1.0, {})


TELLING = Stubborn((Segment(1, Party.CONTACT, 12.0, 12.4, words(12.0, "Okafor")),))
HARMLESS = ScriptedEngine((Segment(1, Party.CONTACT, 5.0, 6.0, words(5.0, "this", "is")),))


def recording(container: str = "wav", channels: int = 2) -> Recording:
    rng = np.random.default_rng(2)
    sound = tuple(rng.normal(0, 4_000, SECONDS * RATE).astype(np.int16) for _ in range(channels))
    return Recording(RATE, sound, SECONDS, "pcm", container, truncated=False, source_channels=channels)


@pytest.mark.parametrize(
    ("container", "media_type"),
    [("wav", "audio/wav"), ("flac", "audio/flac"), ("mov", "audio/mp4"), ("ogg", "audio/ogg"), ("mp3", "audio/mpeg")],
)
def test_the_sound_stays_in_its_family_and_as_long_as_it_was(tmp_path: Path, container: str, media_type: str) -> None:
    path = tmp_path / "sound"
    form = write_redacted(path, recording(container), CALL, SPANS, HARMLESS)
    assert form.media_type == media_type
    with av.open(str(path), "r") as opened:
        heard = sum(frame.samples for frame in opened.decode(opened.streams.audio[0]))
        assert abs(heard / opened.streams.audio[0].rate - SECONDS) < 0.13


def test_sound_that_goes_on_telling_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sound"
    with pytest.raises(StageRefused) as refused:
        write_redacted(path, recording(), CALL, SPANS, TELLING)
    assert (refused.value.code, refused.value.blocked) == ("sound_still_tells", True)
    assert not path.exists()


def test_other_channels_than_were_transcribed_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StageRefused) as refused:
        write_redacted(tmp_path / "sound", recording(channels=1), CALL, SPANS, HARMLESS)
    assert (refused.value.code, refused.value.blocked) == ("channels_changed", True)


def test_a_file_in_which_something_is_not_silent_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def as_spoken(sound: RedactedSound, into: BinaryIO) -> None:
        channels = tuple(Silenced(one, at, RATE, ()) for at, one in enumerate(recording().channels))
        FORMS["wav"].encode(RedactedSound(channels, RATE, sound.ranges), into)

    monkeypatch.setattr(sounding, "form_of", lambda _: replace(FORMS["wav"], encode=as_spoken))
    with pytest.raises(StageRefused) as refused:
        write_redacted(tmp_path / "sound", recording(), CALL, SPANS, HARMLESS)
    assert (refused.value.code, refused.value.blocked) == ("sound_not_silenced", True)
