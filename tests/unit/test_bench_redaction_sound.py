"""The bench's own judgement: what counts as heard, as read, as an echo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.redaction_sound.listening import AUDIBLE_SHARE, audible_share, echo_lag
from bench.redaction_sound.reading import readable
from bench.speech.score import Heard

RATE = 8_000


def speech(seconds: float = 2.0, seed: int = 1) -> np.ndarray:
    rng, count = np.random.default_rng(seed), int(seconds * RATE)
    voice = np.convolve(rng.normal(0, 1, count), np.hanning(9), mode="same")
    found: np.ndarray = (4_000 * voice * (0.6 + 0.4 * np.sin(np.arange(count) / 700))).astype(np.int16)
    return found


def tone(count: int, level: float = 2_000) -> np.ndarray:
    return (level * np.sin(2 * np.pi * 440 * np.arange(count) / RATE)).astype(np.int16)


def test_what_is_left_as_it_was_is_heard_and_what_is_replaced_is_not() -> None:
    voice = speech()
    assert audible_share(voice, voice, RATE, voice) == 1.0
    for instead in (np.zeros_like(voice), tone(len(voice)), speech(seed=2)):
        assert audible_share(voice, instead, RATE, voice) < AUDIBLE_SHARE / 5


@pytest.mark.parametrize("level", [2_000, 12_000])
def test_speech_under_a_tone_counts_as_heard(level: float) -> None:
    voice = speech()
    assert audible_share(voice, voice + tone(len(voice), level), RATE, voice) > AUDIBLE_SHARE


def test_half_of_it_is_half_of_it() -> None:
    voice = speech()
    half = voice.copy()
    half[: len(half) // 2] = 0
    assert audible_share(voice, half, RATE, voice) == pytest.approx(0.5, abs=0.05)


def test_a_quieter_later_copy_is_an_echo_and_another_voice_is_none() -> None:
    voice = speech()
    copy = np.concatenate([np.zeros(800), voice * 0.1]).astype(np.int16)
    assert echo_lag(voice, copy, RATE) == 800
    assert echo_lag(voice, speech(seed=3), RATE) is None
    assert echo_lag(voice, np.zeros_like(voice), RATE) is None


ITEM: dict[str, Any] = {"kind": "PERSON", "channel": 0, "start": 10.0, "end": 12.0, "spoken": "Fiona Ferguson"}


@pytest.mark.parametrize(
    ("spoken", "told", "expected"),
    [
        ("Fiona Ferguson", "this is Furguson here", True),
        ("Fiona Ferguson", "this is here", False),
        ("four one one one, two two", "41", True),
        ("four one one one, two two", "about 9", False),
        ("K, O, W, A, L", "k o w", True),
        ("fiona dot ferguson at example dot org", "at example dot org", False),
    ],
)
def test_any_telling_part_counts_as_readable(spoken: str, told: str, expected: bool) -> None:
    heard = [Heard(word, 10.5 + 0.1 * at, 10.55 + 0.1 * at, 0) for at, word in enumerate(told.split())]
    assert readable({**ITEM, "spoken": spoken}, heard, mix=False) is expected
    assert readable({**ITEM, "spoken": spoken, "channel": 1}, heard, mix=False) is False
