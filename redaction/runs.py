"""Runs: digits and letters that belong together, over fillers, pauses and turns ("nine eight" - "yes" - "four")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redaction import lexicon
from redaction.neighbours import parts_of
from redaction.spoken import NUMERIC, STRONG, Part, Run, Said
from redaction.view import Token

MAX_FILLERS = 5
MAX_GAP_S = 12.0
_IN_RUN = STRONG | {Said.REPEAT, Said.SCALE}


def runs(tokens: Sequence[Token]) -> Iterator[Run]:
    """Yield the runs of a stretch of talk. `tokens` may be the whole conversation or one channel of it."""
    parts = parts_of(tokens)
    taken: list[int] = []
    for at, part in enumerate(parts):
        if part.said not in _IN_RUN:
            continue
        if taken and not _continues(tokens, parts, taken, at):
            yield _run(tokens, parts, taken)
            taken = []
        taken.append(at)
    if taken:
        yield _run(tokens, parts, taken)


def _run(tokens: Sequence[Token], parts: Sequence[Part], taken: Sequence[int]) -> Run:
    return Run(tuple(tokens[at] for at in taken), tuple(parts[at] for at in taken))


def _continues(tokens: Sequence[Token], parts: Sequence[Part], taken: Sequence[int], at: int) -> bool:
    last = taken[-1]
    if tokens[at].start - tokens[last].stop > MAX_GAP_S or at - last > MAX_FILLERS + 1:
        return False
    between = range(last + 1, at)
    turned = any(tokens[position].segment != tokens[last].segment for position in (*between, at))
    allowed = lexicon.TURN_FILLERS if turned else lexicon.FILLERS
    if not all(parts[position].said is Said.FILLER or tokens[position].norm in allowed for position in between):
        return False
    linked = any(tokens[position].norm == "and" for position in between)
    return not (linked and _separate(parts, taken, at))


def _separate(parts: Sequence[Part], taken: Sequence[int], at: int) -> bool:
    """Say whether an "and" here joins two quantities ("between nine and five") rather than digits of one number."""
    before = parts[taken[-1]]
    if before.said is Said.SCALE:
        return False
    long = len(taken) >= 3 or (len(before.code) >= 3 and before.said is Said.WRITTEN)  # noqa: PLR2004 - three digits in a row
    return not (long and parts[at].said in NUMERIC | {Said.CODE})
