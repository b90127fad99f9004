"""A channel is scouted in pieces: memory does not grow with the call."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from transcription.audio import at_engine_rate, decode
from transcription.engines.decoding import Decoding
from transcription.engines.packing import Stretch
from transcription.engines.scouting import scout, without_doubles
from transcription.sound import SAMPLE_RATE, ArraySound, Samples

SAMPLES = Path(__file__).parents[2] / "samples"
HOW = Decoding()
LENGTH = 1_800 * SAMPLE_RATE


def speech() -> Samples:
    with (SAMPLES / "card_payment.wav").open("rb") as file:
        sound = at_engine_rate(decode(file, max_duration_s=600)).sounds[0]
    return sound.read(0, len(sound))


class HalfAnHour:
    """Half an hour of hiss in which somebody speaks every ten minutes, made as it is read."""

    def __init__(self) -> None:
        self.speech, self.most = speech()[: 20 * SAMPLE_RATE], 0

    def __len__(self) -> int:
        return LENGTH

    def read(self, start: int, stop: int) -> Samples:
        self.most = max(self.most, stop - start)
        first, last = max(0, start), max(0, min(stop, LENGTH))
        piece = np.random.default_rng(first).normal(0, 1e-4, max(0, last - first)).astype(np.float32)
        for begin in range(0, LENGTH, 600 * SAMPLE_RATE):
            low, high = max(first, begin), min(last, begin + len(self.speech))
            if low < high:
                piece[low - first : high - first] += self.speech[low - begin : high - begin]
        return piece


def test_half_an_hour_is_scouted_in_flat_memory_and_all_of_its_speech_is_found() -> None:
    sound = HalfAnHour()
    tracemalloc.start()
    found = scout(sound, HOW)
    (kept,) = without_doubles([found], HOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.7 * 4 * LENGTH
    assert sound.most <= 60 * SAMPLE_RATE
    assert kept.stretches == found.stretches
    minutes = {round(one.start / SAMPLE_RATE) // 600 for one in found.stretches}
    assert minutes == set(range(3))
    assert 20 < found.speech_s < 70


def test_key_tones_are_silent_for_the_model_and_no_speech() -> None:
    at = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    keys = 0.2 * (np.sin(2 * np.pi * 770 * at) + np.sin(2 * np.pi * 1_336 * at)) * (at % 0.5 < 0.2)
    found = scout(ArraySound(keys.astype(np.float32)), HOW)
    assert found.tones
    assert found.stretches == ()
    for start, end in found.tones:
        assert not found.sound.read(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)).any()


def test_the_same_speech_on_both_channels_is_left_on_the_first() -> None:
    both = speech()[: 15 * SAMPLE_RATE]
    noise = np.random.default_rng(5).normal(0, 1e-4, len(both)).astype(np.float32)
    first, second = without_doubles([scout(ArraySound(both), HOW), scout(ArraySound(both + noise), HOW)], HOW)
    assert first.speech_s > 3
    assert second.stretches == ()


def test_how_late_an_echo_is_stands_in_the_scouted_channel() -> None:
    agent = speech()[: 15 * SAMPLE_RATE]
    late = round(0.2 * SAMPLE_RATE)
    noise = np.random.default_rng(6).normal(0, 1e-4, len(agent)).astype(np.float32)
    contact = noise + 0.1 * np.concatenate([np.zeros(late, np.float32), agent[:-late]])
    first, second = without_doubles([scout(ArraySound(one), HOW) for one in (agent, contact.astype(np.float32))], HOW)
    assert first.echo_s == 0
    assert second.stretches == ()
    assert abs(second.echo_s - 0.2) < 0.005


def test_music_that_is_taken_for_a_voice_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (262, 330, 392)) * 0.1
    everything = [Stretch(0, len(times), 0, len(times))]
    monkeypatch.setattr("transcription.engines.scouting.speech_stretches", lambda *_: everything)
    found = scout(ArraySound(chord.astype(np.float32)), HOW)
    assert found.stretches == ()
    assert found.music == ((0.0, 6.0),)
