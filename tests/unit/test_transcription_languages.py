"""A channel's language is told from several windows, and a window that may hold another one is looked at closer."""

from __future__ import annotations

import numpy as np
import pytest

from transcription.engines.asking import Question
from transcription.engines.decoding import Decoding
from transcription.engines.languages import channel_language, mixed
from transcription.engines.model_calls import JUDGED_S, choose
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


def test_a_window_is_searched_in_its_own_language_only_if_it_is_long_and_sure_enough() -> None:
    sure, unsure = {"de": HOW.language_sure, "en": 0.1}, {"de": HOW.language_sure - 0.01, "en": 0.1}
    assert choose(question(JUDGED_S), sure, HOW) == "de"
    assert choose(question(JUDGED_S), unsure, HOW) == "en"
    assert choose(question(JUDGED_S - 0.01), sure, HOW) == "en"


def test_a_forced_language_is_never_doubted() -> None:
    assert choose(question(20, language="fr"), {"de": 1.0}, HOW) == "fr"


def test_a_window_in_which_the_channels_language_is_unlikely_is_mixed() -> None:
    assert mixed({"en": 0.49, "de": 0.51}, "en")
    assert not mixed({"en": 0.5, "de": 0.5}, "en")
    assert not mixed({}, "en"), "nobody asked"
