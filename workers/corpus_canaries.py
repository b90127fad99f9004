"""Canaries on the way of all calls: found by the real finder, then made into items as calls are. Rooms meet here.

What must never happen here: a canary that is treated otherwise than a call. So nothing here knows what was planted.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.deid import SourceCall
from corpus.gates.canary.calls import Canary
from corpus.gates.engines import rampart
from corpus.gates.second import SecondLook
from redaction.port import KnownParty, SpanFinder


def canary_sources(finder: SpanFinder, canaries: Sequence[Canary]) -> list[SourceCall]:
    """Return the canaries as calls whose personal data was looked for. Synchronous: the finder takes its time."""
    return [_source(finder, canary) for canary in canaries]


def _source(finder: SpanFinder, canary: Canary) -> SourceCall:
    known = KnownParty(numbers=canary.numbers, names=canary.names, emails=canary.emails)
    return SourceCall(
        call_id=canary.call_id,
        transcript=canary.transcript,
        spans=finder.find(canary.transcript, known=known),
        names=canary.names,
        numbers=canary.numbers,
        emails=canary.emails,
        basis="consent",
    )


def second_look() -> SecondLook | None:
    """Return the second detector, loaded once per process; None where its model is not installed: its gate fails."""
    return rampart.load()
