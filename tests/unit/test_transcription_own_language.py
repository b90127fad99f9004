"""A sentence that sounds like another language stays in its channel's when its words fit that one far better."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from domain.speech import Word
from transcription.engines.asking import Answer, Kind, Question
from transcription.engines.decoder import Decoder
from transcription.engines.decoding import Decoding
from transcription.engines.listening import Channel
from transcription.engines.packing import Stretch
from transcription.engines.voice import Profile
from transcription.sound import SAMPLE_RATE, ArraySound

LENGTH = 3 * SAMPLE_RATE
ENGLISH, HUNGARIAN = "please hold while I try", "szóval hogy az egyszerűen"


class Model:
    """What asks Whisper's tokenizer for the few tokens that it looks up when it is made."""

    is_multilingual = False

    def __init__(self) -> None:
        self.model = self
        self.hf_tokenizer = SimpleNamespace(token_to_id=lambda _: 0)


class Recogniser:
    """Takes the channel for English by its long windows and this one stretch for Hungarian; fits by language."""

    def __init__(self, fits: dict[str, tuple[str, float]]) -> None:
        self.model = Model()
        self.fits = fits
        self.asked: list[str | None] = []

    def ask(self, questions: Iterable[Question]) -> list[Future[Answer]]:
        return [self._answer(one) for one in questions]

    def _answer(self, question: Question) -> Future[Answer]:
        answered: Future[Answer] = Future()
        if question.kind is Kind.PROBE:
            answered.set_result(Answer("en", {"en": 0.9}))
            return answered
        self.asked.append(question.language)
        language = question.language or "hu"
        text, log_prob = self.fits[language]
        tokens = tuple(Word(0.2 + 0.5 * at, 0.6 + 0.5 * at, f" {word}", 0.9) for at, word in enumerate(text.split()))
        answered.set_result(Answer(language, {}, tokens, log_prob=log_prob))
        return answered


def heard(fits: dict[str, tuple[str, float]], *, forced: str | None = None) -> tuple[str, set[str], list[str | None]]:
    recogniser = Recogniser(fits)
    profile = Profile(np.ones(200, np.float32), np.ones(600, np.float32))
    channel = Channel(
        cast("Decoder", cast("Any", recogniser)),
        ArraySound(np.zeros(LENGTH, np.float32)),
        profile,
        [Stretch(0, LENGTH, 0, LENGTH)],
        Decoding(),
        forced,
    )
    told = channel.hear().tokens
    return " ".join(one.word.text.strip() for one in told), {one.language for one in told}, recogniser.asked


def test_nonsense_in_another_language_gives_way_to_words_that_fit() -> None:
    text, languages, _ = heard({"hu": (HUNGARIAN, -1.3), "en": (ENGLISH, -0.1)})
    assert (text, languages) == (ENGLISH, {"en"})


@pytest.mark.parametrize("english", [-0.7, -0.35, -0.2])
def test_words_that_were_said_in_another_language_stay_in_it(english: float) -> None:
    text, languages, _ = heard({"hu": (HUNGARIAN, -0.4), "en": (ENGLISH, english)})
    assert (text, languages) == (HUNGARIAN, {"hu"})


def test_a_channels_language_without_any_words_does_not_win_by_its_silence() -> None:
    text, languages, _ = heard({"hu": (HUNGARIAN, -0.9), "en": ("", 0.0)})
    assert (text, languages) == (HUNGARIAN, {"hu"})


def test_a_forced_language_is_searched_once() -> None:
    text, languages, asked = heard({"hu": (HUNGARIAN, -0.9), "en": (ENGLISH, -0.1)}, forced="hu")
    assert (text, languages, asked) == (HUNGARIAN, {"hu"}, ["hu"])
