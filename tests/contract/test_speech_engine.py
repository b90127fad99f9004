"""What every speech engine promises; runs on the scripted double and on the real tiny.en model."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from domain.speech import Party, Transcript
from transcription.audio import decode
from transcription.doubles import ScriptedEngine, segments_of_script
from transcription.engines.faster_whisper import FasterWhisperEngine
from transcription.errors import LanguageUnsupported
from transcription.port import SAMPLE_RATE, ChannelAudio, Listening, SpeechEngine
from transcription.recording import Recording
from transcription.sound import ArraySound
from transcription.transcribe import transcribe_recording

SAMPLES = Path(__file__).parents[2] / "samples"
PARTIES = {0: Party.AGENT, 1: Party.CONTACT}


def scripted() -> SpeechEngine:
    return ScriptedEngine(segments_of_script(json.loads((SAMPLES / "card_payment.json").read_text(encoding="utf-8"))))


def whisper() -> SpeechEngine:
    return FasterWhisperEngine("tiny.en", cpu_threads=2)


@pytest.fixture(scope="module", params=[scripted, whisper])
def engine(request: pytest.FixtureRequest) -> SpeechEngine:
    make: Callable[[], SpeechEngine] = request.param
    return make()


@pytest.fixture(scope="module")
def recording() -> Recording:
    with (SAMPLES / "card_payment.wav").open("rb") as file:
        return decode(file, max_duration_s=600)


@pytest.fixture(scope="module")
def transcript(engine: SpeechEngine, recording: Recording) -> Transcript:
    return transcribe_recording(recording, engine, parties=PARTIES)


def test_words_follow_each_other_inside_their_segment_and_the_recording(transcript: Transcript) -> None:
    for segment in transcript.segments:
        assert 0 <= segment.start <= segment.end <= transcript.duration_s
        reached = segment.start
        for word in segment.words:
            assert reached <= word.start <= word.end <= segment.end
            assert 0 <= word.probability <= 1
            assert word.text == word.text.strip() != ""
            reached = word.end


def test_segments_of_one_channel_never_overlap(transcript: Transcript) -> None:
    for channel in range(transcript.channels):
        mine = [one for one in transcript.segments if one.channel == channel]
        assert all(one.end <= other.start for one, other in pairwise(mine))


def test_segments_stand_in_conversation_order_with_channel_and_party(transcript: Transcript) -> None:
    order = [(one.start, one.channel) for one in transcript.segments]
    assert order == sorted(order)
    assert {(one.channel, one.party) for one in transcript.segments} == set(PARTIES.items())


def test_what_was_said_is_found_on_the_channel_of_who_said_it(transcript: Transcript) -> None:
    agent = " ".join(one.text for one in transcript.segments if one.party is Party.AGENT).lower()
    contact = " ".join(one.text for one in transcript.segments if one.party is Party.CONTACT).lower()
    assert "receipt" in agent
    assert "electricity" in contact
    assert "electricity" not in agent


def test_the_stamp_says_what_is_needed_to_do_it_again(engine: SpeechEngine) -> None:
    stamp = engine.stamp
    assert stamp.engine
    assert stamp.model_id
    assert stamp.compute_type
    assert stamp.versions
    assert stamp.parameters
    json.dumps([dict(stamp.versions), dict(stamp.parameters)])


def test_quality_is_stated(transcript: Transcript) -> None:
    assert 0 < transcript.quality["speech_share"] <= 1
    assert 0 < transcript.quality["mean_probability"] <= 1
    assert transcript.quality["partial"] == 0
    assert transcript.language == "en"


def test_silence_gives_no_words(engine: SpeechEngine) -> None:
    quiet = [
        ChannelAudio(number, Party.UNKNOWN, ArraySound(np.zeros(10 * SAMPLE_RATE, np.float32))) for number in range(2)
    ]
    assert engine.transcribe(quiet).segments == ()
    assert engine.transcribe([]).segments == ()
    assert engine.transcribe([ChannelAudio(0, Party.UNKNOWN, ArraySound(np.zeros(0, np.float32)))]).segments == ()


@pytest.mark.parametrize("kind", ["hiss", "ringback", "dtmf"])
def test_noise_and_tones_give_no_words(kind: str) -> None:
    at = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
    sounds = {
        "hiss": np.random.default_rng(1).normal(0, 0.01, len(at)),
        "ringback": 0.2 * (np.sin(2 * np.pi * 440 * at) + np.sin(2 * np.pi * 480 * at)) * (at % 6 < 2),
        "dtmf": 0.2 * (np.sin(2 * np.pi * 770 * at) + np.sin(2 * np.pi * 1_336 * at)) * (at % 0.3 < 0.12),
    }
    heard = whisper().transcribe([ChannelAudio(0, Party.UNKNOWN, ArraySound(sounds[kind].astype(np.float32)))])
    assert heard.segments == ()


def test_the_same_call_gives_the_same_words(recording: Recording) -> None:
    first, second = (transcribe_recording(recording, whisper(), parties=PARTIES) for _ in range(2))
    assert first.segments == second.segments


def test_an_english_model_is_forced_to_english_and_refuses_another_language(recording: Recording) -> None:
    english = FasterWhisperEngine("tiny.en", cpu_threads=2)
    assert english.stamp.parameters["language"] == "forced:en"
    with pytest.raises(LanguageUnsupported):
        english.transcribe([], listening=Listening("fr"))
