"""The two limits beside a rule of its own: a floor that law sets, a ceiling that the end of an account sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.durations import Duration
from domain.records import Role


class Yields(StrEnum):
    """Which of the two gives way where a ceiling, or a shorter window, lies under a floor."""

    CEILING = "ceiling"
    """Kept until the floor, from the ceiling on in the restricted store: no product use (law.md, DPDP Rule 8(3))."""
    FLOOR = "floor"
    """Erased at the ceiling."""


class StayReason(StrEnum):
    """Why something may stay after an account's end: one of five, coded (promise RN9)."""

    FRAUD_PREVENTION = "fraud_prevention"
    TROUBLESHOOTING = "troubleshooting"
    INVESTIGATION = "investigation"
    TERMS_ENFORCEMENT = "terms_enforcement"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Floor:
    """The least time that a law wants records kept, counted from the processing (`occurred_at`)."""

    jurisdiction: str | None
    role: Role
    add: Duration
    since: date
    """The law's start: what was processed before, in the policy's zone, has no floor."""
    yields: Yields | None
    """Must be said wherever a ceiling or window of the policy can end sooner."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The longest time that anything is kept after the account ended (promises RN7, RN8)."""

    jurisdiction: str | None
    add: Duration
    source: str = ""
