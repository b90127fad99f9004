"""`callward policy simulate`: what would be gone by a day, were nothing done meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from cli.retention.deciding import decided
from cli.retention.records import BadRecord, lines_of, read_record
from domain.policy import Policy
from domain.retention import add_months

_MOST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class Horizon:
    """From when to when is looked: a record counts that is due before `until`, in the past too."""

    now: datetime
    until: datetime


@dataclass(slots=True)
class Simulated:
    """What was counted. `refused` lines could not be decided."""

    lines: int = 0
    refused: int = 0
    held: int = 0
    later: int = 0
    never: int = 0
    due: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Records that go, by category and action."""

    def summary(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        gone = [{"category": name, "action": action, "records": n} for (name, action), n in sorted(self.due.items())]
        return {
            "records": self.lines,
            "due": gone,
            "held": self.held,
            "due_later": self.later,
            "no_end_named": self.never,
            "refused": self.refused,
        }


def horizon(now: datetime, until: date | datetime, zone: str) -> Horizon:
    """Return the horizon; a day counts to its end in the profile's zone.

    Raises:
        ValueError: for more than ten years ahead, or a day before the clock.
    """
    local = ZoneInfo(zone)
    if not isinstance(until, datetime):
        until = datetime.combine(until + timedelta(days=1), clock_time.min, tzinfo=local)
    last = add_months(now.astimezone(local).date(), _MOST_MONTHS) + timedelta(days=1)
    if until.astimezone(UTC) > datetime.combine(last, clock_time.min, tzinfo=local).astimezone(UTC):
        raise ValueError("not more than ten years ahead: that is as far as a simulation says anything")
    if until.astimezone(UTC) < now.astimezone(UTC):
        raise ValueError("the day lies before the clock: name a later one, or an earlier --now")
    return Horizon(now, until)


def simulate_all(source: BinaryIO, policy: Policy, over: Horizon, tell: Callable[[dict[str, Any]], None]) -> Simulated:
    """Decide every record as if the clock stood at the horizon's end; tell of each that is due by then, or refused."""
    found = Simulated()
    end = over.until.astimezone(UTC)
    for number, line in lines_of(source):
        found.lines += 1
        try:
            given = read_record(line)
            decision = decided(given, policy, over.until)
        except BadRecord as bad:
            found.refused += 1
            tell({"id": bad.record_id, "error": bad.reason, "message": bad.message, "line": number})
            continue
        if decision.due_at is not None and decision.due_at.astimezone(UTC) < end:
            found.due[given.facts.category.value, decision.action.value] += 1
            tell({"id": given.record_id, "due_at": decision.due_at.isoformat(), "action": decision.action.value})
        elif decision.due_at is not None:
            found.later += 1
        elif given.holds:
            found.held += 1
        else:
            found.never += 1
    return found
