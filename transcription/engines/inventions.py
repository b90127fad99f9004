"""Words that nobody said: what Whisper writes over a click, a breath or a passing car.

A single sign proves nothing: Silero is unsure of much real speech on a telephone, and the model of many real names. But
where Silero hardly heard a voice and the model hardly believes its own words, there were none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from transcription.engines.packing import Stretch, Window
from transcription.engines.voice import Profile
from transcription.engines.words import Told
from transcription.sound import SAMPLE_RATE

VOICE: Final = 0.5
"""Highest speech probability of a stretch from which its words stand whatever their own probability."""
BELIEVED: Final = 0.4
"""Mean probability of a stretch's words from which they stand whatever Silero said ("you" over a click: 0.07)."""


def credible(told: Iterable[Told], window: Window, profile: Profile) -> Iterator[Told]:
    """Yield the tokens of a window, without those of stretches that hold no voice and no sure word."""
    for number, group in groupby(told, key=lambda one: _stretch_at(one.word.start, window.stretches)):
        tokens = list(group)
        one = window.stretches[number]
        mean = sum(each.word.probability for each in tokens) / len(tokens)
        if mean >= BELIEVED or profile.sure(one.voice, one.hush) >= VOICE:
            yield from tokens


def _stretch_at(start_s: float, stretches: Sequence[Stretch]) -> int:
    at = start_s * SAMPLE_RATE
    return max((number for number, one in enumerate(stretches) if one.start <= at + 1), default=0)
