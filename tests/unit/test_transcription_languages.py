"""A stretch in another language is named, so that it fails closed instead of being passed as translated."""

from __future__ import annotations

from typing import Any

import numpy as np

from domain.speech import Party, Segment, Word
from transcription.engines.languages import Foreign, foreign_stretches, name_languages
from transcription.engines.packing import Packed, Stretch, pack
from transcription.port import SAMPLE_RATE


class Model:
    """Says what each window's first sample tells it: 0 English, 1 surely German, 2 perhaps German."""

    def detect_language(self, *, audio: Any) -> tuple[str, float, None]:
        return {0: ("en", 0.9, None), 1: ("de", 0.95, None), 2: ("de", 0.5, None)}[int(audio[0])]


def packed(*kinds: int, rest_s: float = 30.0) -> Packed:
    """Half minutes of speech of these kinds, ten seconds of silence after each; the last is `rest_s` long."""
    lengths = [30.0] * (len(kinds) - 1) + [rest_s]
    sound, stretches, at = [], [], 0
    for kind, length in zip(kinds, lengths, strict=True):
        voiced = int(length * SAMPLE_RATE)
        sound += [np.full(voiced, float(kind), np.float32), np.zeros(10 * SAMPLE_RATE, np.float32)]
        stretches.append(Stretch(at, at + voiced, at, at + voiced))
        at += voiced + 10 * SAMPLE_RATE
    return pack(np.concatenate(sound), stretches)


def test_only_a_clearly_different_half_minute_is_foreign_with_its_place_in_the_recording() -> None:
    found = list(foreign_stretches(Model(), packed(0, 1, 2, 0), "en"))
    assert [(round(one.start), round(one.end), one.language) for one in found] == [(40, 70, "de")]


def test_a_rest_of_a_few_words_is_not_judged() -> None:
    assert list(foreign_stretches(Model(), packed(0, 1, rest_s=3.9), "en")) == []
    assert len(list(foreign_stretches(Model(), packed(0, 1, rest_s=4.1), "en"))) == 1


def test_segments_that_touch_a_foreign_stretch_carry_its_language() -> None:
    def segment(start: float, end: float) -> Segment:
        return Segment(0, Party.AGENT, start, end, (Word(start, end, "so", 0.9),))

    named = name_languages([segment(0, 10), segment(9, 11), segment(20, 25)], [Foreign(10.0, 20.0, "de")])
    assert [one.language for one in named] == ["en", "de", "en"]
