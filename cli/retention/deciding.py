"""`callward policy due`: JSON lines in, one JSON line out for each, in the same order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, BinaryIO, Final

import msgspec

from cli.retention.records import BadRecord, GivenRecord, lines_of, read_record
from domain.due import DueDecision, decide_due
from domain.due_facts import MissingAnchor
from domain.policy import Policy

_ENCODER: Final = msgspec.json.Encoder()
_FLUSH_EVERY: Final = 64 * 1024


class Answered(msgspec.Struct, gc=False):
    """What goes out for a record."""

    id: str | int
    due_at: str | None
    action: str
    role: str
    legal_basis: str
    rule: str
    explanation: str


class Refused(msgspec.Struct, gc=False):
    """What goes out for a line that cannot be decided."""

    id: Any
    error: str
    message: str
    line: int


def decided(given: GivenRecord, policy: Policy, now: datetime) -> DueDecision:
    """Decide a record. Raises BadRecord for one that lacks its anchor, or lies beyond the calendar."""
    try:
        return decide_due(given.facts, policy, given.settings, given.holds, now)
    except MissingAnchor as missing:
        raise BadRecord("missing_anchor", str(missing), given.record_id) from None
    except ValueError as error:
        raise BadRecord("beyond_calendar", str(error), given.record_id) from None


def answer_all(source: BinaryIO, out: BinaryIO, policy: Policy, now: datetime) -> tuple[int, int]:
    """Answer every line; return how many there were and how many of them were refused. Memory stays flat."""
    buffer = bytearray()
    lines = refused = 0
    for number, line in lines_of(source):
        lines += 1
        try:
            given = read_record(line)
            reply = _answer(given.record_id, decided(given, policy, now))
        except BadRecord as bad:
            refused += 1
            reply = _ENCODER.encode(Refused(bad.record_id, bad.reason, bad.message, number))
        buffer += reply
        buffer += b"\n"
        if len(buffer) >= _FLUSH_EVERY:
            out.write(buffer)
            buffer.clear()
    out.write(buffer)
    out.flush()
    return lines, refused


def _answer(record_id: str | int, decision: DueDecision) -> bytes:
    return _ENCODER.encode(
        Answered(
            record_id,
            None if decision.due_at is None else decision.due_at.isoformat(),
            decision.action.value,
            decision.role.value,
            decision.legal_basis.value,
            decision.rule,
            joined(decision.explanation),
        )
    )


def joined(sentences: Collection[str]) -> str:
    """Return an explanation as one text."""
    return " ".join(sentences)
