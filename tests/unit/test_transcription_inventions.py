"""Words fall only where neither Silero nor the model believes in them."""

from __future__ import annotations

import numpy as np
import pytest

from domain.speech import Word
from transcription.engines.inventions import BELIEVED, VOICE, credible
from transcription.engines.packing import Stretch, window_of
from transcription.engines.voice import FRAME, Profile
from transcription.engines.words import Told
from transcription.sound import SAMPLE_RATE

WINDOW = window_of([Stretch(0, 16_000, 0, 16_000), Stretch(32_000, 64_000, 32_000, 64_000)])


def profile(first: float, second: float) -> Profile:
    frames = np.zeros(64_000 // FRAME, np.float32)
    frames[2:10], frames[70:90] = first, second
    return Profile(frames, np.zeros(0, np.float32))


def told(*words: tuple[float, float]) -> list[Told]:
    return [Told(Word(start, start + 0.2, " you", probability), "en") for start, probability in words]


def kept(found: Profile, *words: tuple[float, float]) -> list[float]:
    return [one.word.start for one in credible(told(*words), WINDOW, found)]


@pytest.mark.parametrize(
    ("voice", "sure", "stays"),
    [
        (VOICE, 0.01, True),
        (VOICE - 0.01, BELIEVED, True),
        (VOICE - 0.01, BELIEVED - 0.01, False),
    ],
)
def test_one_witness_is_enough_and_none_is_too_little(voice: float, sure: float, stays: bool) -> None:
    assert kept(profile(voice, 0.0), (0.1, sure)) == ([0.1] if stays else [])


def test_each_stretch_of_a_window_is_judged_by_itself() -> None:
    found = profile(0.2, 0.9)
    assert kept(found, (0.1, 0.1), (0.5, 0.2), (2.0, 0.1), (3.9, 0.1)) == [2.0, 3.9]
    assert SAMPLE_RATE == 16_000
