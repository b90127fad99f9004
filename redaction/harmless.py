"""What a run of digits says when it is nobody's data: a sum, a quantity, a year, a date or the time of day."""

from __future__ import annotations

import re
from itertools import pairwise

from redaction import lexicon
from redaction.cues import AMOUNT, Cue
from redaction.spoken import Run, Said
from redaction.view import Token

LONG_FOR_QUANTITY = 9
LONG_CODE = 5
SHORT_CODE = 2
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_WRITTEN_DATE = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\W*$|^(?:19|20)\d\d-\d\d-\d\d\W*$")
_GROUPED = re.compile(r"^\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\W*$|^\d+\.\d{1,2}\W*$")
_BEFORE_YEAR = lexicon.words("in since of year until till from by during before after may early late mid summer")
_CLOCK = re.compile(r"^(?:[1-9]|1\d|2[0-3])(?:[0-5][05])?$")
_HALF_DAY = re.compile(r"^(?:0?[1-9]|1[0-2])(?:[0-5]\d)?[AP]M$")
_MEASURED = re.compile(r"^\d{1,5}(?:[KMG]BPS|[KMGT]B|K[MG]|KWH|MPH)$")
_BEFORE_CLOCK = lexicon.words("at until till by around about past before after between from")
_PARTS_OF_DAY = lexicon.words("morning afternoon evening night tonight noon today tomorrow")
_NEVER_CLOCK = frozenset({"OTP", "PIN", "CARD_CVV", "CARD_EXPIRY", "PASSWORD"})
_YEARLY = frozenset({"CARD_EXPIRY", "DATE_OF_BIRTH"})


def explained(run: Run, before: Token | None, after: tuple[Token, ...], cue: Cue | None) -> bool:
    """Say whether the run is harmless. `after` are the next few tokens in the talk."""
    if _MEASURED.match(run.code) or _clock(run, before, after, cue):
        return True
    if len(run.digits) >= LONG_FOR_QUANTITY and not (_all_grouped(run) or (scaled(run) and cardinal(run))):
        return False
    if run.letters:
        return False
    if counted(run, after[0] if after else None):
        return len(run.tokens) <= LONG_CODE or scaled(run)
    if before is not None and before.norm in lexicon.CURRENCY and not before.closes:
        return True
    return _dated(run, before, after[0] if after else None, cue) or _quantity(run, cue)


def counted(run: Run, after: Token | None) -> bool:
    """Say whether a unit or a currency follows the run."""
    if after is None or run.tokens[-1].closes:
        return False
    return after.norm in lexicon.CURRENCY or after.norm in lexicon.UNITS


def year(run: Run, before: Token | None) -> bool:
    """Say whether the run is a year by its form and the word before it."""
    return before is not None and before.norm in _BEFORE_YEAR and bool(_YEAR.match(run.code))


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
        return True
    if before is not None and before.norm in lexicon.MONTHS and len(run.digits) <= LONG_CODE + 1:
        return True
    if after is not None and after.norm in lexicon.MONTHS and len(run.digits) <= SHORT_CODE:
        return True
    if not _YEAR.match(run.code):
        return False
    return cue is None or cue.kind == AMOUNT or year(run, before)


def _quantity(run: Run, cue: Cue | None) -> bool:
    if thousands(run) and not (cue is not None and cue.kind in _YEARLY and run.code.startswith("2000")):
        return True
    if cue is not None and cue.kind != AMOUNT:
        return False
    if _all_grouped(run):
        return True
    return (scaled(run) and len(run.tokens) <= LONG_CODE + 1 and cardinal(run)) or (
        cue is not None and len(run.digits) <= LONG_CODE
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
