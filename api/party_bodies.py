"""What is said of a call's people after it was registered: consent to recording, and who they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from api.answers import Answer
from api.bodies import Body, PartyIn
from api.person_bodies import REF_DIGITS
from domain.due_facts import CustomerType
from domain.jurisdictions import jurisdiction
from domain.parties import MOST, parties_of
from domain.processing import Consent
from ingest.call_parties import PartyFacts
from ingest.formats.parties import party
from storage.mongo import Document


class ConsentIn(Body):
    """What is known of the parties' consent to recording."""

    consent: Consent


class PartiesIn(Body):
    """Everybody in a call, as a whole."""

    parties: list[PartyIn] = Field(min_length=1, max_length=MOST)


class PartyOut(Answer):
    """Somebody in a call."""

    person: list[str] = Field(description="The first digits of keyed hashes; empty: nobody knows who it is.")
    jurisdiction: str | None
    customer_type: CustomerType | None
    minor: bool


class PartiesOut(Answer):
    """Who is in a call, as far as was said."""

    parties: list[PartyOut]
    emergency: bool = Field(description="An emergency number was called; nothing of the call is ever trained on.")
    said_at: datetime | None = Field(description="When it was said after the registration; null: never.")


def told_parties(parties: Sequence[PartyIn]) -> tuple[PartyFacts, ...]:
    """Return parties as the stores take them."""
    return tuple(
        PartyFacts(
            party(one.number, one.region),
            one.email,
            None if one.jurisdiction is None else jurisdiction(one.jurisdiction),
            one.customer_type,
            one.minor,
        )
        for one in parties
    )


def parties_out(call: Document) -> PartiesOut:
    """Return who is in a stored call."""
    return PartiesOut(
        parties=[
            PartyOut(
                person=[token[:REF_DIGITS] for token in one.people],
                jurisdiction=None if one.place is None else one.place.code,
                customer_type=one.customer_type,
                minor=one.minor,
            )
            for one in parties_of(call)
        ],
        emergency=bool(call.get("emergency", False)),
        said_at=call.get("parties_at"),
    )
