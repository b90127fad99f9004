"""Speech without words: stretches in which a voice was found and the model wrote nothing.

Whisper sometimes skips a sentence. What it skipped may be a number that is then in no transcript, so nothing hides it
in the sound. Such stretches are searched once more by themselves; what still has no words is reported, and redaction
silences it: what could not be heard cannot be verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from domain.speech import Word
from transcription.engines.packing import Stretch
from transcription.sound import SAMPLE_RATE

SHORTEST_S: Final = 0.8
"""A shorter gap is a breath, a cough or a badly timed word."""
WORDLESS_S: Final = 0.2
"""A voice by itself, with silence on both sides and no word at all, counts from here: a spoken digit takes 0.3 s."""
REACH_S: Final = 0.3
"""How far beyond its reported times a word is taken to be spoken."""
BELIEVED: Final = 0.5
"""Mean probability from which the words of a second search are believed; below it, noise may have been read.

Single digits searched by themselves reach 0.5 to 0.7.
"""


def gaps(stretches: Sequence[Stretch], words: Sequence[Word]) -> Iterator[tuple[float, float]]:
    """Yield (start, end) in seconds of voiced time that no word covers, in order.

    A stretch without any word counts from WORDLESS_S, what is left beside words from SHORTEST_S.
    """
    times = sorted((word.start, word.end) for word in words)
    spoken = [(start - REACH_S, end + REACH_S) for start, end in times]
    for one in stretches:
        at, end = one.voice / SAMPLE_RATE, one.hush / SAMPLE_RATE
        if not any(first < one.end / SAMPLE_RATE and last > one.start / SAMPLE_RATE for first, last in times):
            if end - at >= WORDLESS_S:
                yield at, end
            continue
        for first, last in spoken:
            if last <= at or first >= end:
                continue
            if first - at >= SHORTEST_S:
                yield at, first
            at = max(at, last)
        if end - at >= SHORTEST_S:
            yield at, end


def believable(words: Sequence[Word]) -> bool:
    """Say whether the words of a second search are to be kept."""
    return bool(words) and sum(word.probability for word in words) / len(words) >= BELIEVED
