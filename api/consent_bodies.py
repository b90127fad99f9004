"""People's consents and objections, and minors, as JSON. People are named in bodies only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.answers import Answer
from api.bodies import Body, Moment
from api.hold_bodies import Reason
from api.person_bodies import REF_DIGITS, PersonIn
from domain.consents import Act, ConsentState
from domain.objections import Objection, ObjectionState
from domain.records import Purpose
from governance.consents import Choice
from storage.mongo import Document

TextVersion = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


class ChoiceIn(Body):
    """A person's own answer to one purpose."""

    purpose: Purpose = Field(examples=["train_ai_system"])
    state: ConsentState = Field(examples=["granted"])
    act: Act = Field(examples=["clicked"], description="How the person said so; silence is no consent.")
    text_version: TextVersion = Field(examples=["consent-en-3"], description="Which text was shown or read out.")
    acted_at: Moment | None = Field(default=None, description="When the person did it; left out, now.")
    until: Moment | None = Field(
        default=None, examples=["2027-11-22T00:00:00+05:30"], description="The end of the period stated in the consent."
    )

    def choice(self, now: datetime) -> Choice:
        """Return it as the store takes it: instants to the millisecond, as they are stored."""
        acted_at, until = (None if one is None else _stored(one) for one in (self.acted_at, self.until))
        return Choice(self.purpose, self.state, self.act, self.text_version, acted_at or _stored(now), until)


def _stored(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class ConsentsIn(Body):
    """What a person answered, purpose by purpose. There is no answer to several purposes at once."""

    person: PersonIn
    choices: list[ChoiceIn] = Field(min_length=1, max_length=len(Purpose))


class AskIn(Body):
    """Somebody of whom something is asked. The number travels in the body, never in an address."""

    person: PersonIn


class ConsentOut(Answer):
    """One act, as it was noted. It is never changed."""

    id: str
    purpose: Purpose
    state: ConsentState
    act: Act
    text_version: str
    acted_at: datetime
    until: datetime | None
    noted_at: datetime
    noted_by: str


class StandingOut(Answer):
    """How a person stands to one purpose now."""

    purpose: Purpose
    granted: bool
    until: datetime | None
    by: str = Field(description="The act that counts.")


class ConsentsOut(Answer):
    """Everything that a person answered: how it stands now, and every act, the oldest first."""

    standing: list[StandingOut]
    history: list[ConsentOut]


class NotedOut(Answer):
    """What became of a request."""

    noted: list[ConsentOut] = Field(
        description="Acts that were not known before; the same one again is not noted twice."
    )


def consent_out(document: Document) -> ConsentOut:
    """Return a stored act."""
    return ConsentOut.model_validate({"id": document["_id"], **{name: document[name] for name in _CONSENT}})


_CONSENT = tuple(name for name in ConsentOut.model_fields if name != "id")


class ObjectionIn(Body):
    """A person's objection to one use of the data."""

    person: PersonIn
    purpose: Purpose = Field(examples=["train_ai_system"])


class ObjectionDecisionIn(Body):
    """What is decided of an objection, and why."""

    decision: Literal["upheld", "rejected"]
    reason: Reason = Field(description="The grounds. They are kept: name no person.")


class ObjectionOut(Answer):
    """An objection and where it stands."""

    id: str
    purpose: Purpose
    state: ObjectionState
    person: list[str] = Field(description="The first digits of keyed hashes: they tell equal people apart, no more.")
    noted_at: datetime
    noted_by: str
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None


class ObjectionPage(Answer):
    """Objections, newest first."""

    objections: list[ObjectionOut]
    next: str | None = Field(description="Cursor of the next page.")


def objection_out(found: Objection) -> ObjectionOut:
    """Return an objection."""
    return ObjectionOut(
        id=found.objection_id,
        purpose=found.purpose,
        state=found.state,
        person=[token[:REF_DIGITS] for token in found.people],
        noted_at=found.noted_at,
        noted_by=found.noted_by,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        decision_reason=found.decision_reason,
    )


class MinorIn(Body):
    """Somebody who is a minor."""

    person: PersonIn
    age: int | None = Field(
        default=None, ge=0, le=120, strict=True, description="Compared with the profile's age, and not kept."
    )
    parental_consent: bool = Field(
        default=False, strict=True, description="A parent's consent is on file and was verified."
    )


class MinorOut(Answer):
    """What is noted of a person."""

    minor: bool
    parental_consent: bool
    noted_at: datetime
    changed: bool = Field(description="False when it was so before.")


class MinorsOut(Answer):
    """How many minors are noted; nobody can be read out of it."""

    people: int


class MinorCallsOut(Answer):
    """What became of a minor's calls."""

    erasing: int
    held: int = Field(description="Kept by a legal hold; they stay closed.")
    more: bool = Field(description="There are more calls than one request takes: ask again.")
