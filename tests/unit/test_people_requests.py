"""Requests of people: by when, in which order, and for which reasons one may be refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, Invalid
from domain.people_requests import Event, NotedEvent, PersonRequest, RefusalReason, RequestKind, next_event
from domain.policy_settings import PolicySettings
from domain.request_deadlines import answer_by, authority_of, late

CAME = datetime(2024, 1, 31, 12, tzinfo=UTC)
SETTINGS = PolicySettings(erasure_days=30)


def request(kind: RequestKind = RequestKind.ACCESS, place: str | None = "DE", *events: NotedEvent) -> PersonRequest:
    return PersonRequest("req_x", kind, ("aa",), CAME, place, "Asia/Kolkata", "key_a", events=events)


def noted(
    event: Event, *, at: datetime = CAME, reason: RefusalReason | None = None, note: str | None = None
) -> NotedEvent:
    return NotedEvent(event, "key_a", at, reason, note)


@pytest.mark.parametrize(
    ("kind", "place", "internal", "legal"),
    [
        (RequestKind.ACCESS, "DE", date(2024, 2, 29), date(2024, 2, 29)),
        (RequestKind.ACCESS, None, date(2024, 2, 29), date(2024, 2, 29)),
        (RequestKind.ACCESS, "US-CA", date(2024, 3, 15), date(2024, 3, 16)),
        (RequestKind.DIRECT_MARKETING_DISCLOSURES, "US-CA", date(2024, 2, 29), date(2024, 3, 1)),
        (RequestKind.ERASE, "US-CA", date(2024, 3, 1), date(2024, 3, 16)),
        (RequestKind.ERASE, "DE", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_the_dates_are_those_of_the_law_and_of_the_profile(
    kind: RequestKind, place: str | None, internal: date, legal: date
) -> None:
    due = answer_by(request(kind, place), SETTINGS)
    assert (due.internal, due.legal) == (internal, legal)


def test_a_day_begins_on_the_policys_calendar() -> None:
    night = replace(request(), received_at=datetime(2024, 1, 31, 19, tzinfo=UTC))  # 1 February in Kolkata
    assert answer_by(night, SETTINGS).internal == date(2024, 3, 1)


def test_an_unanswered_request_is_late_from_the_first_instant_after_its_last_day() -> None:
    last = datetime(2024, 2, 29, 18, 29, 59, tzinfo=UTC)  # 23:59:59 in Kolkata
    assert not late(request(), SETTINGS, last)
    assert late(request(), SETTINGS, last + timedelta(seconds=1))
    assert not late(request(RequestKind.ACCESS, "DE", noted(Event.ANSWERED)), SETTINGS, last + timedelta(days=9))


@given(days=st.integers(min_value=0, max_value=60))
def test_the_clock_stands_while_proof_is_waited_for(days: int) -> None:
    proof = CAME + timedelta(days=days)
    doubted = request(RequestKind.ACCESS, "DE", noted(Event.IDENTITY_DOUBTED))
    assert not late(doubted, SETTINGS, CAME + timedelta(days=400))
    proven = replace(doubted, events=(*doubted.events, noted(Event.IDENTITY_VERIFIED, at=proof)))
    assert answer_by(proven, SETTINGS).internal == date(2024, 2, 29) + timedelta(days=days)


def test_an_extension_is_told_with_reasons_inside_the_first_month() -> None:
    inside, after = datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2024, 3, 1, 12, tzinfo=UTC)
    with pytest.raises(Invalid, match="tell the person why"):
        next_event(request(), noted(Event.EXTENDED, at=inside))
    with pytest.raises(Invalid, match="first month"):
        next_event(request(), noted(Event.EXTENDED, at=after, note="many records"))
    told = next_event(request(), noted(Event.EXTENDED, at=inside, note="many records"))
    assert answer_by(request(RequestKind.ACCESS, "DE", told), SETTINGS).internal == date(2024, 4, 29)


def test_nothing_is_granted_to_somebody_unknown_and_a_refusal_needs_no_proof() -> None:
    with pytest.raises(Conflict, match="verify who asks"):
        next_event(request(), noted(Event.GRANTED))
    with pytest.raises(Invalid, match="say why: legal_obligation"):
        next_event(request(), noted(Event.REFUSED))
    refused = noted(Event.REFUSED, reason=RefusalReason.TRADE_SECRETS)
    assert next_event(request(), refused) == refused


def test_a_request_is_decided_once_and_answered_after_that() -> None:
    known = request(RequestKind.ACCESS, "DE", noted(Event.IDENTITY_VERIFIED))
    with pytest.raises(Conflict, match="decide first"):
        next_event(known, noted(Event.ANSWERED))
    decided = replace(known, events=(*known.events, noted(Event.GRANTED)))
    with pytest.raises(Conflict, match="decided already"):
        next_event(decided, noted(Event.REFUSED, reason=RefusalReason.LEGAL_OBLIGATION))
    answered = replace(decided, events=(*decided.events, next_event(decided, noted(Event.ANSWERED))))
    with pytest.raises(Conflict, match="is answered"):
        next_event(answered, noted(Event.GRANTED))


def test_a_complaint_is_closed_with_its_outcome() -> None:
    heard = request(RequestKind.COMPLAINT, None, noted(Event.GRANTED))
    with pytest.raises(Invalid, match="outcome"):
        next_event(heard, noted(Event.ANSWERED))


@pytest.mark.parametrize(
    ("place", "part"), [("DE", "edpb"), ("GB", "ico"), ("IN", "meity"), ("US-CA", "cppa"), ("BR", "global")]
)
def test_every_answer_knows_where_to_complain(place: str, part: str) -> None:
    assert part in authority_of(place)
