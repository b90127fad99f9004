"""Who is in a call, as it is registered or said later: keyed hashes, and what law needs of each (`domain.parties`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.due_facts import CustomerType
from domain.jurisdictions import Jurisdiction
from domain.parties import CallParty
from ingest.documents import NewCall
from ingest.formats.parties import NOBODY
from ingest.formats.record import Direction, PartyKind, PartyNumber
from ingest.people import known_people
from storage.mongo import Document
from storage.resources import Resources


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One party as a client tells of it; without a number and an address nobody knows who it is."""

    number: PartyNumber = NOBODY
    email: str | None = None
    place: Jurisdiction | None = None
    customer_type: CustomerType | None = None
    minor: bool = False

    @property
    def subjects(self) -> tuple[str, ...]:
        """By what this party is found."""
        known = (self.number.subject, None if self.email is None else self.email.strip().lower())
        return tuple(one for one in known if one)


def parties_told(new: NewCall) -> tuple[PartyFacts, ...]:
    """Return the parties of a new call: as they are told, else the two sides of its log.

    The contact's address is the contact's side where the direction says which one that is; else it is a person more.
    """
    log = new.call_log
    if new.parties or log is None:
        return new.parties
    email = new.emails[0] if len(new.emails) == 1 else None
    from_them, to_them = log.direction == Direction.INBOUND.value, log.direction == Direction.OUTBOUND.value
    return (
        PartyFacts(log.caller, email if from_them else None),
        PartyFacts(log.callee, email if to_them else None),
    )


def is_emergency(parties: Sequence[PartyFacts]) -> bool:
    """Say whether an emergency number is among them (112, 911, and those of the number's own country)."""
    return any(party.number.kind is PartyKind.EMERGENCY for party in parties)


async def as_stored(resources: Resources, workspace_id: str, parties: Sequence[PartyFacts]) -> tuple[CallParty, ...]:
    """Return parties by the keyed hashes under which they are found."""
    token = (await resources.keyring.blind_indexer(workspace_id)).token
    return tuple(CallParty(tuple(map(token, one.subjects)), one.place, one.customer_type, one.minor) for one in parties)


async def known_parties(resources: Resources, workspace_id: str, new: NewCall) -> Document:
    """Return the fields of a new call that say who is in it; they go when the call does."""
    told = parties_told(new)
    parties = await as_stored(resources, workspace_id, told)
    people = await known_people(resources, workspace_id, new)
    log = new.call_log
    sides = told if log is None else (*told, PartyFacts(log.caller), PartyFacts(log.callee))
    return {
        "people": list(dict.fromkeys((*people, *(one for party in parties for one in party.people)))),
        "parties": [party.to_document() for party in parties],
        "emergency": is_emergency(sides),
    }
