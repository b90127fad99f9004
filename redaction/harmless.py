"""What a run of digits says when it is nobody's data: a sum, a quantity, a year, a date or the time of day."""

from __future__ import annotations

import re
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.asked import ordinary_noun
from redaction.cues import AMOUNT, ASIDE, Cue
from redaction.expected import CODED, FORMS
from redaction.spoken import Run, Said
from redaction.view import Token

LONG_FOR_QUANTITY = 9
LONG_CODE = 5
SHORT_CODE = 2
YEAR = re.compile(r"^(?:19|20)\d\d$")
_WRITTEN_DATE = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\W*$|^(?:19|20)\d\d-\d\d-\d\d\W*$")
_GROUPED = re.compile(r"^\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\W*$|^\d+\.\d{1,2}\W*$")
_BEFORE_YEAR = lexicon.words(
    "not about in since of year until till from by during before after may early late mid summer"
)
_CLOCK = re.compile(r"^(?:[1-9]|1\d|2[0-3])(?:[0-5][05])?$")
_ROUND = re.compile(r"^[1-9]\d{0,3}00$|^[1-9]\d{0,2}50$")
_HALF_DAY = re.compile(r"^(?:0?[1-9]|1[0-2])(?:[0-5]\d)?[AP]M$")
_MEASURED = re.compile(r"^\d{1,5}(?:[KMG]BPS|[KMGT]B|K[MG]|KWH|MPH)$")
_BEFORE_CLOCK = lexicon.words("at until till by around about past before after between from")
_PARTS_OF_DAY = lexicon.words("morning afternoon evening night tonight noon today tomorrow")
_ALWAYS = frozenset({"24/7", "24x7", "50/50", "50-50", "9-5", "7/11"})
_RATES = lexicon.words("per each apiece percent altogether pm monthly yearly annually")
_PER = frozenset(
    (one, period)
    for one in ("a", "an", "every", "of", "in", "plus")
    for period in (
        "month",
        "year",
        "week",
        "day",
        "night",
        "piece",
        "head",
        "hour",
        "them",
        "us",
        "you",
        "total",
        "vat",
        "tax",
        "gst",
    )
)
_PROMOTION = re.compile(r"^[A-Z]{4,}\d{1,3}$")
_OWN_CHOICE = frozenset({"PASSWORD", "USERNAME", "UPI_ID", "EMAIL_ADDRESS"})
_NEVER_CLOCK = frozenset({"OTP", "PIN", "CARD_CVV", "CARD_EXPIRY", "PASSWORD"})
_YEARLY = frozenset({"CARD_EXPIRY", "DATE_OF_BIRTH"})


