"""Can an item still be read? Words of a transcript that stand where the item was said and tell a part of it."""

from __future__ import annotations

import difflib
from typing import Any

from bench.speech.score import Heard, recognised
from bench.speech.words import tokens
from domain.speech import Transcript

NEAR_S = 0.8
SAYS_NOTHING = frozenset({"the", "of", "dot", "at", "com", "org", "net", "example", "and", "a"})
DIGITS = 2
"""So many digits of a number in a row tell a part of it."""
ALIKE = 0.75
SPELLED = 3


def words_of(transcript: Transcript) -> list[Heard]:
    """Return the readable words of a transcript."""
    return [
        Heard(word.text, word.start, word.end, segment.channel)
        for segment in transcript.segments
        for word in segment.words
        if word.entity_type is None
    ]


def readable(item: dict[str, Any], heard: list[Heard], *, mix: bool) -> bool:
    """Say whether any part of an item can be read: a name (or one like it), digits in a row, letters, a year."""
    near = [
        one
        for one in heard
        if (mix or one.channel == item["channel"])
        and item["start"] - NEAR_S <= (one.start + one.end) / 2 <= item["end"] + NEAR_S
    ]
    told = [one.text for one in tokens([one.word for one in near])]
    wanted = [one.text for one in tokens(item["spoken"].split())]
    if _in_a_row("".join(filter(str.isdigit, wanted)), told):
        return True
    names = [one for one in wanted if not one.isdigit() and len(one) > 1 and one not in SAYS_NOTHING]
    if any(
        difflib.SequenceMatcher(None, name, word).ratio() >= ALIKE for name in names for word in told if len(word) > 1
    ):
        return True
    spelled = "".join(one for one in wanted if len(one) == 1 and one.isalpha())
    return len(spelled) >= SPELLED and any(_letters(told, spelled[at : at + SPELLED]) for at in range(len(spelled) - 2))


def is_recognised(item: dict[str, Any], heard: list[Heard], *, mix: bool, share: float) -> bool:
    """Say whether the item's digits and letters stand in the transcript as spoken."""
    return recognised(item, heard, mix=mix) >= share


def _in_a_row(value: str, told: list[str]) -> bool:
    runs = [""]
    for word in told:
        runs[-1] += word if word.isdigit() else ""
        if not word.isdigit():
            runs.append("")
    return any(run[at : at + DIGITS] in value for run in runs for at in range(len(run) - DIGITS + 1))


def _letters(told: list[str], piece: str) -> bool:
    return piece in "".join(word for word in told if len(word) == 1) or piece in told
