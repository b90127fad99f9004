"""What comes in and goes out of holds and restrictions as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from api.answers import Answer
from api.bodies import Body, Moment, Name
from api.person_bodies import REF_DIGITS, PersonIn
from domain.holds import HeldKind, HeldQuery, HoldKind, HoldScope, LegalHold
from domain.restrictions import Restriction

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
"""Why, in a person's words. It is kept: it names nobody."""
RecordId = Annotated[str, StringConstraints(pattern=r"^(call|log|cdr)_[a-z2-7]{26}$")]
CallId = Annotated[str, StringConstraints(max_length=64)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class QueryIn(Body):
    """Records of one kind that began in a span of time."""

    kind: HeldKind
    begin: Moment = Field(alias="from", examples=["2026-01-01T00:00:00+05:30"], description="The first instant.")
    end: Moment = Field(alias="to", examples=["2026-04-01T00:00:00+05:30"], description="The first instant after.")
    direction: Literal["inbound", "outbound", "internal", "unknown"] | None = Field(
        default=None, description="Of call logs and CDRs."
    )
    source: Word | None = Field(default=None, description="Of calls, call logs and CDRs.")
    disposition: Word | None = Field(default=None, description="Of call logs and CDRs.")

    @model_validator(mode="after")
    def _finds_something(self) -> QueryIn:
        self.query()
        return self

    def query(self) -> HeldQuery:
        """Return it as the rule reads it: instants to the millisecond, as they are stored. Raises ValueError."""
        begin, end = (one.replace(microsecond=one.microsecond // 1000 * 1000) for one in (self.begin, self.end))
        return HeldQuery(self.kind, begin, end, self.direction, self.source, self.disposition)


class HoldIn(Body):
    """A legal hold to place: on one record, one person, what a query finds, or else the whole workspace."""

    matter: Name = Field(examples=["2026-114"], description="The case. It is shown and audited: it names nobody.")
    reason: Reason | None = Field(default=None, examples=["letter before action of 12 October"])
    call_id: CallId | None = Field(default=None, description="One call, and the traffic data linked to it.")
    record_id: RecordId | None = Field(default=None, description="One call, call log or CDR.")
    person: PersonIn | None = Field(default=None, description="Every call, call log and CDR of this person.")
    query: QueryIn | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> HoldIn:
        given = [one for one in (self.call_id, self.record_id, self.person, self.query) if one is not None]
        if len(given) > 1:
            raise ValueError("give one of `call_id`, `record_id`, `person` and `query`; none holds the whole workspace")
        return self


class QueryOut(Answer):
    """What a hold asks for."""

    kind: HeldKind
    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    direction: str | None
    source: str | None
    disposition: str | None


class HoldOut(Answer):
    """A legal hold."""

    id: str
    matter: str
    scope: HoldKind
    record_id: str | None = Field(description="The record that is held, for a hold on one.")
    call_id: str | None = Field(description="The same, when it is a call.")
    person_ref: str | None = Field(description="The beginning of the held person's keyed hash, as in `party_refs`.")
    query: QueryOut | None
    reason: str | None
    placed_at: datetime
    placed_by: str | None
    released_at: datetime | None
    released_by: str | None
    release_reason: str | None


class GoesOut(Answer):
    """What is due of one kind once a hold is released."""

    what: Literal["calls", "call_logs", "call_logs.identifiers", "cdrs", "cdrs.identifiers", "quarantine", "inbox"]
    due: int
    at_least: bool = Field(description="There are more than were counted.")


class HoldReleased(HoldOut):
    """A released hold, and what goes with the next sweep because nothing else keeps it."""

    goes: list[GoesOut] = Field(
        description="Records that are due by their original clocks. Of `call_logs` pages, which hold many entries."
    )


class RestrictionIn(Body):
    """A restriction of use: of one call, or of a person."""

    reason: Reason = Field(examples=["accuracy contested, ticket 4711"])
    call_id: CallId | None = None
    person: PersonIn | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> RestrictionIn:
        if (self.call_id is None) == (self.person is None):
            raise ValueError("give `call_id` or `person`, one of the two")
        return self


class RestrictionOut(Answer):
    """A restriction of use (GDPR Art. 18)."""

    id: str
    scope: HoldKind
    call_id: str | None
    person_ref: str | None
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None


def person_ref(scope: HoldScope) -> str | None:
    """Return what shows of a person."""
    return scope.tokens[0][:REF_DIGITS] if scope.tokens else None


def hold_out(found: LegalHold) -> HoldOut:
    """Return a hold."""
    asked = found.scope.query
    told = ("matter", "call_id", "reason", "placed_at", "placed_by", "released_at", "released_by", "release_reason")
    return HoldOut(
        id=found.hold_id,
        scope=found.scope.kind,
        record_id=found.scope.record_id,
        person_ref=person_ref(found.scope),
        query=None if asked is None else QueryOut.model_validate(asked, from_attributes=True),
        **{name: getattr(found, name) for name in told},
    )


def restriction_out(found: Restriction) -> RestrictionOut:
    """Return a restriction."""
    told = ("reason", "set_at", "set_by", "lifted_at", "lifted_by", "lift_reason")
    return RestrictionOut(
        id=found.restriction_id,
        scope=found.scope.kind,
        call_id=found.scope.record_id,
        person_ref=person_ref(found.scope),
        **{name: getattr(found, name) for name in told},
    )
