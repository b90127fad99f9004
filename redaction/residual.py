"""The independent second look: plain patterns over the joined words of a redacted transcript.

It shares no code with the rules on purpose: what they overlook together would be overlooked for good. It is coarser
too: it only has to say that something is left, not what or where, and the stage then fails closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.speech import Transcript

MIN_DIGITS = 7

_SAID = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "2",
    "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
_SKIP = frozenset(
    ("uh", "um", "er", "and", "dash", "hyphen", "yes", "yeah", "okay", "ok", "right", "double", "triple"),
)
_HARMLESS = re.compile(
    r"[$£€₹]\s?\d[\d,.]*|\b\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b"
)
_MAIL = re.compile(r"\S+@\S+\.\w|\bat \w+(?:[ .]dot[ .]|\.)(?:com|org|net|in|uk|co)\b|\w+ dot \w+ at \w+")


def residual_kinds(redacted: Transcript) -> Sequence[str]:
    """Return the kinds that still seem to be in a redacted transcript, sorted; empty means clean."""
    kinds: set[str] = set()
    lines = [
        " ".join("¦" if word.entity_type else word.text for word in segment.words) for segment in redacted.segments
    ]
    by_channel: dict[int, list[str]] = {}
    for segment, line in zip(redacted.segments, lines, strict=True):
        by_channel.setdefault(segment.channel, []).append(line)
    for text in ("\n".join(lines), *("\n".join(own) for own in by_channel.values())):
        kinds.update(_look(text.lower()))
    return sorted(kinds)


def _look(text: str) -> set[str]:
    kinds = {"EMAIL_ADDRESS"} if _MAIL.search(text) else set()
    for digits in _digit_runs(_HARMLESS.sub("¦", text)):
        if 13 <= len(digits) <= 19 and _luhn(digits):  # noqa: PLR2004 - lengths of card numbers
            kinds.add("CREDIT_CARD")
        elif len(digits) >= MIN_DIGITS:
            kinds.add("NUMBER_SEQUENCE")
    return kinds


def _digit_runs(text: str) -> list[str]:
    runs = [""]
    for token in re.findall(r"[a-z']+|\d+|¦", text):
        if token.isdigit():
            runs[-1] += token
        elif token in _SAID:
            runs[-1] += _SAID[token]
        elif token not in _SKIP:
            runs.append("")
    return [run for run in runs if run]


def _luhn(digits: str) -> bool:
    doubled = [int(char) * 2 if place % 2 else int(char) for place, char in enumerate(digits[::-1])]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
