"""What people ask of a controller: their rights, by when each is answered, and what may be said.

GDPR Art. 12 and 15 to 22; CCPA; promises RN12, RN17, RU22, RU24, RL8 to RL14, RM8, RM11, RK20. The person is known by
keyed hashes only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from domain.deadlines import extension_in_time
from domain.errors import Conflict, Invalid
from domain.jurisdictions import jurisdiction


class RequestKind(StrEnum):
    """What is asked."""

    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    PORTABILITY = "portability"
    OBJECT = "object"
    WITHDRAW_CONSENT = "withdraw_consent"
    COMPLAINT = "complaint"
    DIRECT_MARKETING_DISCLOSURES = "direct_marketing_disclosures"
    """Californians, once in a calendar year, free (Civ. Code 1798.83; RN17)."""


class Event(StrEnum):
    """What can be noted of a request."""

    IDENTITY_DOUBTED = "identity_doubted"
    """Proof was asked for; the clock stands until it comes (RU24, RL14)."""
    IDENTITY_VERIFIED = "identity_verified"
    EXTENDED = "extended"
    """The person was told, with reasons, inside the first month."""
    GRANTED = "granted"
    PARTLY_GRANTED = "partly_granted"
    """With the reason for the rest."""
    REFUSED = "refused"
    ANSWERED = "answered"
    """The answer went out; of a complaint: it is closed, with its outcome (RM11)."""


class RefusalReason(StrEnum):
    """No other reason will do (RU24)."""

    RIGHTS_OF_OTHERS = "rights_of_others"
    LEGAL_OBLIGATION = "legal_obligation"
    TRADE_SECRETS = "trade_secrets"
    OTHER_LAWFUL_GROUND = "other_lawful_ground"


DECISIONS: Final = frozenset({Event.GRANTED, Event.PARTLY_GRANTED, Event.REFUSED})


@dataclass(frozen=True, slots=True)
class NotedEvent:
    """An event: what, by which key, when; `reason` of a refusal, `note` in words that name nobody."""

    event: Event
    by: str
    at: datetime
    reason: RefusalReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """One request.

    Attributes:
        request_id: its id.
        kind: what is asked.
        people: keyed hashes of who asks.
        received_at: when it came.
        place: whose law covers the person; None: unknown, the GDPR's month counts.
        zone: the zone on whose calendar its dates are counted.
        opened_by: the key that entered it.
        repeated: of a Californian's question: the second or later one in its calendar year (RN17).
        events: what was noted since, oldest first.
    """

    request_id: str
    kind: RequestKind
    people: tuple[str, ...]
    received_at: datetime
    place: str | None
    zone: str
    opened_by: str
    repeated: bool = False
    events: tuple[NotedEvent, ...] = ()

    def has(self, *events: Event) -> bool:
        """Say whether one of these was noted."""
        return any(one.event in events for one in self.events)

    @property
    def received(self) -> date:
        """The day on which it came, on its calendar."""
        return self.received_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def answered(self) -> bool:
        """Whether nothing more is to come."""
        return self.has(Event.ANSWERED)

    @property
    def decision(self) -> NotedEvent | None:
        """The decision, if there is one."""
        return next((one for one in self.events if one.event in DECISIONS), None)

    def at(self, event: Event) -> datetime | None:
        """Return when an event was noted first."""
        return next((one.at for one in self.events if one.event is event), None)


def next_event(request: PersonRequest, new: NotedEvent) -> NotedEvent:
    """Return the event as it is to be stored.

    Raises:
        Conflict: the request is answered, or this cannot follow what was noted.
        Invalid: a reason is missing, or the extension comes too late.
    """
    if request.answered:
        raise Conflict("the request is answered; enter a new one", request_id=request.request_id)
    if new.event in DECISIONS:
        _check_decision(request, new)
    elif new.reason is not None:
        raise Invalid("only a refusal has a reason of this list; say it in `note`", field="reason")
    if new.event is Event.EXTENDED:
        told = new.at.astimezone(ZoneInfo(request.zone)).date()
        if not new.note:
            raise Invalid("tell the person why, and say so in `note`", field="note")
        if not in_california(request.place) and not extension_in_time(request.received, told):
            raise Invalid("an extension is told inside the first month; it is over", field="event")
    if new.event is Event.ANSWERED:
        if request.decision is None:
            raise Conflict("decide first: granted, partly_granted or refused", request_id=request.request_id)
        if request.kind is RequestKind.COMPLAINT and not new.note:
            raise Invalid("a complaint is closed with its outcome, in `note`", field="note")
    return new


def _check_decision(request: PersonRequest, new: NotedEvent) -> None:
    if request.decision is not None:
        raise Conflict("it is decided already; a new decision needs a new request", request_id=request.request_id)
    if new.event is Event.GRANTED and new.reason is not None:
        raise Invalid("what is granted needs no reason of refusal", field="reason")
    if new.event is not Event.GRANTED and new.reason is None:
        raise Invalid(f"say why: {', '.join(sorted(RefusalReason))}", field="reason")
    needs_proof = request.kind is not RequestKind.COMPLAINT and new.event is not Event.REFUSED
    if needs_proof and not request.has(Event.IDENTITY_VERIFIED):
        raise Conflict("verify who asks first: note `identity_verified`", request_id=request.request_id)


def in_california(place: str | None) -> bool:
    """Say whether the law of California covers a place."""
    return place is not None and "US-CA" in jurisdiction(place).within


def request_from(document: Mapping[str, Any]) -> PersonRequest:
    """Read a request as it is stored."""
    events = tuple(
        NotedEvent(
            Event(one["event"]),
            one["by"],
            one["at"],
            RefusalReason(one["reason"]) if one["reason"] else None,
            one["note"],
        )
        for one in document["events"]
    )
    return PersonRequest(
        request_id=document["_id"],
        kind=RequestKind(document["kind"]),
        people=tuple(document["people"]),
        received_at=document["received_at"],
        place=document["place"],
        zone=document["zone"],
        opened_by=document["opened_by"],
        repeated=document["repeated"],
        events=events,
    )
