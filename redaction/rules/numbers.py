"""Numbers and codes: each run is explained as harmless, named by shape or cue, or taken because nothing explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.cues import AMOUNT, Cue
from redaction.hits import Hit
from redaction.runs import runs
from redaction.shapes import shape_of
from redaction.spoken import Part, Run, Said
from redaction.view import Token

RULE = "spoken_numbers"
KINDS = (
    "PERSON", "ADDRESS", "VEHICLE_PLATE", "CREDIT_CARD", "CARD_CVV", "CARD_EXPIRY", "OTP", "PIN", "PASSWORD",
    "DATE_OF_BIRTH", "PHONE_NUMBER", "BANK_ACCOUNT", "SSN", "NHS_NUMBER", "NINO", "AADHAAR", "PAN",
    "PASSPORT", "DRIVING_LICENCE",
    "IBAN", "UPI_ID", "USERNAME", "REFERENCE_NUMBER", "NUMBER_SEQUENCE", "EMAIL_ADDRESS",
)  # fmt: skip
FAIL_CLOSED_DIGITS = 5
CUED_DIGITS = 3
NEAR_CUE_TOKENS = 14
LONG_FOR_QUANTITY = 9
LONG_CODE = 5
SPELLED = 4
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_WRITTEN_DATE = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d\W*$|^(?:19|20)\d\d-\d\d-\d\d\W*$")
_GROUPED = re.compile(r"^\d{1,3}(?:,\d{2,3})+(?:\.\d+)?\W*$|^\d+\.\d{1,2}\W*$")
_BEFORE_YEAR = lexicon.words("in since of year until till from by during before after may early late mid summer")
_SHORT_KINDS = frozenset(
    {"CARD_CVV", "PHONE_NUMBER", "CREDIT_CARD", "OTP", "PIN", "BANK_ACCOUNT", "SSN", "CARD_EXPIRY"}
)
_SLOT_ONLY = frozenset({"PERSON", "EMAIL_ADDRESS", "PASSWORD"})


def find(context: CallContext) -> Iterator[Hit]:
    """Yield every run of digits and letters that is, or may be, personal data."""
    orders: Sequence[Sequence[Token]] = (context.view.talk, *context.view.channels)
    seen: set[tuple[int, ...]] = set()
    for tokens in orders:
        neighbours = {token.at: place for place, token in enumerate(tokens)}
        for whole in runs(tokens):
            run = _trimmed(whole, tokens, neighbours)
            key = tuple(token.at for token in run.tokens)
            if key in seen:
                continue
            seen.add(key)
            hit = _decide(context, run, tokens, neighbours)
            if hit is not None:
                yield hit


def _decide(context: CallContext, run: Run, order: Sequence[Token], places: dict[int, int]) -> Hit | None:
    if all(token.at in context.cues.said for token in run.tokens):
        return None
    start, end = places[run.tokens[0].at], places[run.tokens[-1].at]
    before = order[start - 1] if start else None
    after = order[end + 1] if end + 1 < len(order) else None
    cue = _cue(context, run)
    birth = cue is not None and cue.kind == "DATE_OF_BIRTH"
    if not birth and _explained(run, before, after, cue):
        return None
    if not birth and (shape := shape_of(run)) is not None:
        kind = cue.kind if cue and shape.weak and cue.kind not in _SLOT_ONLY | {AMOUNT} else shape.kind
        return Hit(run.tokens, kind, shape.score, RULE, shape.reason)
    if cue is not None and cue.kind != AMOUNT and _fits(context, run, cue):
        kind = "NUMBER_SEQUENCE" if cue.kind in _SLOT_ONLY and run.digits else cue.kind
        return Hit(run.tokens, kind, 0.8, RULE, "a number after a cue")
    return _unexplained(run)


def _trimmed(run: Run, order: Sequence[Token], places: dict[int, int]) -> Run:
    """Return the run without a lone "one" or "two" of another turn at its ends ("… one. - One moment")."""
    tokens, parts = list(run.tokens), list(run.parts)
    for edge in (-1, 0):
        while len(tokens) > 1 and parts[edge].said is Said.DIGIT and _stray(tokens, edge, order, places):
            del tokens[edge], parts[edge]
    for edge in (-1, 0):
        while tokens[0].segment != tokens[-1].segment and _elsewhere(tokens, parts, edge, order, places):
            gone = tokens[edge].segment
            kept = [(token, part) for token, part in zip(tokens, parts, strict=True) if token.segment != gone]
            tokens, parts = [token for token, _ in kept], [part for _, part in kept]
    return Run(tuple(tokens), tuple(parts))


def _elsewhere(
    tokens: Sequence[Token], parts: Sequence[Part], edge: int, order: Sequence[Token], places: dict[int, int]
) -> bool:
    """Say whether the first or last turn's share of a run is a sum, a quantity or "in 2024": something else."""
    share = [(token, part) for token, part in zip(tokens, parts, strict=True) if token.segment == tokens[edge].segment]
    run = Run(tuple(token for token, _ in share), tuple(part for _, part in share))
    if run.letters or len(run.digits) > LONG_CODE:
        return False
    start, end = places[run.tokens[0].at], places[run.tokens[-1].at]
    before = order[start - 1] if start and order[start - 1].segment == run.tokens[0].segment else None
    after = order[end + 1] if end + 1 < len(order) and order[end + 1].segment == run.tokens[0].segment else None
    counted = (
        after is not None
        and not run.tokens[-1].closes
        and (after.norm in lexicon.CURRENCY or after.norm in lexicon.UNITS)
    )
    dated = before is not None and (
        before.norm in lexicon.MONTHS or (before.norm in _BEFORE_YEAR and bool(_YEAR.match(run.code)))
    )
    return counted or dated


