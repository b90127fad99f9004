"""Sounds that stand still are named, speech is not; and music is told from speech."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.music import musical
from transcription.sound import SAMPLE_RATE, ArraySound, Samples
from transcription.steady import steady_tones

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TIMES = np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE


def _sines(*hertz: float, on_s: float = 99.0, off_s: float = 0.0) -> np.ndarray:
    sounding = TIMES % (on_s + off_s) < on_s
    return 0.1 * sum(np.sin(2 * np.pi * one * TIMES) for one in hertz) * sounding


def _hiss(level: float, *, smooth: int = 1, seed: int = 5) -> np.ndarray:
    hiss = np.random.default_rng(seed).standard_normal(len(TIMES))
    return level * np.convolve(hiss, np.ones(smooth) / smooth, "same")


def _speech(name: str = "card_payment.wav") -> Samples:
    with av.open(str(SAMPLES / name)) as source:
        to_engine = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
        pieces = [one for frame in source.decode(audio=0) for one in to_engine.resample(frame)]
    return np.concatenate([one.to_ndarray()[0] for one in pieces]).astype(np.float32)


def _steady_s(sound: np.ndarray) -> float:
    return sum(end - start for start, end in steady_tones(ArraySound(sound.astype(np.float32))))


STEADY = {
    "ringback, America": (_sines(440, 480, on_s=2, off_s=4), 7.0),
    "ringback, Britain": (_sines(400, 450, on_s=0.4, off_s=0.2), 4.5),
    "ringback, India": (_sines(400) * (1 + 0.8 * np.sin(2 * np.pi * 25 * TIMES)), 7.0),
    "busy": (_sines(480, 620, on_s=0.5, off_s=0.5), 3.0),
    "a fax calls": (_sines(1100, on_s=0.5, off_s=3), 6.0),
    "a fax answers": (_sines(2100), 7.0),
    "hiss": (_hiss(0.03), 7.0),
    "comfort noise": (_hiss(0.004, smooth=6), 6.0),
    "silence": (TIMES * 0, 7.0),
}


@pytest.mark.parametrize("name", STEADY)
def test_what_stands_still_is_named(name: str) -> None:
    sound, at_least_s = STEADY[name]
    assert _steady_s(sound) >= at_least_s


@pytest.mark.parametrize("hiss", [0.0, 0.005, 0.02])
def test_no_speech_lies_in_a_steady_range(hiss: float) -> None:
    speech = _speech()
    noise = np.random.default_rng(3).standard_normal(len(speech)) * hiss
    eaten = sum(
        float((speech[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] ** 2).sum())
        for start, end in steady_tones(ArraySound((speech + noise).astype(np.float32)))
    )
    assert eaten <= 0.001 * float((speech**2).sum())


@settings(max_examples=30, deadline=None)
@given(hertz=st.floats(100, 320), at_s=st.floats(0, 5), lasts_s=st.floats(0.3, 2))
def test_a_hummed_vowel_is_never_steady_even_when_its_pitch_is(hertz: float, at_s: float, lasts_s: float) -> None:
    vowel = sum(np.sin(2 * np.pi * hertz * number * TIMES) / number for number in range(1, 12))
    sounding = (at_s <= TIMES) & (at_s + lasts_s > TIMES) & (TIMES < 7.5)
    loud = np.where(sounding, 0.1 * vowel, 0.0).astype(np.float32)
    for start, end in steady_tones(ArraySound(loud)):
        share = float((loud[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] ** 2).sum()) / float((loud**2).sum())
        assert share < 0.05 or lasts_s > 0.9


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40_000), st.integers(0, 1000))
def test_ranges_are_in_order_apart_and_inside_the_sound(length: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    sound = ArraySound((chance.standard_normal(length) * chance.choice([0.0, 0.01, 0.3])).astype(np.float32))
    found = steady_tones(sound)
    edges = [edge for one in found for edge in one]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= length / SAMPLE_RATE for edge in edges)


def _melody() -> Samples:
    """Return eight seconds of chords with overtones."""
    chords = ((262, 330, 392), (349, 440, 523), (392, 494, 587), (262, 330, 392))
    sound = np.zeros(len(TIMES))
    halves = TIMES // 2
    for number, chord in enumerate(chords):
        here = halves == number
        for root in chord:
            sound += here * sum(np.sin(2 * np.pi * root * over * TIMES) / over**1.5 for over in range(1, 6))
    return (sound * 0.05).astype(np.float32)


def test_a_melody_is_music_and_speech_is_not() -> None:
    speech = _speech()
    assert musical(_melody()) > 0.9
    scores = [musical(speech[at : at + 4 * SAMPLE_RATE]) for at in range(0, len(speech) - 4 * SAMPLE_RATE, 32_000)]
    assert max(scores) < 0.5


@pytest.mark.parametrize("length", [0, 1, 1_000, 2 * SAMPLE_RATE - 1])
def test_what_is_too_short_or_silent_is_not_judged(length: int) -> None:
    assert musical(_melody()[:length]) == 0.0
    assert musical(np.zeros(4 * SAMPLE_RATE, np.float32)) == 0.0