def explained(run: Run, before: Token | None, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether the run is harmless. `after` are the next few tokens in the talk."""
    if cue is not None and cue.kind == ASIDE:
        coded = bool(run.letters) and len(run.code) <= LONG_FOR_QUANTITY
        if vocabulary.english(run.letters.lower()) and len(run.letters) > SHORT_CODE:
            return True
        short = 0 < len(run.digits) <= LONG_CODE or coded
        return (short and len(run.letters) <= LONG_CODE) or explained(run, before, after, None)
    return _by_form(run, before, after, cue) or _by_neighbours(run, before, after, cue)


def _by_form(run: Run, before: Token | None, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether the run is a measure, a time of day, a voucher or a year of making."""
    named = run.tokens[0].norm in _ALWAYS or _promotion(run, cue) or _built(run, after, cue)
    return named or bool(_MEASURED.match(run.code)) or _clock(run, before, after, cue)


def _by_neighbours(run: Run, before: Token | None, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether what stands beside the run makes it a sum, a quantity or a date."""
    if len(run.digits) >= LONG_FOR_QUANTITY and not (_all_grouped(run) or (scaled(run) and cardinal(run))):
        return False
    if run.letters:
        return False
    follows = after[0] if after else None
    if counted(run, follows) or counts_things(run, after, cue):
        return len(run.tokens) <= LONG_CODE or scaled(run)
    if before is not None and before.norm in lexicon.CURRENCY and not before.closes:
        return True
    return _dated(run, before, after[0] if after else None, cue) or _quantity(run, cue)


def _promotion(run: Run, cue: Cue | None) -> bool:
    """Say whether the run is a word and a small number, as shops give away: "SAVE20"."""
    if len(run.tokens) > SHORT_CODE or not _PROMOTION.match(run.code) or (cue is not None and cue.kind in _OWN_CHOICE):
        return False
    return vocabulary.english(run.letters.lower())


def _built(run: Run, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether a year tells how old a thing is, or what followed then: "a 2019 Honda"."""
    asked = cue is not None and cue.kind in CODED - _NEVER_CLOCK
    if not (asked and YEAR.match(run.code) and len(run.tokens) == 1) or run.tokens[0].closes:
        return False
    return bool(after) and after[0].segment == run.tokens[0].segment and after[0].norm.isalpha() and after[0].capital


def counted(run: Run, after: Token | None) -> bool:
    """Say whether a unit or a currency follows the run."""
    if after is None or run.tokens[-1].closes:
        return False
    return after.norm in lexicon.CURRENCY or after.norm in lexicon.UNITS


def counts_things(run: Run, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether the run is so many of something or a price: "120 stores", "four ninety nine a month"."""
    if not after or run.tokens[-1].closes or run.tokens[-1].comma or after[0].segment != run.tokens[-1].segment:
        return False
    ahead = tuple(token.norm for token in after)
    if ahead[0] in _RATES or ahead[:2] in _PER:
        return True
    if len(run.digits) > LONG_CODE or not (len(run.tokens) == 1 or cardinal(run)):
        return False
    asked = cue is not None and cue.kind in FORMS
    return ordinary_noun(after[0]) and (not asked or after[0].norm.endswith("s"))


def year(run: Run, before: Token | None) -> bool:
    """Say whether the run is a year by its form and the word before it."""
    return before is not None and before.norm in _BEFORE_YEAR and bool(YEAR.match(run.code))


def _clock(run: Run, before: Token | None, after: tuple[Token, ...], cue: Cue | None) -> bool:
    if _HALF_DAY.match(run.code):
        return True
    if (cue is not None and cue.kind in _NEVER_CLOCK) or not _CLOCK.match(run.code) or len(run.tokens) > SHORT_CODE + 1:
        return False
    led = before is not None and before.norm in _BEFORE_CLOCK and before.segment == run.tokens[0].segment
    ahead = [token.norm for token in after]
    return led or (ahead[:2] == ["in", "the"] and ahead[2:3] != [] and ahead[2] in _PARTS_OF_DAY)


def _all_grouped(run: Run) -> bool:
    return len(run.tokens) == 1 and bool(_GROUPED.match(run.tokens[0].raw))


def _dated(run: Run, before: Token | None, after: Token | None, cue: Cue | None) -> bool:
    if len(run.tokens) == 1 and _WRITTEN_DATE.match(run.tokens[0].raw):
        return cue is None or cue.kind not in FORMS
    if before is not None and before.norm in lexicon.MONTHS and len(run.digits) <= LONG_CODE + 1:
        return True
    if after is not None and after.norm in lexicon.MONTHS and len(run.digits) <= SHORT_CODE:
        return True
    if not YEAR.match(run.code):
        return False
    return cue is None or cue.kind == AMOUNT or year(run, before)


def _quantity(run: Run, cue: Cue | None) -> bool:
    if thousands(run) and not (cue is not None and cue.kind in _YEARLY and run.code.startswith("2000")):
        return True
    if cue is not None and cue.kind != AMOUNT:
        return False
    if _all_grouped(run):
        return True
    if scaled(run) and len(run.tokens) <= LONG_CODE + 1 and cardinal(run):
        return True
    return (
        len(run.digits) <= LONG_CODE + 1 if cue is not None else bool(_ROUND.match(run.code) and len(run.tokens) == 1)
    )


def thousands(run: Run) -> bool:
    """Say whether the run is a cardinal of thousands or more: no number of a person is read like that."""
    named = any(part.said is Said.SCALE and len(part.code) > SHORT_CODE for part in run.parts)
    return named and cardinal(run) and len(run.tokens) <= LONG_CODE + 2


def scaled(run: Run) -> bool:
    """Say whether hundreds, thousands or more are named."""
    return any(part.said is Said.SCALE for part in run.parts)


def cardinal(run: Run) -> bool:
    """Say whether the words read as one number: it begins with no zero, and no two single digits follow each other."""
    singles = [part.said is Said.DIGIT for part in run.parts]
    return run.code[:1] != "0" and not any(one and two for one, two in pairwise(singles))
