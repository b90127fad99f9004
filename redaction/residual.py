"""The independent second look: plain patterns over the joined words of a redacted transcript.

It shares no code with the rules on purpose: what they overlook together would be overlooked for good. It is coarser
too: it only has to say that something is left, not what or where, and the stage then fails closed. So it looks only for
what no harmless talk holds: long rows of digits, short ones right after the name of a secret, spelled words, addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.speech import Transcript

MIN_DIGITS = 7
MIN_CUED_DIGITS = 3
MIN_LETTERS = 6
_LIKE_A_YEAR = 4
"""Four digits before an "and" are a year or an amount of their own: "between 2000 and 2500"."""

_SAID = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "2",
    "thirty": "3", "forty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
_SKIP = frozenset(
    ("uh", "um", "er", "dash", "hyphen", "yes", "yeah", "okay", "ok", "right", "double", "triple"),
)
_HARMLESS = re.compile(
    r"[$£€₹]\s?\d[\d,.]*|\b\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d\b"
)
_MAIL = re.compile(
    r"\S+@\S+\.\w|\bat \w+(?:[ .]dot[ .]|\.)(?:com|org|net|in|uk|co)\b|\w+ dot \w+ at \w+"
    r"|\bat (?:the rate )?(?:gmail|hotmail|outlook|yahoo|icloud)\b|@ ?(?:ok(?:axis|sbi|icici|hdfcbank)|ybl|paytm)\b"
)
_SECRET = re.compile(
    r"\b(?:cvv|cvc|pin|otp|passcode|one[- ]time (?:code|password)|security code|verification code|ssn"
    r"|social security number|card number|account number|sort code|aadhaar|passport number)"
    r"(?: (?:number|code|is|was|it's|that's))* (?:is|was|it's|that's) ([^¦.?!\n]{3,40})"
)
_SPELLED = re.compile(rf"(?:\b[a-z]\b[\s,.\-]{{1,2}}){{{MIN_LETTERS - 1},}}\b[a-z]\b")
_AS_IN = re.compile(r"(?:\b([a-z]) (?:as in|for|like) \1[a-z]+[,.]?\s+(?:and )?){2}")


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
    if any(_begins_with_digits(match.group(1)) for match in _SECRET.finditer(text)):
        kinds.add("NUMBER_SEQUENCE")
    if _SPELLED.search(text) or _AS_IN.search(text):
        kinds.add("SPELLED")
    return kinds


def _begins_with_digits(said: str) -> bool:
    """Say whether what follows the name of a secret begins with three digits that are no sum."""
    digits = ""
    for piece in re.findall(r"[a-z']+|\d+|¦|\S", said):
        if piece.isdigit():
            digits += piece
        elif piece in _SAID:
            digits += _SAID[piece]
        elif piece not in _SKIP and piece not in ",-":
            break
    return len(digits) >= MIN_CUED_DIGITS and not re.match(r"[^a-z]*[$£€₹]|.*\b(?:dollars|pounds|rupees|euros)\b", said)


def _digit_runs(text: str) -> list[str]:
    runs = [""]
    for piece in re.findall(r"[a-z']+|\d+|¦", text):
        if piece.isdigit():
            runs[-1] += piece
        elif piece in _SAID:
            runs[-1] += _SAID[piece]
        elif piece == "and" and len(runs[-1]) != _LIKE_A_YEAR:
            continue
        elif piece not in _SKIP:
            runs.append("")
    return [run for run in runs if run]


def _luhn(digits: str) -> bool:
    doubled = [int(char) * 2 if place % 2 else int(char) for place, char in enumerate(digits[::-1])]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
