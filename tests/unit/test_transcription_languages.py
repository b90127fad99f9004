"""A channel's language is told from several windows, and a window that may hold another one is looked at closer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transcription.engines.asking import Question
from transcription.engines.decoding import Decoding
from transcription.engines.languages import channel_language, foreign
from transcription.engines.model_calls import choose
from transcription.engines.packing import Stretch, window_of
from transcription.sound import SAMPLE_RATE, ArraySound

HOW = Decoding()


def question(length_s: float, *, language: str | None = None, otherwise: str | None = "en") -> Question:
    length = round(length_s * SAMPLE_RATE)
    return Question(
        ArraySound(np.zeros(0, np.float32)), window_of([Stretch(0, length, 0, length)]), language, otherwise
    )


def test_one_window_that_was_heard_wrong_does_not_name_the_channel() -> None:
    language, probability = channel_language([{"en": 0.9, "de": 0.1}, {"en": 0.3, "de": 0.7}, {"en": 0.8, "de": 0.2}])
    assert language == "en"
    assert probability == pytest.approx(2 / 3)


def test_a_few_digits_in_an_accent_are_not_latin() -> None:
    assert channel_language([{"la": 0.4, "en": 0.3}])[0] == "en"
    assert channel_language([{"hi": 0.6, "en": 0.3}])[0] == "en"
    assert channel_language([{"hi": 0.8, "en": 0.1}])[0] == "hi"
    assert channel_language([{"cy": 0.97, "en": 0.01}])[0] == "cy"


def test_a_stretch_is_searched_in_its_own_language_only_if_it_is_long_and_clear_enough() -> None:
    clear, unclear = {"de": 0.6, "en": 0.1}, {"de": 0.4, "en": 0.1}
    assert choose(question(HOW.language_judged_s), clear, HOW) == "de"
    assert choose(question(HOW.language_judged_s), unclear, HOW) == "en"
    assert choose(question(HOW.language_judged_s - 0.01), clear, HOW) == "en"


def test_a_window_of_several_stretches_follows_its_channel_until_they_are_asked_one_by_one() -> None:
    whole = question(9)
    two = replace(whole, window=window_of([Stretch(0, 70_000, 0, 70_000), Stretch(80_000, 150_000, 80_000, 150_000)]))
    assert choose(two, {"de": 0.9, "en": 0.05}, HOW) == "en"
    assert choose(replace(two, otherwise=None), {"de": 0.9, "en": 0.05}, HOW) == "de"


def test_a_forced_language_is_never_doubted() -> None:
    assert choose(question(20, language="fr"), {"de": 1.0}, HOW) == "fr"


def test_an_accent_is_no_foreign_language() -> None:
    assert foreign({"es": 0.67, "en": 0.05}, "en", times=2) == "es"
    assert foreign({"haw": 0.22, "fi": 0.2, "en": 0.08}, "en", times=2) is None
    assert foreign({"th": 0.61, "en": 0.03}, "en", times=2) is None
    assert foreign({"pl": 0.24, "en": 0.2}, "en", times=2) is None
    assert foreign({"en": 0.9, "es": 0.05}, "es", times=2) == "en"
    assert foreign({}, "en", times=2) is None
