"""What comes in and goes out of waivers as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.answers import Answer
from api.bodies import Body, Moment
from api.hold_bodies import Reason
from domain.waivers import Office, WaivableRule, Waiver

Artifact = Literal["recording", "transcript", "derived_output", "call_metadata", "cdr_identifiers"]


class WaiverIn(Body):
    """An exception to policy to approve."""

    rule: WaivableRule = Field(examples=["retention_over_profile"], description="What is set aside.")
    artifact: Artifact | None = Field(default=None, description="For what; left out, for each artifact.")
    longest: str | None = Field(
        default=None, max_length=32, examples=["P3Y"], description="How far, as an ISO 8601 duration."
    )
    reason: Reason = Field(examples=["regulator asked for longer evidence in case 4711"])
    ends_at: Moment = Field(examples=["2027-06-30T00:00:00+05:30"], description="When it stops to count.")


class WaiverOut(Answer):
    """An exception to policy."""

    id: str
    rule: WaivableRule
    artifact: str | None
    longest: str | None
    reason: str
    approved_by: str
    office: Office
    approved_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    counts: bool = Field(description="Whether it counts now.")


def waiver_out(found: Waiver, *, now: datetime) -> WaiverOut:
    """Return a waiver."""
    told = {name: getattr(found, name) for name in WaiverOut.model_fields if name not in {"id", "counts"}}
    return WaiverOut(id=found.waiver_id, counts=found.counts(now), **told)
