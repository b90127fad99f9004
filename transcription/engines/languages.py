"""Which stretches of a channel are in another language than the rest.

Whisper detects the language from the first half minute and then turns whatever follows into that language. A stretch
that was silently translated cannot be redacted: what was really said is still in the sound. So each half minute of
speech is asked again, and a clearly different one is named on its segments; what cannot be redacted then fails closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from domain.speech import Segment
from transcription.engines.packing import Packed
from transcription.port import SAMPLE_RATE

WINDOW_S: Final = 30
SHORTEST_S: Final = 4.0
"""A shorter rest is not judged: a few words are too little to tell a language by."""
SURE: Final = 0.8
"""Probability above which a different language is believed; accents and numbers alone stay well below."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Seconds [start, end) of the recording in another language."""

    start: float
    end: float
    language: str


def foreign_stretches(model: Any, packed: Packed, language: str) -> Iterator[Foreign]:
    """Yield the half minutes of speech that are clearly not in `language`; one encoder run for each."""
    step = WINDOW_S * SAMPLE_RATE
    for at in range(0, len(packed.samples), step):
        window = packed.samples[at : at + step]
        if len(window) < SHORTEST_S * SAMPLE_RATE:
            continue
        found, probability, _ = model.detect_language(audio=window)
        if found != language and probability >= SURE:
            start, _ = packed.original(at / SAMPLE_RATE, at / SAMPLE_RATE)
            last = (at + len(window) - 1) / SAMPLE_RATE
            _, end = packed.original(last, last)
            yield Foreign(start, end, str(found))


def name_languages(segments: Sequence[Segment], foreign: Sequence[Foreign]) -> tuple[Segment, ...]:
    """Return the segments, those that touch a foreign stretch with that stretch's language."""
    named = list(segments)
    for one in foreign:
        for number, segment in enumerate(named):
            if segment.start < one.end and segment.end > one.start:
                named[number] = replace(segment, language=one.language)
    return tuple(named)
