"""What is left of a call's people in an item. Asked when the item is made, and again of what was written."""

from __future__ import annotations

from typing import Final

from corpus.gates.checks import is_card, is_dialled, is_iban, is_verhoeff
from corpus.gates.identities import Hasher, Identities
from corpus.gates.patterns import CARD_DIGITS, patterns_in
from corpus.gates.saying import Heard, Run
from domain.corpus import CorpusItem

PHONES: Final = frozenset({"PHONE_NUMBER"})
CARDS_BEGIN: Final = frozenset("234568")
"""First digits of payment cards (ISO/IEC 7812: 0, 1, 7 and 9 are other industries'); told as a card, any must fail."""
_AADHAAR_DIGITS: Final = 12


def residual_of(item: CorpusItem, known: Identities, hasher: Hasher) -> tuple[str, ...]:
    """Return the kinds of personal data that an item still seems to hold, sorted; nothing means clean.

    Plain patterns over the words that are no surrogates, what the call's records and spans know of its people over all
    of its words, and whether a surrogate could be somebody's own number. No model: microseconds, not milliseconds.
    """
    heard = Heard.of(item)
    return tuple(sorted(patterns_in(heard) | known.left_in(heard, hasher) | sound_surrogates(heard)))


def sound_surrogates(heard: Heard) -> set[str]:
    """Return `SURROGATE_` and the kind for surrogates that pass a check digit or stand in a numbering plan."""
    return {f"SURROGATE_{kind}" for own in heard.runs for run in own if run.kinds for kind in _passes(run)}


def _passes(run: Run) -> set[str]:
    digits, passed = run.digits, set[str]()
    begins = "CREDIT_CARD" in run.kinds or digits[:1] in CARDS_BEGIN
    if run.chars.isdigit() and begins and len(digits) in CARD_DIGITS and is_card(digits):
        passed.add("CREDIT_CARD")
    if len(digits) == _AADHAAR_DIGITS and "AADHAAR" in run.kinds and is_verhoeff(digits):
        passed.add("AADHAAR")
    if run.chars[:2].isalpha() and is_iban(run.chars.upper()):
        passed.add("IBAN")
    if run.kinds & PHONES and is_dialled(digits):
        passed.add("PHONE_NUMBER")
    return passed
