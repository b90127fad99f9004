"""What personal data looks like, plainly: the corpus's own patterns over the words that no surrogate stands for.

They look for what no harmless talk holds, and say a kind, never the words. `SURROGATE` stands for each marked word, so
that what a surrogate looks like alarms nobody; `sound_surrogates` asks separately that it passes for nothing real.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from corpus.gates.checks import is_card, is_iban
from corpus.gates.saying import Heard, Run
from domain.corpus import CorpusItem

SURROGATE: Final = "¦"
MIN_DIGITS: Final = 7
MIN_LETTERS: Final = 5
"""Single letters in a row that spell something."""
CARD_DIGITS: Final = range(13, 20)
_MIXED_LETTERS, _MIXED_DIGITS, _MIXED_CHARS = 2, 4, 8
_HYPHENED_DIGITS: Final = 6
_MAIL: Final = re.compile(
    r"[^\s@¦]+@[^\s@¦]+\.[a-z]{2,}|\b[a-z0-9_]+ (?:at|@) [a-z0-9]+ dot (?!dot)[a-z]{2,4}\b"
    r"|\b(?:at|@) (?:the rate (?:of )?)?(?:gmail|hotmail|outlook|yahoo|icloud|proton|rediff)\w*(?: dot |\.| ?com\b)"
    r"|[\w.]{2,}@[a-z]{2,}\b",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_ADDRESS: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.IGNORECASE)
_CODE: Final = re.compile(r"\b(?=[A-Z0-9-]*[A-Z][A-Z0-9-]*\d|[A-Z0-9-]*\d[A-Z0-9-]*[A-Z])[A-Z0-9-]{7,}\b")


def patterns_in(heard: Heard) -> set[str]:
    """Return the kinds of personal data that the unmarked words of an item look like."""
    kinds: set[str] = set()
    for text in neutral_texts(heard.item):
        kinds |= _in_text(text)
    for run in (*chain.from_iterable(heard.runs), *heard.across()):
        if not run.kinds:
            kinds.update(_in_run(run))
    return kinds


def neutral_texts(item: CorpusItem) -> Iterator[str]:
    """Yield the text of each turn with one neutral mark for each run of surrogate words."""
    for turn in item.turns:
        told = " ".join(SURROGATE if word.kind else word.text for word in turn.words)
        yield _MARKS.sub(SURROGATE, told)


_MARKS: Final = re.compile(f"{SURROGATE}(?: {SURROGATE})+")


def _in_text(text: str) -> set[str]:
    kinds = set()
    if ("@" in text or " dot " in text or " at " in text) and _MAIL.search(text):
        kinds.add("EMAIL_ADDRESS")
    if _DIGIT.search(text) is None:
        return kinds
    if _ADDRESS.search(text):
        kinds.add("IP_ADDRESS")
    if any(is_iban(found.group().replace(" ", "")) for found in _IBAN.finditer(text)):
        kinds.add("IBAN")
    if any(_is_code(found.group()) for found in _CODE.finditer(text)):
        kinds.add("CODE")
    return kinds


def _is_code(told: str) -> bool:
    """Say whether letters and digits are a code of somebody's; "WH-1000XM5" is a thing that many have."""
    least = _HYPHENED_DIGITS if "-" in told else _MIXED_DIGITS
    return sum(map(str.isdigit, told)) >= least


def _in_run(run: Run) -> Iterator[str]:
    digits = run.digits
    letters = len(run.chars) - len(digits)
    if len(digits) in CARD_DIGITS and is_card(digits):
        yield "CREDIT_CARD"
    elif len(digits) >= MIN_DIGITS:
        yield "NUMBER_SEQUENCE"
    if not digits and letters >= MIN_LETTERS:
        yield "SPELLED"
    if letters >= _MIXED_LETTERS and len(digits) >= _MIXED_DIGITS and len(run.chars) >= _MIXED_CHARS:
        yield "CODE"
