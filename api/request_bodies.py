"""What comes in and goes out of the register of people's requests as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from api.answers import Answer
from api.bodies import Body, Moment
from api.incident_bodies import Told
from api.person_bodies import REF_DIGITS, PersonIn
from domain.jurisdictions import jurisdiction
from domain.people_requests import Event, PersonRequest, RefusalReason, RequestKind
from domain.policy_settings import PolicySettings
from domain.records import Category, LegalBasis, Purpose, Role
from domain.request_deadlines import answer_by, authority_of, late


class RequestIn(Body):
    """What somebody asks. Of the person only keyed hashes are kept."""

    kind: RequestKind = Field(examples=["access"])
    person: PersonIn
    received_at: Moment | None = Field(default=None, description="When it came; left out: now.")
    place: Annotated[str, StringConstraints(max_length=8)] | None = Field(
        default=None, examples=["DE"], description="Whose law covers the person: a country, or US-CA. Unknown: a month."
    )

    @field_validator("place")
    @classmethod
    def _known(cls, place: str | None) -> str | None:
        return None if place is None else jurisdiction(place).code


class EventIn(Body):
    """What was done or decided."""

    event: Event = Field(examples=["identity_verified"])
    reason: RefusalReason | None = Field(default=None, description="Why it is refused, wholly or in part.")
    note: Told | None = Field(default=None, description="Needed with `extended`, and with the end of a complaint.")


class EventOut(Answer):
    """An event that was noted."""

    event: Event
    by: str
    at: datetime
    reason: RefusalReason | None
    note: str | None


class RequestOut(Answer):
    """A request and where it stands."""

    id: str
    kind: RequestKind
    person: list[str] = Field(description="The first digits of keyed hashes: they tell equal people apart, no more.")
    received_at: datetime
    place: str | None
    opened_by: str
    repeated: bool = Field(description="A question on direct marketing that was asked before in its calendar year.")
    answer_by: date = Field(description="Our own last day.")
    legal_latest: date
    late: bool
    answered: bool
    authority: str = Field(description="Where the person may complain; goes into every answer.")
    events: list[EventOut]


class RequestPage(Answer):
    """Requests, newest first."""

    requests: list[RequestOut]
    next: str | None = Field(description="Cursor of the next page.")


class HeldCategory(Answer):
    """How one kind of record is processed, and on what ground."""

    category: Category
    role: Role
    legal_basis: LegalBasis
    purposes: list[Purpose]
    kept: str = Field(description="For how long, and whose rule that is.")
    portable: bool = Field(description="Whether it rests on consent or contract and can be taken along.")


class MarketingOut(Answer):
    """What was disclosed for others' direct marketing in a year."""

    year: int
    categories: list[str]
    recipients: list[dict[str, str]]


class HoldingsOut(Answer):
    """What there is of a person, how it is processed and on what ground: what an answer on access is made from."""

    request_id: str
    records: dict[str, list[str]]
    more: list[str] = Field(description="Kinds of which there are more than are named here.")
    processing: list[HeldCategory]
    marketing: MarketingOut | None
    authority: str


def request_out(found: PersonRequest, settings: PolicySettings, *, now: datetime) -> RequestOut:
    """Return a request with its dates as they stand now."""
    due = answer_by(found, settings)
    return RequestOut(
        id=found.request_id,
        kind=found.kind,
        person=[token[:REF_DIGITS] for token in found.people],
        received_at=found.received_at,
        place=found.place,
        opened_by=found.opened_by,
        repeated=found.repeated,
        answer_by=due.internal,
        legal_latest=due.legal,
        late=late(found, settings, now),
        answered=found.answered,
        authority=authority_of(found.place),
        events=[EventOut.model_validate(one, from_attributes=True) for one in found.events],
    )
