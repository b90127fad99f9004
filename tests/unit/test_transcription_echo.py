"""Speech that is only another channel's, late and quiet, is left out; what somebody says over it is kept."""

from __future__ import annotations

import numpy as np
import pytest

from transcription.engines.echo import Pair, without_copies
from transcription.engines.packing import Stretch
from transcription.sound import SAMPLE_RATE, ArraySound, Samples

LENGTH = 12 * SAMPLE_RATE
PAD = SAMPLE_RATE // 10


def talk(seed: int, *spans: tuple[float, float]) -> Samples:
    """Noise in the band and with the rhythm of speech, sounding in these seconds only."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.normal(0, 1, LENGTH))
    hertz = np.fft.rfftfreq(LENGTH, 1 / SAMPLE_RATE)
    spectrum[(hertz < 300) | (hertz > 3_400)] = 0
    at = np.arange(LENGTH) / SAMPLE_RATE
    sound = np.fft.irfft(spectrum) * (0.3 + np.abs(np.sin(2 * np.pi * (2 + seed % 3) * at)))
    heard = np.zeros(LENGTH, bool)
    for start, end in spans:
        heard[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = True
    return (0.1 * sound * heard).astype(np.float32)


def late(sound: Samples, delay_s: float, gain: float) -> Samples:
    count = round(delay_s * SAMPLE_RATE)
    return np.concatenate([np.zeros(count, np.float32), sound[: len(sound) - count]]) * np.float32(gain)


def hiss(seed: int) -> Samples:
    return np.random.default_rng(seed).normal(0, 0.0005, LENGTH).astype(np.float32)


def stretch(start: float, end: float) -> Stretch:
    first, last = int(start * SAMPLE_RATE), int(end * SAMPLE_RATE)
    return Stretch(first, last, first, last)


def left(own: Samples, other: Samples, *stretches: Stretch, keeps_ties: bool = True) -> list[tuple[float, float]]:
    levels = np.sqrt((own.reshape(-1, 160) ** 2).mean(axis=1))
    pair = Pair(ArraySound(own), ArraySound(other), keeps_ties=keeps_ties)
    parts = without_copies(stretches, [pair], pad=PAD, levels=levels)
    return [(round(one.voice / SAMPLE_RATE, 2), round(one.hush / SAMPLE_RATE, 2)) for one in parts]


@pytest.mark.parametrize("delay_s", [0.02, 0.11, 0.3, 0.39])
@pytest.mark.parametrize("gain", [0.25, -0.05])
def test_an_echo_is_left_out_whatever_its_delay_and_phase(delay_s: float, gain: float) -> None:
    agent = talk(1, (1, 5))
    contact = late(agent, delay_s, gain) + hiss(2)
    assert left(contact, agent, stretch(1 + delay_s, 5 + delay_s)) == []


def test_different_speech_at_the_same_time_is_kept_whole() -> None:
    for seed in range(6):
        own, other = talk(seed, (1, 9)), talk(seed + 100, (0, 10))
        assert left(own, other, stretch(1, 9)) == [(1, 9)]


def test_the_original_is_kept_where_the_other_channel_echoes_it() -> None:
    agent = talk(3, (1, 5))
    assert left(agent, late(agent, 0.1, 0.2) + hiss(4), stretch(1, 5)) == [(1, 5)]


def test_who_speaks_over_an_echo_is_heard() -> None:
    agent, answer = talk(5, (1, 8)), talk(6, (4, 6))
    contact = late(agent, 0.15, 0.1) + answer + hiss(7)
    ((start, end),) = left(contact, agent, stretch(1.15, 8.15))
    assert 3.5 <= start <= 4.01
    assert 5.99 <= end <= 6.5


def test_a_short_answer_in_the_middle_of_an_echo_is_heard() -> None:
    agent, answer = talk(8, (1, 8)), talk(9, (4, 4.6))
    contact = late(agent, 0.2, 0.08) + answer + hiss(10)
    ((start, end),) = left(contact, agent, stretch(1.2, 8.2))
    assert start <= 4.01
    assert end >= 4.55


def test_the_same_mix_on_both_channels_is_heard_once_and_on_the_lower_one() -> None:
    mix = talk(11, (1, 6))
    other = mix + hiss(12)
    assert left(mix, other, stretch(1, 6), keeps_ties=True) == [(1, 6)]
    assert left(other, mix, stretch(1, 6), keeps_ties=False) == []


def test_a_channel_that_holds_an_echo_alone_is_empty_though_it_was_made_as_loud() -> None:
    agent = talk(13, (1, 7))
    assert left(late(agent, 0.12, 1.1) + hiss(14), agent, stretch(1.12, 7.12)) == []


def test_beside_silence_everything_is_kept() -> None:
    own = talk(15, (1, 5))
    assert left(own, np.zeros(LENGTH, np.float32), stretch(1, 5)) == [(1, 5)]
