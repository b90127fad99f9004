"""Numbers that repeat themselves, asked once more by themselves: beside other sentences a repeated group gets lost.

Whisper writes "4242-4242-4242" for a card whose number has four such groups when the sentence lies in a window with
others, and all four when it is heard alone. Other numbers it hears better in company. So the second answer counts only
if it keeps every digit of the first and has more of them, as far as so many can have been said in that time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from transcription.engines.packing import Stretch
from transcription.engines.words import Told
from transcription.sound import SAMPLE_RATE

MANY: Final = 8
"""From this many digits on a stretch is worth a second question: an account, a card, a telephone number."""
QUICKEST_S: Final = 0.22
"""Seconds of voice a digit at least; fast dictation has 0.3."""
_REPEATED: Final = re.compile(r"(\d{2,4})\1")


def digits_in(told: Iterable[Told]) -> str:
    """Return the digits that were written, in order."""
    return "".join(letter for one in told for letter in one.word.text if letter.isdecimal())


def dictated(told: Sequence[Told], stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, list[Told]]]:
    """Yield each of the stretches in which a long number was heard that repeats a group, with what was heard in it."""
    for stretch in stretches:
        heard = [one for one in told if stretch.start <= round(one.word.start * SAMPLE_RATE) < stretch.end]
        digits = digits_in(heard)
        if len(digits) >= MANY and _REPEATED.search(digits):
            yield stretch, heard


def fuller(again: Sequence[Told], heard: Sequence[Told], stretch: Stretch) -> bool:
    """Say whether the second answer holds all digits of the first and more, but no more than there is voice for."""
    before, after = digits_in(heard), digits_in(again)
    return (
        len(after) > len(before)
        and _within(before, after)
        and (stretch.hush - stretch.voice) >= len(after) * QUICKEST_S * SAMPLE_RATE
    )


def _within(before: str, after: str) -> bool:
    """Say whether all of `before` stands in `after` in its order, with anything between."""
    rest = iter(after)
    return all(digit in rest for digit in before)
