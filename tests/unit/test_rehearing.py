"""Hearing windows of a recording again: the same sound inside, digital silence outside, at the level it had."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.spans import TimeRange
from domain.speech import EngineStamp
from transcription.audio import resample
from transcription.port import KNOWING_NOTHING, SAMPLE_RATE, ChannelAudio, Listening, Spoken
from transcription.rehearing import Windowed, heard_again


class Attentive:
    """An engine that remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[ChannelAudio] = []
        self.language: str | None = None

    @property
    def stamp(self) -> EngineStamp:
        return EngineStamp("attentive", "none", "none")

    def transcribe(self, channels: Sequence[ChannelAudio], *, listening: Listening = KNOWING_NOTHING) -> Spoken:
        self.given, self.language = list(channels), listening.language
        return Spoken((), "en", 1.0, {})


def speech(rate: int, seconds: float = 12.0, level: float = 5_000) -> np.ndarray:
    rng, count = np.random.default_rng(8), int(seconds * rate)
    swell = np.sin(np.arange(count) / rate * 9) ** 4
    tone = np.sin(2 * np.pi * 700 * np.arange(count) / rate)
    found: np.ndarray = (tone * swell * level + rng.normal(0, level / 300, count)).astype(np.int16)
    return found


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_inside_a_window_sounds_what_the_whole_recording_has_there(rate: int) -> None:
    channel = speech(rate)
    whole = resample(channel, rate)
    read = Windowed(channel, rate, ((3.0, 5.5),)).read(0, len(whole))
    first, end = 3 * SAMPLE_RATE, round(5.5 * SAMPLE_RATE)
    assert np.abs(read[first:end] - whole[first:end]).max() < 2e-3
    assert not read[:first].any()
    assert not read[end:].any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200_000), st.integers(0, 60_000))
def test_pieces_read_one_by_one_are_the_whole(start: int, length: int) -> None:
    sound = Windowed(speech(8_000), 8_000, ((0.0, 4.0), (6.0, 12.0)))
    whole = sound.read(0, len(sound))
    piece = sound.read(start, start + length)
    assert len(piece) == max(0, min(len(sound), start + length) - min(len(sound), start))
    assert np.abs(piece - whole[start : start + length]).max(initial=0.0) < 2e-3


def test_a_quiet_channel_is_lifted_as_it_was_when_it_was_heard_first_whatever_stands_in_its_place_now() -> None:
    loud = (np.sin(2 * np.pi * 440 * np.arange(12 * 8_000) / 8_000) * 20_000).astype(np.int16)
    ear, quiet = Attentive(), speech(8_000, level=200)
    heard_again([quiet], 8_000, [TimeRange(0, 0.0, 12.0)], ear, levels_of=[quiet], language="en")
    lifted = np.abs(ear.given[0].sound.read(0, 12 * SAMPLE_RATE)).max()
    assert lifted > 3 * 200 / 32_768
    heard_again([loud], 8_000, [TimeRange(0, 0.0, 12.0)], ear, levels_of=[quiet], language="en")
    assert np.abs(ear.given[0].sound.read(0, 12 * SAMPLE_RATE)).max() > lifted


def test_every_channel_has_its_own_windows_and_the_language_is_handed_on() -> None:
    ear = Attentive()
    windows = [TimeRange(1, 1.0, 2.0), TimeRange(1, 1.5, 3.0)]
    assert heard_again([speech(8_000)] * 2, 8_000, windows, ear, levels_of=[speech(8_000)] * 2, language="en") == ()
    assert [one.sound.read(0, 12 * SAMPLE_RATE).any() for one in ear.given] == [False, True]
    assert ear.language == "en"


def test_a_window_beyond_the_end_is_cut() -> None:
    sound = Windowed(speech(8_000, seconds=2.0), 8_000, ((1.0, 9.0),))
    assert len(sound.read(0, 10 * SAMPLE_RATE)) == len(sound) == 2 * SAMPLE_RATE
