"""What goes out when somebody asks why a record is still here."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.answers import Answer
from api.hold_bodies import HoldOut, RestrictionOut, hold_out, restriction_out
from api.waiver_bodies import WaiverOut, waiver_out
from domain.due_facts import Artifact
from domain.records import Category, LegalBasis, Role
from domain.retention import Action
from governance.why import Clock, State, Why


class ClockOut(Answer):
    """One clock of a record."""

    what: Artifact
    category: Category
    role: Role
    legal_basis: LegalBasis
    rule: str
    action: Action
    due_at: datetime | None = Field(description="By the rule as it is now; null while something suspends it.")
    retain_until: datetime = Field(description="What stands on the record: at this instant it is hidden and swept.")
    floor: datetime | None
    ceiling: datetime | None
    suspended_by: list[str]
    set_by: str
    set_at: datetime | None
    erased_at: datetime | None = Field(description="When this part was erased already, before the record.")
    policy_id: str
    policy_version: int = Field(description="The version of the policy that dated the record.")
    explanation: list[str]


class ErasedOut(Answer):
    """What is left of an erased record."""

    at: datetime
    cause: str | None
    key_destroyed: bool | None


class WhyOut(Answer):
    """Why a record is still here, until when, by which rule, who set it, and what else keeps it."""

    id: str
    state: State
    sentences: list[str]
    clocks: list[ClockOut]
    holds: list[HoldOut]
    restrictions: list[RestrictionOut]
    waivers: list[WaiverOut]
    erased: ErasedOut | None


def why_out(found: Why, *, now: datetime) -> WhyOut:
    """Return the explanation of a record."""
    erased = found.erased
    return WhyOut(
        id=found.record_id,
        state=found.state,
        sentences=list(found.sentences),
        clocks=[_clock(clock) for clock in found.clocks],
        holds=[hold_out(hold) for hold in found.holds],
        restrictions=[restriction_out(one) for one in found.restrictions],
        waivers=[waiver_out(one, now=now) for one in found.waivers],
        erased=None
        if erased is None
        else ErasedOut(at=erased.at, cause=erased.cause, key_destroyed=erased.key_destroyed),
    )


def _clock(clock: Clock) -> ClockOut:
    said = clock.decision
    return ClockOut(
        what=clock.what,
        category=clock.category,
        role=said.role,
        legal_basis=said.legal_basis,
        rule=said.rule,
        action=said.action,
        due_at=said.due_at,
        retain_until=clock.retain_until,
        floor=said.floor,
        ceiling=said.ceiling,
        suspended_by=list(said.suspended_by),
        set_by=said.set_by,
        set_at=clock.set_at,
        erased_at=clock.erased_at,
        policy_id=clock.policy[0],
        policy_version=clock.policy[1],
        explanation=list(said.explanation),
    )
