"""Ages that are said: another one of the same ten years, in the same form; from ninety on everybody is ninety."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from corpus.deid import number_words as said
from corpus.deid.counting import pair
from corpus.deid.draws import Draws
from corpus.deid.vocabulary import Look, look, words

OLDEST: Final = 90
"""From this age on so few people are of an age that it could be somebody's (HHS Safe Harbor, 45 CFR 164.514(b)(2))."""
STAYS: Final = frozenset(
    words(
        "years year yrs old months month weeks week days day i'm turned turning aged age of and a half the in my "
        "is am was going on nearly almost just about now he's she's to be will uh um er "
    )
)
_FIGURES: Final = re.compile(r"\d{1,3}")
_BAND: Final = 10


def other_age(draws: Draws, age: int) -> int:
    """Return another age of the same ten years: ages stay what they say about somebody, and are not theirs."""
    if age >= OLDEST:
        return OLDEST
    begin = age - age % _BAND
    made = begin + draws.number(f"age:{age}", _BAND)
    return made if made != age else begin + (made - begin + 1) % _BAND


def told(draws: Draws, words: Sequence[str], other: Callable[[Look], str]) -> list[str]:
    """Return the words of an age saying another one; `other` makes what stands for a word that is not understood."""
    looks = [look(word) for word in words]
    made: list[str] = []
    at = 0
    while at < len(looks):
        one = looks[at]
        value, count = pair(looks, at)
        if one.digits:
            figures = _FIGURES.sub(lambda found: str(other_age(draws, int(found.group()))), one.core)
            made.append(f"{one.lead}{figures}{one.trail}")
        elif value is not None:
            last = looks[at + count - 1]
            spoken = said.cardinal(other_age(draws, value))
            made.append(f"{one.lead}{spoken if count == 1 else spoken.replace('-', ' ')}{last.trail}")
        else:
            kept = one.norm in STAYS or not one.norm
            made.append(f"{one.lead}{one.core if kept else other(one)}{one.trail}")
        at += max(1, count)
    return made