def _stray(tokens: Sequence[Token], edge: int, order: Sequence[Token], places: dict[int, int]) -> bool:
    token, inner = tokens[edge], tokens[-2 if edge else 1]
    if token.segment == inner.segment or token.closes or token.comma:
        return False
    place = places[token.at] + 1
    follows = order[place] if place < len(order) else None
    return follows is not None and follows.segment == token.segment and follows.norm in vocabulary.OPENING


def _unexplained(run: Run) -> Hit | None:
    digits, code = run.digits, run.code
    if len(digits) >= FAIL_CLOSED_DIGITS:
        return Hit(run.tokens, "NUMBER_SEQUENCE", 0.6, RULE, "digits that nothing explains")
    if digits and run.letters and len(code) >= LONG_CODE:
        return Hit(run.tokens, "REFERENCE_NUMBER", 0.6, RULE, "letters and digits that nothing explains")
    if len(run.letters) >= SPELLED and not digits:
        return Hit(run.tokens, "PERSON", 0.6, RULE, "a word spelled out")
    return None


def _cue(context: CallContext, run: Run) -> Cue | None:
    first, last = run.tokens[0], run.tokens[-1]
    before, behind = context.cues.before(first), context.cues.behind(last)
    if behind is not None and behind.kind != AMOUNT and (before is None or before.kind == AMOUNT):
        return behind
    return before


def _fits(context: CallContext, run: Run, cue: Cue) -> bool:
    digits, near = len(run.digits), context.cues.distance(cue, run.tokens[0]) <= NEAR_CUE_TOKENS
    if digits >= CUED_DIGITS or (digits and len(run.code) >= CUED_DIGITS + 1):
        return True
    if not digits:
        return len(run.letters) >= CUED_DIGITS and near
    if run.letters:
        return near and len(run.code) >= CUED_DIGITS - 1 and cue.kind != "CREDIT_CARD"
    if cue.kind == "ADDRESS":
        return False
    return near and digits == CUED_DIGITS - 1 and cue.kind in _SHORT_KINDS and not run.tokens[0].norm.startswith("0.")


def _explained(run: Run, before: Token | None, after: Token | None, cue: Cue | None) -> bool:
    """Say whether the run is a sum, a quantity, a year, a date or a time."""
    if len(run.digits) >= LONG_FOR_QUANTITY and not (_all_grouped(run) or (_scaled(run) and _cardinal(run))):
        return False
    if run.letters:
        return False
    if (
        after is not None
        and not run.tokens[-1].closes
        and (after.norm in lexicon.CURRENCY or after.norm in lexicon.UNITS)
    ):
        return len(run.tokens) <= LONG_CODE or _scaled(run)
    if before is not None and before.norm in lexicon.CURRENCY and not before.closes:
        return True
    return _dated(run, before, after, cue) or _quantity(run, cue)


def _all_grouped(run: Run) -> bool:
    return len(run.tokens) == 1 and bool(_GROUPED.match(run.tokens[0].raw))


def _dated(run: Run, before: Token | None, after: Token | None, cue: Cue | None) -> bool:
    if len(run.tokens) == 1 and _WRITTEN_DATE.match(run.tokens[0].raw):
        return True
    if before is not None and before.norm in lexicon.MONTHS and len(run.digits) <= LONG_CODE + 1:
        return True
    if after is not None and after.norm in lexicon.MONTHS and len(run.digits) <= CUED_DIGITS - 1:
        return True
    if not _YEAR.match(run.code):
        return False
    return cue is None or cue.kind == AMOUNT or (before is not None and before.norm in _BEFORE_YEAR)


def _quantity(run: Run, cue: Cue | None) -> bool:
    if cue is not None and cue.kind != AMOUNT:
        return False
    if _all_grouped(run):
        return True
    scaled = _scaled(run)
    return (scaled and len(run.tokens) <= LONG_CODE + 1 and _cardinal(run)) or (
        cue is not None and len(run.digits) <= LONG_CODE
    )


def _scaled(run: Run) -> bool:
    return any(part.said is Said.SCALE for part in run.parts)


def _cardinal(run: Run) -> bool:
    """Say whether the words read as one number: no run of single digits among them."""
    singles = [part.said is Said.DIGIT for part in run.parts]
    return not any(one and two for one, two in pairwise(singles))
