"""Numbers and codes: each run is explained as harmless, named by shape or cue, or taken because nothing explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from redaction import lexicon, vocabulary
from redaction.context import CallContext
from redaction.cues import AMOUNT, Cue
from redaction.harmless import LONG_CODE, counted, explained, thousands, year
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
SPELLED = 4
LOOK_AHEAD = 3
_ROUND = re.compile(r"^(?:\d\d?00|\d\d?50|19\d\d|20\d\d|[01]?\d[0-5][05]|2[0-3][0-5][05])$")
DICTATED = 4
_ACRONYMS = lexicon.words(
    "ATM CRM CVV DOB EMI EU FAQ GPS GST HR IBAN ID IFSC IT KYC MOT NHS NI OTP PAN PC PDF PIN PNR SIM SMS SSN TV UK "
    "UPI US USA VAT UPIID"
)
"""Letters that are words: "the E M I is …", "my U P I I D"."""
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
            bare = _without_acronym(whole, neighbours)
            if bare is None:
                continue
            run = _trimmed(bare, tokens, neighbours)
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
    after = tuple(order[end + 1 : end + 1 + LOOK_AHEAD])
    cue = _cue(context, run)
    birth = cue is not None and cue.kind == "DATE_OF_BIRTH" and not thousands(run)
    if counted(run, after[0] if after else None) if birth else explained(run, before, after, cue):
        return None
    if not birth and (shape := shape_of(run)) is not None:
        kind = cue.kind if cue and shape.weak and cue.kind not in _SLOT_ONLY | {AMOUNT} else shape.kind
        return Hit(run.tokens, kind, shape.score, RULE, shape.reason)
    if cue is not None and cue.kind != AMOUNT and _fits(context, run, cue):
        kind = "NUMBER_SEQUENCE" if cue.kind in _SLOT_ONLY and run.digits else cue.kind
        return Hit(run.tokens, kind, 0.8, RULE, "a number after a cue")
    return _unexplained(run)


def _without_acronym(run: Run, places: dict[int, int]) -> Run | None:
    """Return the run without an acronym that leads to it ("U P I I D is …"), None when nothing else is left."""
    said = [part.said is Said.LETTER for part in run.parts]
    count = said.index(False) if False in said else len(said)
    gaps = [at for at in range(1, count) if places[run.tokens[at].at] - places[run.tokens[at - 1].at] > 1]
    for end in (count, *gaps):
        if "".join(part.code for part in run.parts[:end]) in _ACRONYMS:
            return Run(run.tokens[end:], run.parts[end:]) if end < len(run.parts) else None
    return run


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
    dated = before is not None and (before.norm in lexicon.MONTHS or year(run, before))
    return counted(run, after) or dated


def _stray(tokens: Sequence[Token], edge: int, order: Sequence[Token], places: dict[int, int]) -> bool:
    token, inner = tokens[edge], tokens[-2 if edge else 1]
    if token.segment == inner.segment or token.closes or token.comma:
        return False
    place = places[token.at] + 1
    follows = order[place] if place < len(order) else None
    return follows is not None and follows.segment == token.segment and follows.norm in vocabulary.OPENING


def _unexplained(run: Run) -> Hit | None:
    digits, code = run.digits, run.code
    if len(digits) >= FAIL_CLOSED_DIGITS or _dictated(run):
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


def _dictated(run: Run) -> bool:
    """Say whether at least four digits are said one by one: nobody counts like that."""
    singles = sum(len(part.code) == 1 and part.said in {Said.DIGIT, Said.WRITTEN} for part in run.parts)
    spelt = any(
        part.said is Said.WRITTEN and token.norm.count("-") > 1
        for token, part in zip(run.tokens, run.parts, strict=True)
    )
    return not run.letters and len(run.digits) >= DICTATED and (singles >= DICTATED or spelt or _plain_four(run))


def _plain_four(run: Run) -> bool:
    """Say whether the run is four written digits that are neither round, a year nor a time of day."""
    code = run.code
    whole = len(run.tokens) == 1 and run.parts[0].said is Said.WRITTEN and run.tokens[0].norm == code
    return whole and not _ROUND.match(code)
