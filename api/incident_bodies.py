"""What comes in and goes out of the log of breaches as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.answers import Answer
from api.bodies import Body, Moment
from domain.incidents import Incident, IncidentKind, Risk, Step, alarmed, deadlines
from domain.policy_settings import PolicySettings

Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=4000)]
"""In a person's words. It is kept: it names nobody."""


class IncidentIn(Body):
    """A breach or near miss to enter."""

    kind: IncidentKind = Field(examples=["breach"], description="Both come by this form.")
    what: Told = Field(examples=["A laptop with an export of call logs was left on a train."], description="No names.")
    identified_at: Moment = Field(examples=["2026-11-20T09:00:00+05:30"], description="When somebody found it.")
    aware_at: Moment | None = Field(default=None, description="When it was reasonably certain; left out, as found.")
    affected_keys: list[Annotated[str, StringConstraints(pattern=r"^key_[a-z2-7]{26}$")]] = Field(
        default=[],
        max_length=100,
        description="API keys of the workspace that reach what is affected: revoked at once.",
    )


class StepIn(Body):
    """A step to note."""

    step: Step = Field(examples=["reported_inside"])
    choice: Annotated[str, StringConstraints(max_length=32)] | None = Field(
        default=None, description="`assessed`: unlikely, risk or high. `analyst_decided`: corrective, containment or "
        "escalation. `investigation_decided`: full or none. `people_need_not_be_told`: unintelligible or risk_removed.",
    )  # fmt: skip
    note: Told | None = None


class StepOut(Answer):
    """A step that was noted."""

    step: Step
    by: str
    at: datetime
    choice: str | None
    note: str | None


class DeadlineOut(Answer):
    """Something that must be done by an instant."""

    what: str
    due_at: datetime
    done_at: datetime | None
    missed: bool


class IncidentOut(Answer):
    """An entry of the log."""

    id: str
    kind: IncidentKind
    what: str
    identified_at: datetime
    aware_at: datetime
    opened_by: str
    opened_at: datetime
    revoked_keys: list[str] = Field(description="Keys that were taken away with the entry.")
    risk: Risk
    closed: bool
    steps: list[StepOut]
    deadlines: list[DeadlineOut]
    alarmed: list[str] = Field(description="Who is to be alarmed now, since something is late.")


def incident_out(found: Incident, settings: PolicySettings, *, now: datetime) -> IncidentOut:
    """Return an incident with its clocks as they stand now."""
    clocks = [
        DeadlineOut(what=one.what, due_at=one.due_at, done_at=one.done_at, missed=one.missed(now))
        for one in deadlines(found, settings)
    ]
    told = {
        name: getattr(found, name) for name in ("kind", "what", "identified_at", "aware_at", "opened_by", "opened_at")
    }
    return IncidentOut(
        id=found.incident_id,
        **told,
        revoked_keys=list(found.revoked_keys),
        risk=found.risk,
        closed=found.closed,
        steps=[StepOut.model_validate(one, from_attributes=True) for one in found.steps],
        deadlines=clocks,
        alarmed=list(alarmed(found, settings, now)),
    )
