"""Speech without words is searched again, reported, and silent in the redacted sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.spans import unheard_ranges
from domain.speech import (
    EngineStamp,
    Party,
    Segment,
    Transcript,
    Unheard,
    Word,
    transcript_from_dict,
    transcript_to_dict,
)
from redaction.flac import decode_flac
from transcription.doubles import ScriptedEngine
from transcription.engines.packing import Stretch
from transcription.engines.unheard import REACH_S, SHORTEST_S, WORDLESS_S, believable, gaps
from transcription.port import SAMPLE_RATE
from transcription.recording import Recording
from workers.sounding import write_redacted


def stretch(start: float, end: float) -> Stretch:
    first, last = int(start * SAMPLE_RATE), int(end * SAMPLE_RATE)
    return Stretch(first, last, first, last)


def word(start: float, end: float, probability: float = 0.9) -> Word:
    return Word(start, end, "so", probability)


def test_a_sentence_that_was_passed_over_is_a_gap_with_its_times() -> None:
    found = list(gaps([stretch(0, 4), stretch(10, 16)], [word(0.0, 2.0), word(2.1, 3.8), word(10.2, 12.0)]))
    assert found == [(12.0 + REACH_S, 16.0)]


def test_a_stretch_without_any_word_is_a_gap_as_a_whole() -> None:
    assert list(gaps([stretch(5, 8)], [word(0, 1), word(20, 21)])) == [(5.0, 8.0)]


def test_a_digit_by_itself_that_got_no_word_is_a_gap_and_a_click_is_none() -> None:
    beside = [word(0, 1), word(7, 8)]
    assert list(gaps([stretch(5, 5.3)], beside)) == [(5.0, 5.3)]
    assert list(gaps([stretch(5, 5.15)], beside)) == []
    assert list(gaps([stretch(5, 5.3)], [word(5.1, 5.2)])) == []


def test_a_breath_beside_words_is_no_gap() -> None:
    assert list(gaps([stretch(0, 2 + SHORTEST_S - 0.01)], [word(0, 2 - REACH_S)])) == []
    assert len(list(gaps([stretch(0, 2 + SHORTEST_S + 0.01)], [word(0, 2 - REACH_S)]))) == 1


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 5)), max_size=12), st.floats(0, 50), st.floats(0.1, 20))
def test_gaps_lie_in_the_voice_touch_no_word_and_leave_nothing_long_uncovered(
    spoken: list[tuple[float, float]], start: float, length: float
) -> None:
    words = [word(at, at + took) for at, took in spoken]
    voice = stretch(start, start + length)
    found = list(gaps([voice], words))
    wordless = not any(one.start < start + length and one.end > start for one in words)
    for first, last in found:
        assert start - 1e-3 <= first < last <= start + length + 1e-3
        assert last - first >= (WORDLESS_S if wordless else SHORTEST_S) - 1e-3
        assert not any(one.start < last and one.end > first for one in words)
    for moment in np.linspace(voice.voice / SAMPLE_RATE, voice.hush / SAMPLE_RATE, 50):
        near = any(one.start - REACH_S - SHORTEST_S <= moment <= one.end + REACH_S + SHORTEST_S for one in words)
        inside = any(first <= moment <= last for first, last in found)
        assert near or inside or length < SHORTEST_S + 1e-3


def test_words_of_a_second_search_are_kept_only_when_the_model_is_fairly_sure() -> None:
    assert believable([word(0, 1, 0.9), word(1, 2, 0.4)])
    assert not believable([word(0, 1, 0.4), word(1, 2, 0.3)])
    assert not believable([])


def transcript(*unheard: Unheard) -> Transcript:
    said = Segment(0, Party.AGENT, 0.0, 1.0, (word(0.0, 1.0),))
    return Transcript("en", 1.0, 4.0, 2, (said,), EngineStamp("e", "m", "int8"), {}, unheard)


def test_unheard_speech_is_kept_with_the_transcript() -> None:
    kept = transcript(Unheard(1, 2.0, 3.0))
    assert transcript_from_dict(transcript_to_dict(kept)) == kept


def test_unheard_speech_is_silent_on_every_channel_of_the_redacted_sound(tmp_path: Path) -> None:
    rate = 8000
    noise = np.random.default_rng(1).integers(-9000, 9000, 4 * rate).astype(np.int16)
    recording = Recording(rate, (noise, noise[::-1].copy()), 4.0, "pcm", "flac", truncated=False, source_channels=2)
    heard = transcript(Unheard(1, 2.0, 3.0))
    assert [(one.channel, one.start, one.end) for one in unheard_ranges(heard)] == [(0, 2.0, 3.0), (1, 2.0, 3.0)]
    file = tmp_path / "redacted.flac"
    write_redacted(file, recording, heard, (), ScriptedEngine())
    channels, _ = decode_flac(file.read_bytes())
    for new, old in zip(channels, recording.channels, strict=True):
        changed = new != old
        assert changed[2 * rate : 3 * rate].mean() > 0.99
        assert not changed[: int(1.3 * rate)].any()
        assert not changed[int(3.7 * rate) :].any()
