"""The parties of a call as its document holds them: by which keyed hashes they are found, and what law needs of them.

What nobody said stays unknown (None), and whoever asks for all parties treats unknown as no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from domain.due_facts import CustomerType
from domain.jurisdictions import Jurisdiction, jurisdiction

MOST: Final = 64
"""Parties of one call, a large conference included."""


@dataclass(frozen=True, slots=True)
class CallParty:
    """One party of a call."""

    people: tuple[str, ...] = ()
    """Keyed hashes of the numbers and addresses that are known to be this party's; empty: nobody knows who it is."""
    place: Jurisdiction | None = None
    """Whose law protects this person."""
    customer_type: CustomerType | None = None
    minor: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the party as it is stored in its call."""
        return {
            "people": list(self.people),
            "jurisdiction": None if self.place is None else self.place.code,
            "customer_type": None if self.customer_type is None else self.customer_type.value,
            "minor": self.minor,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> CallParty:
        """Read a party as it is stored."""
        place, kind = document["jurisdiction"], document["customer_type"]
        return cls(
            tuple(document["people"]),
            None if place is None else jurisdiction(place),
            None if kind is None else CustomerType(kind),
            bool(document["minor"]),
        )


def parties_of(call: Mapping[str, Any]) -> tuple[CallParty, ...]:
    """Return the parties that a stored call names; of a document that is older than they are, none."""
    return tuple(CallParty.from_document(one) for one in call.get("parties", ()))


def everybody(named: Sequence[CallParty], people: frozenset[str]) -> tuple[CallParty, ...]:
    """Return the named parties, and one more for each person of the call whom none of them accounts for."""
    accounted = {token for party in named for token in party.people}
    return (*named, *(CallParty((token,)) for token in sorted(people - accounted)))


def all_identified(parties: Sequence[CallParty]) -> bool:
    """Say whether it is known who everybody is; two sides with one number are one person too few."""
    two = any(set(one.people).isdisjoint(other.people) for one, other in combinations(parties, 2))
    return two and all(party.people for party in parties)


def places_of(parties: Sequence[CallParty]) -> tuple[str, ...]:
    """Return the jurisdictions of the parties, each once, in order of their codes; those nobody knows are left out."""
    return tuple(sorted({party.place.code for party in parties if party.place is not None}))
