"""The samples through the real engines, in the pipeline's order: nothing readable in words, nothing left to hear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support import SAMPLES, sample, spoken_items

from domain.sound import SoundState
from domain.spans import TimeRange, redact_transcript
from domain.speech import Party, Segment, Transcript
from redaction.audio import silence, silenced_throughout
from redaction.engines.presidio import PresidioFinder
from redaction.sound import RedactedSound
from redaction.verify import verified_sound
from transcription.decode_guard import decode_guarded
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.recording import Recording
from transcription.transcribe import transcribe_recording
from workers.sounding import hearing

pytestmark = pytest.mark.xdist_group("e2e")

NAMES = sorted(file.stem for file in SAMPLES.glob("*.json"))
SILENT_KINDS = ("CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS")
SLACK_S = 0.02
TELLING_DIGITS = 4
MAX_INNOCENT_SILENCED = 0.3
SPOKEN_DIGITS = {
    word: str(value)
    for value, word in enumerate("zero one two three four five six seven eight nine".split())  # noqa: SIM905 - as spoken
} | {"oh": "0", "nought": "0"}


@dataclass(frozen=True)
class Redacted:
    """One sample after the pipeline's functions."""

    script: dict[str, Any]
    recording: Recording
    words: Transcript
    residual: Sequence[str]
    sound: RedactedSound
    state: SoundState
    again: Sequence[Segment]

    @property
    def ranges(self) -> tuple[TimeRange, ...]:
        """What is silent."""
        return self.sound.ranges


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisperEngine:
    """The speech model that production uses."""
    return FasterWhisperEngine("base", cache_dir=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module", params=NAMES)
def redacted(request: pytest.FixtureRequest, speech: FasterWhisperEngine) -> Redacted:
    """A sample: transcribe → find → look again → silence → hear again, here the whole of it."""
    script = sample(request.param)
    recording = decode_guarded(Path(SAMPLES / script["file"]), max_duration_s=600)
    parties = {int(at): Party(name) for at, name in script["channels"].items()}
    clear = transcribe_recording(recording, speech, parties=parties)
    finder = PresidioFinder()
    spans = finder.find(clear)
    words = redact_transcript(clear, spans)
    hear = hearing(recording, clear, speech)
    sound, state = verified_sound(recording.channels, recording.sample_rate, clear, spans, hear)
    again = hear(sound, [TimeRange(channel, 0.0, recording.duration_s) for channel in range(clear.channels)])
    return Redacted(script, recording, words, finder.residual(words), sound, state, again)


def digits_said(text: str) -> str:
    """Return the digits of a text in order, said or written, with a bar where anything else stands between."""
    pieces = re.findall(r"\d|[a-z]+|\[", text.lower())
    return re.sub(r"\|+", "|", "".join(one if one.isdigit() else SPOKEN_DIGITS.get(one, "|") for one in pieces))


def silent_s(ranges: Sequence[TimeRange], channel: int, start: float, end: float) -> float:
    """Return how much of a stretch lies inside the channel's ranges."""
    return sum(max(0.0, min(end, one.end) - max(start, one.start)) for one in ranges if one.channel == channel)


def test_no_number_is_readable(redacted: Redacted) -> None:
    said = digits_said(redacted.words.text)
    for item in spoken_items(redacted.script, "CREDIT_CARD", "PHONE_NUMBER", "POLICY_NUMBER"):
        value = re.sub(r"\D", "", item["value"])
        parts = {value[at : at + TELLING_DIGITS] for at in range(len(value) - TELLING_DIGITS + 1)}
        assert not [part for part in parts if part in said], item["entity_type"]


def test_no_name_and_no_mailbox_is_readable(redacted: Redacted) -> None:
    words = set(re.findall(r"[a-z]+", redacted.words.text.lower()))
    for item in spoken_items(redacted.script, "PERSON", "EMAIL_ADDRESS"):
        told = set(re.findall(r"[a-z]+", item["value"].lower().partition("@")[0]))
        assert not told & words, item["entity_type"]


def test_the_second_look_is_clean(redacted: Redacted) -> None:
    assert list(redacted.residual) == []


def test_each_item_lies_inside_the_silenced_ranges_of_every_channel(redacted: Redacted) -> None:
    for item in spoken_items(redacted.script, *SILENT_KINDS):
        for channel in range(len(redacted.recording.channels)):
            silent = silent_s(redacted.ranges, channel, item["start"], item["end"])
            assert silent >= item["end"] - item["start"] - SLACK_S, (item["entity_type"], item["start"], channel)


def test_the_ranges_hold_nothing_but_the_tone(redacted: Redacted) -> None:
    rate = redacted.recording.sample_rate
    sound = silence(redacted.recording.channels, rate, redacted.ranges)
    assert silenced_throughout(sound, rate, redacted.ranges)


def test_the_sound_is_verified(redacted: Redacted) -> None:
    assert redacted.state is SoundState.VERIFIED


def test_hearing_the_whole_redacted_sound_again_brings_no_number_and_no_name_back(redacted: Redacted) -> None:
    said = digits_said("\n".join(segment.text for segment in redacted.again))
    for item in spoken_items(redacted.script, "CREDIT_CARD", "PHONE_NUMBER", "POLICY_NUMBER"):
        value = re.sub(r"\D", "", item["value"])
        parts = {value[at : at + TELLING_DIGITS] for at in range(len(value) - TELLING_DIGITS + 1)}
        assert not [part for part in parts if part in said], item["entity_type"]
    words = {word for segment in redacted.again for word in re.findall(r"[a-z]+", segment.text.lower())}
    for item in spoken_items(redacted.script, "PERSON", "EMAIL_ADDRESS"):
        assert not set(re.findall(r"[a-z]+", item["value"].lower().partition("@")[0])) & words, item["entity_type"]


def test_most_innocent_speech_stays_audible(redacted: Redacted) -> None:
    spoken = lost = 0.0
    for turn in redacted.script["turns"]:
        items = [(item["start"], item["end"]) for item in turn["pii"]]
        edges = [turn["start"], *(edge for item in items for edge in item), turn["end"]]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            spoken += end - start
            lost += silent_s(redacted.ranges, turn["channel"], start, end)
    assert lost / spoken < MAX_INNOCENT_SILENCED
