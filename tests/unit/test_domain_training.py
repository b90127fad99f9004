"""May a call be learned from: everything must hold, and the first thing that does not is the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calls import CallState
from domain.jurisdictions import jurisdiction
from domain.records import LegalBasis, Purpose, Role
from domain.training import (
    NOT_YET,
    Granted,
    PartyGround,
    RedactionState,
    TrainingFacts,
    TrainingReason,
    all_granted,
    common_basis,
    is_valid_in,
    may_stay,
    may_train,
)

TRAIN = frozenset({Purpose.TRAIN_AI_SYSTEM})
FINE = TrainingFacts(
    state=CallState.READY,
    role=Role.PROCESSOR,
    purposes=TRAIN,
    instructed_purposes=TRAIN,
    retention_over=False,
    after_snapshot=False,
    workspace_ended=False,
    workspace_opted_in=True,
    person_opted_out=False,
    consent_withdrawn=False,
    objected=False,
    minor=False,
    emergency=False,
    held=False,
    restricted=False,
    parties_known=True,
    granted=Granted.YES,
    other_basis=None,
    redaction=RedactionState.PASSED,
)
IN_ORDER: list[tuple[dict[str, Any], TrainingReason]] = [
    ({"state": CallState.ERASING}, TrainingReason.ERASED),
    ({"retention_over": True}, TrainingReason.RETENTION_OVER),
    ({"after_snapshot": True}, TrainingReason.AFTER_SNAPSHOT),
    ({"state": CallState.PROCESSING}, TrainingReason.NOT_READY),
    ({"workspace_ended": True}, TrainingReason.WORKSPACE_ENDED),
    ({"person_opted_out": True}, TrainingReason.PERSON_OPTED_OUT),
    ({"consent_withdrawn": True}, TrainingReason.CONSENT_WITHDRAWN),
    ({"objected": True}, TrainingReason.OBJECTION),
    ({"minor": True}, TrainingReason.MINOR),
    ({"emergency": True}, TrainingReason.EMERGENCY_CALL),
    ({"held": True}, TrainingReason.HELD),
    ({"restricted": True}, TrainingReason.RESTRICTED),
    ({"purposes": frozenset(Purpose) - TRAIN}, TrainingReason.PURPOSE_NOT_GRANTED),
    ({"instructed_purposes": frozenset(Purpose) - TRAIN}, TrainingReason.NOT_INSTRUCTED),
    ({"workspace_opted_in": False}, TrainingReason.WORKSPACE_OPTED_OUT),
    ({"parties_known": False}, TrainingReason.PARTY_UNKNOWN),
    ({"granted": Granted.EXPIRED}, TrainingReason.CONSENT_EXPIRED),
    ({"granted": Granted.NO}, TrainingReason.PARTY_NOT_GRANTED),
    ({"redaction": RedactionState.TOO_OLD}, TrainingReason.REDACTION_TOO_OLD),
    ({"redaction": RedactionState.NOT_CHECKED}, TrainingReason.REDACTION_NOT_CHECKED),
]
BARS = ("retention_over", "workspace_ended", "person_opted_out", "consent_withdrawn", "objected", "minor")
BARS += ("emergency", "held", "restricted", "after_snapshot")


def test_a_call_that_everybody_gave_may_be_learned_from() -> None:
    assert may_train(FINE) is TrainingReason.ALLOWED
    assert may_stay(FINE) is TrainingReason.ALLOWED


@pytest.mark.parametrize("first", range(len(IN_ORDER)), ids=[reason.value for _, reason in IN_ORDER])
def test_the_first_fact_that_does_not_hold_is_the_reason(first: int) -> None:
    change, reason = IN_ORDER[first]
    assert may_train(replace(FINE, **change)) is reason
    for weaker, _ in IN_ORDER[first + 1 :]:
        assert may_train(replace(FINE, **(weaker | change))) is reason


def test_every_reason_has_a_case_here() -> None:
    assert {reason for _, reason in IN_ORDER} | {TrainingReason.ALLOWED} == set(TrainingReason)


def test_a_controller_needs_no_customers_instruction() -> None:
    assert may_train(replace(FINE, role=Role.CONTROLLER, instructed_purposes=frozenset())) is TrainingReason.ALLOWED


FACTS = st.builds(
    TrainingFacts,
    state=st.sampled_from(CallState),
    role=st.sampled_from(Role),
    purposes=st.frozensets(st.sampled_from(Purpose)),
    instructed_purposes=st.frozensets(st.sampled_from(Purpose)),
    **dict.fromkeys((*BARS, "workspace_opted_in", "parties_known"), st.booleans()),
    granted=st.sampled_from(Granted),
    other_basis=st.sampled_from([None, LegalBasis.LEGITIMATE_INTEREST]),
    redaction=st.sampled_from(RedactionState),
)
MOSTLY_FINE = st.lists(st.sampled_from(IN_ORDER), max_size=3).map(
    lambda wrong: replace(FINE, **{name: value for change, _ in wrong for name, value in change.items()})
)


@given(FACTS | MOSTLY_FINE)
def test_only_when_all_holds_is_it_allowed(facts: TrainingFacts) -> None:
    all_holds = (
        facts.state is CallState.READY
        and not any(getattr(facts, bar) for bar in BARS)
        and facts.purposes >= TRAIN
        and (facts.role is Role.CONTROLLER or facts.instructed_purposes >= TRAIN)
        and facts.workspace_opted_in
        and facts.parties_known
        and (facts.granted is Granted.YES or facts.other_basis is not None)
        and facts.redaction is RedactionState.PASSED
    )
    assert (may_train(facts) is TrainingReason.ALLOWED) == all_holds


@given(FACTS | MOSTLY_FINE, st.sampled_from(IN_ORDER))
def test_adding_anything_against_a_call_never_lets_it_in(
    facts: TrainingFacts, wrong: tuple[dict[str, Any], TrainingReason]
) -> None:
    if may_train(facts) is not TrainingReason.ALLOWED:
        assert may_train(replace(facts, **wrong[0])) is not TrainingReason.ALLOWED


@given(FACTS | MOSTLY_FINE)
def test_granting_never_bars(facts: TrainingFacts) -> None:
    if may_train(facts) is TrainingReason.ALLOWED:
        more = replace(facts, granted=Granted.YES, purposes={*facts.purposes, *TRAIN}, workspace_opted_in=True)
        assert may_train(more) is TrainingReason.ALLOWED


@given(FACTS | MOSTLY_FINE)
def test_what_is_allowed_stays_and_what_is_not_yet_so_hides_nothing(facts: TrainingFacts) -> None:
    into, stays = may_train(facts), may_stay(facts)
    assert stays not in NOT_YET
    if into is TrainingReason.ALLOWED:
        assert stays is TrainingReason.ALLOWED
    elif into not in NOT_YET:
        assert stays is into


def test_an_item_whose_call_is_heard_again_stays_and_leaves_when_somebody_opts_out_meanwhile() -> None:
    heard_again = replace(FINE, state=CallState.PROCESSING)
    assert may_stay(heard_again) is TrainingReason.ALLOWED
    assert may_stay(replace(heard_again, person_opted_out=True)) is TrainingReason.PERSON_OPTED_OUT


def test_india_knows_no_legitimate_interest() -> None:
    interest = LegalBasis.LEGITIMATE_INTEREST
    assert not is_valid_in(interest, jurisdiction("IN"))
    assert not is_valid_in(interest, jurisdiction("IN-MH"))
    assert is_valid_in(interest, jurisdiction("US-CA"))
    assert all(is_valid_in(LegalBasis.CONSENT, jurisdiction(place)) for place in ("IN", "DE", "US"))
    assert not is_valid_in(LegalBasis.CUSTOMER_INSTRUCTION, jurisdiction("US"))


@pytest.mark.parametrize(
    ("stated", "places", "basis"),
    [
        ({}, ["US", "US"], None),
        ({"US": "legitimate_interest"}, ["US", "US-CA"], "legitimate_interest"),
        ({"US": "legitimate_interest"}, ["US", "DE"], None),
        ({"US": "legitimate_interest", "EU": "legitimate_interest"}, ["US", "DE"], "legitimate_interest"),
        ({"US": "legitimate_interest", "EU": "contract"}, ["US", "DE"], None),
        ({"US": "legitimate_interest", "IN": "legitimate_interest"}, ["US", "IN"], None),
        ({"US": "legitimate_interest", "US-CA": "contract"}, ["US-CA"], "contract"),
        ({"US": "legitimate_interest"}, ["US", None], None),
        ({"US": "legitimate_interest"}, [], None),
        ({"US": "consent"}, ["US"], None),
    ],
)
def test_a_ground_counts_when_it_is_one_and_valid_in_all_places(
    stated: dict[str, str], places: list[str | None], basis: str | None
) -> None:
    known = {place: LegalBasis(word) for place, word in stated.items()}
    assert common_basis(known, [None if one is None else jurisdiction(one) for one in places]) == basis


def test_one_party_without_consent_is_one_too_many() -> None:
    yes, expired, no = (PartyGround(one) for one in Granted)
    assert all_granted([]) is Granted.NO
    assert all_granted([yes, yes]) is Granted.YES
    assert all_granted([yes, expired]) is Granted.EXPIRED
    assert all_granted([expired, no, yes]) is Granted.NO
