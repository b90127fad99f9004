"""Numbers as a recogniser writes them when somebody reads them aloud, for the tests of redaction."""

from __future__ import annotations

import random

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def said_aloud(rng: random.Random, code: str) -> str:
    """Return a code of digits and letters in one of the ways of saying and writing it."""
    style = rng.choice(("words", "written", "grouped", "hyphens", "pieces", "double", "fillers"))
    if style == "written" and code.isdigit():
        return code
    groups = _groups(rng, code)
    if style == "grouped":
        return ", ".join(groups)
    if style == "hyphens":
        return "-".join(groups)
    if style == "pieces":
        return " ".join(" -".join(group) for group in groups)
    said = [_doubled(group) if style == "double" else " ".join(_one(rng, sign) for sign in group) for group in groups]
    return (" uh " if style == "fillers" else ", ").join(said)


def _groups(rng: random.Random, code: str) -> list[str]:
    size = rng.choice((3, 4))
    return [code[at : at + size] for at in range(0, len(code), size)]


def _one(rng: random.Random, sign: str) -> str:
    if sign == "0":
        return rng.choice(("zero", "oh"))
    return DIGIT_WORDS[int(sign)] if sign.isdigit() else sign


def _doubled(group: str) -> str:
    words, at = [], 0
    while at < len(group):
        pair = at + 1 < len(group) and group[at] == group[at + 1] and group[at].isdigit()
        words.append(("double " if pair else "") + (DIGIT_WORDS[int(group[at])] if group[at].isdigit() else group[at]))
        at += 2 if pair else 1
    return " ".join(words)
