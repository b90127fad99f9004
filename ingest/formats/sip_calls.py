"""SIP events made into their call, whichever came first, and with those that never came left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from ingest.formats.joining import join_legs, winners
from ingest.formats.record import CallRecord, Disposition, Leg, Row

_FINAL: Final = frozenset({"invite", "cancel"})


def join(rows: Sequence[Row]) -> CallRecord:
    """Return the call of these events: a function of their set, not of their order.

    Answered at the first INVITE that was accepted (its ACK, when the INVITE has no time), ended at the last BYE.
    Without an answer it ended as its last failure says, and a CANCEL says cancelled.
    """
    kept = winners(rows)
    base = join_legs(rows)
    disposition = _disposition(kept)
    answered = disposition is Disposition.ANSWERED
    answer = _answer(kept) if answered else None
    setup = base.setup_time or answer
    end = _end(kept, answered=answered)
    talk = _between(answer, end)
    duration = _between(setup, end)
    leg = Leg(
        leg_id=base.origin_id,
        raw_line=base.raw_line,
        caller=base.caller,
        callee=base.callee,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=duration,
        talk_s=talk,
        disposition=disposition,
    )
    return msgspec.structs.replace(
        base,
        setup_time=setup,
        answer_time=answer,
        end_time=end,
        duration_s=duration,
        talk_s=talk,
        disposition=disposition,
        legs=[leg],
        facts=_facts(kept, answered=answered),
    )


def _disposition(rows: Sequence[Row]) -> Disposition | None:
    said = [row.disposition for row in rows if row.disposition is not None]
    if Disposition.ANSWERED in said:
        return Disposition.ANSWERED
    if Disposition.CANCELLED in said:
        return Disposition.CANCELLED
    return said[-1] if said else None


def _answer(rows: Sequence[Row]) -> datetime | None:
    return _least(row.answer_time for row in rows) or _least(row.at for row in rows if row.kind == "ack")


def _end(rows: Sequence[Row], *, answered: bool) -> datetime | None:
    """Return when the call ended: of an answered call only a BYE says so."""
    ends = [row.end_time for row in rows if row.end_time is not None and (row.kind == "bye" or not answered)]
    return max(ends, default=None)


def _facts(rows: Sequence[Row], *, answered: bool) -> dict[str, str]:
    """Return the code that decided: of the accepted INVITE, else of the last failure."""
    deciding = [row for row in rows if row.kind in _FINAL and (not answered or row.answer_time is not None)]
    return dict(deciding[-1].facts) if deciding else {}


def _least(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start is not None and end is not None and end >= start else None
