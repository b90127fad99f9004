"""Numbers and codes: each run is explained as harmless, named by shape or cue, or taken because nothing explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from redaction.alphabets import ACRONYMS
from redaction.asked import Answers
from redaction.context import CallContext
from redaction.cues import Cue
from redaction.expected import CODED, FORMS
from redaction.harmless import counted, explained, thousands
from redaction.hits import Hit
from redaction.rules import births
from redaction.runs import corrections_in, runs
from redaction.shapes import shape_of
from redaction.spoken import Run, Said
from redaction.trimming import extended, trimmed, without_names
from redaction.view import Token

RULE = "spoken_numbers"
TAKEN = "taken by spoken_numbers"
KINDS = (
    *FORMS, "PERSON", "ADDRESS",
)  # fmt: skip
FAIL_CLOSED_DIGITS = 5
CUED_DIGITS = 3
SPELLED = 4
UNCUED_CODE = 7
"""Shorter mixtures of letters and digits that nobody asked for are products, forms and flights."""
LOOK_AHEAD = 3
DICTATED = 4
ORDER_TOKENS = 10
NEAR_TOKENS = 8
TOO_MANY = 3
_ROUND = re.compile(r"^(?:\d\d?00|\d\d?50|19\d\d|20\d\d|[01]?\d[0-5][05]|2[0-3][0-5][05])$")
_SLOT_ONLY = frozenset({"EMAIL_ADDRESS", "PASSWORD", "USERNAME", "UPI_ID"})
_PIECES = frozenset(
    {"PHONE_NUMBER", "CREDIT_CARD", "BANK_ACCOUNT", "SSN", "AADHAAR", "NUMBER_SEQUENCE", "CARD_CVV", "OTP", "PIN"}
)
"""Kinds that are read out a piece at a time: two digits that are all of a sentence are one."""


def find(context: CallContext) -> Iterator[Hit]:
    """Yield every run of digits and letters that is, or may be, personal data."""
    yield from found(context)


def found(context: CallContext) -> tuple[Hit, ...]:
    """Return the hits of this rule, worked out once per view of the call: other rules add to them only."""
    kept = context.view.talk.kept
    if RULE not in kept:
        kept[RULE] = tuple(_look(context))
    hits: tuple[Hit, ...] = kept[RULE]
    return hits


def taken(context: CallContext) -> frozenset[int]:
    """Return which tokens this rule takes."""
    kept = context.view.talk.kept
    if TAKEN not in kept:
        kept[TAKEN] = frozenset(token.at for hit in found(context) for token in hit.tokens)
    tokens: frozenset[int] = kept[TAKEN]
    return tokens


def _look(context: CallContext) -> Iterator[Hit]:
    dated = frozenset(token.at for hit in births.find(context) for token in hit.tokens)
    answers = Answers(context, dated)
    for run, order, places in _candidates(context):
        hit = _decide(context, answers, run, order, places)
        if hit is not None:
            yield hit


def _candidates(context: CallContext) -> list[tuple[Run, Sequence[Token], Mapping[int, int]]]:
    """Return the runs of the conversation and of each channel, in the order in which they begin."""
    found: dict[tuple[int, ...], tuple[Run, Sequence[Token], Mapping[int, int]]] = {}
    for order in (context.view.talk, *context.view.channels):
        for whole in runs(order, context.cues):
            bare = without_names(context, whole, order.places)
            if bare is not None:
                run = trimmed(bare, order, order.places)
                found.setdefault(tuple([token.at for token in run.tokens]), (run, order, order.places))
    return sorted(found.values(), key=lambda one: (context.cues.places[one[0].tokens[0].at], -len(one[0].tokens)))


def _decide(
    context: CallContext, answers: Answers, run: Run, order: Sequence[Token], places: Mapping[int, int]
) -> Hit | None:
    if all(token.at in context.cues.said for token in run.tokens):
        return None
    start, end = places[run.tokens[0].at], places[run.tokens[-1].at]
    before = order[start - 1] if start else None
    after = tuple(order[end + 1 : end + 1 + LOOK_AHEAD])
    cue = answers.cue_of(run)
    birth = cue is not None and cue.kind == "DATE_OF_BIRTH" and not thousands(run)
    if counted(run, after[0] if after else None) if birth else explained(run, before, after, cue):
        return None
    asked = cue if cue is not None and cue.kind in FORMS and _near_enough(context, answers, cue, run) else None
    kind, score, reason = _named(answers, run, asked) or _unexplained(run, order, places) or ("", 0.0, "")
    if not kind:
        return None
    answers.told(asked, run, kind)
    near = asked or context.cues.before(run.tokens[0])
    tokens = extended(context, run, order, places, coded=near is not None and near.kind in CODED)
    return Hit(tokens, kind, score, RULE, reason)


def _near_enough(context: CallContext, answers: Answers, cue: Cue, run: Run) -> bool:
    """Say whether a cue that policy may leave readable is near enough to explain the run."""
    if cue.kind != "ORDER_NUMBER":
        return True
    return context.cues.distance(cue, run.tokens[0]) <= ORDER_TOKENS or answers.alone(run)


def _named(answers: Answers, run: Run, cue: Cue | None) -> tuple[str, float, str] | None:
    """Return kind, score and reason of a run by its shape, its cue, or because it repeats an earlier one."""
    birth = cue is not None and cue.kind == "DATE_OF_BIRTH"
    shape = None if birth else shape_of(run)
    if shape is not None:
        named = cue is not None and shape.weak and cue.kind not in _SLOT_ONLY and not _too_long(run, cue)
        return (
            (cue.kind, shape.score, "a number after a cue")
            if named and cue
            else (shape.kind, shape.score, shape.reason)
        )
    if cue is not None and _fits(answers, run, cue):
        kind = "NUMBER_SEQUENCE" if _too_long(run, cue) or cue.kind in _SLOT_ONLY else cue.kind
        return kind, 0.8, "a number after a cue"
    echoed = answers.echoed(run)
    return None if echoed is None else (echoed, 0.7, "a number said before")


def _too_long(run: Run, cue: Cue) -> bool:
    return len(run.code) > FORMS[cue.kind].most + TOO_MANY and len(run.tokens) == len({part.code for part in run.parts})


def _fits(answers: Answers, run: Run, cue: Cue) -> bool:
    form, digits, code = FORMS[cue.kind], len(run.digits), len(run.code)
    if cue.kind == "AGE":
        return False
    if run.letters and not form.letters:
        return digits >= FAIL_CLOSED_DIGITS
    if not digits:
        return code >= CUED_DIGITS
    if digits >= CUED_DIGITS or code > CUED_DIGITS:
        return True
    if run.letters:
        return code >= CUED_DIGITS - 1 and answers.linked(run)
    small = digits == CUED_DIGITS - 1 and not run.tokens[0].norm.startswith("0.")
    asked = answers.begun(cue) or answers.distance(cue, run) <= NEAR_TOKENS
    return small and asked and cue.kind in _PIECES and answers.alone(run)


def _unexplained(run: Run, order: Sequence[Token], places: Mapping[int, int]) -> tuple[str, float, str] | None:
    start = places[run.tokens[0].at]
    if start and _trade_name(order[start - 1], run):
        return None
    longest = max((len(take.digits) for take in corrections_in(run, places, order)), default=0)
    if longest >= FAIL_CLOSED_DIGITS or _dictated(run):
        return "NUMBER_SEQUENCE", 0.6, "digits that nothing explains"
    if run.digits and run.letters and len(run.code) >= UNCUED_CODE and not _of_the_trade(run):
        return "REFERENCE_NUMBER", 0.6, "letters and digits that nothing explains"
    ohs = sum(token.norm in {"o", "oh"} for token in run.tokens)
    if len(run.code) >= SPELLED and len(run.digits) == ohs < len(run.code) - 1 and _spelled(run):
        return "PERSON", 0.6, "a word spelled out"
    return None


def _spelled(run: Run) -> bool:
    """Say whether letters are said or written one by one, rather than as a word in capitals."""
    return len(run.tokens) > 1 or "-" in run.tokens[0].norm or "." in run.tokens[0].norm


def _trade_name(before: Token, run: Run) -> bool:
    """Say whether capitals right before a short number make it a flight, a form or a product ("BA 2490")."""
    close = before.segment == run.tokens[0].segment and not before.closes and not before.comma
    return (
        close
        and len(run.tokens) == 1
        and len(run.digits) <= DICTATED
        and before.norm.upper() in ACRONYMS & {before.raw}
    )


def _of_the_trade(run: Run) -> bool:
    """Say whether capitals and a short number name a product or a flight ("BA 2490", "SBI 500")."""
    chunk = len(run.parts[0].code) > 1 and run.parts[0].said is Said.LETTER and run.tokens[0].norm.isalpha()
    return chunk and len(run.digits) <= DICTATED and len(run.parts) == 2  # noqa: PLR2004 - the capitals and the number


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
