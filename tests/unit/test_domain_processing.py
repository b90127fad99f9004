"""May this stage run now: every refusal, the order in which they win, and both sides of the retention's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calls import CallState
from domain.processing import Consent, Decision, ProcessingFacts, Reason, Verdict, decide_processing
from domain.records import Purpose, Role

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FINE = ProcessingFacts(
    state=CallState.RECEIVED,
    role=Role.PROCESSOR,
    purposes=frozenset({Purpose.TRANSCRIPTION}),
    retain_until=NOW + timedelta(days=1),
    instructed_purposes=frozenset({Purpose.TRANSCRIPTION}),
    consent_required=True,
    consent=Consent.GRANTED,
    restricted=False,
)
# In the order of precedence: what is wrong, and what is said of it.
REFUSALS: list[tuple[dict[str, Any], Verdict, Reason]] = [
    ({"state": CallState.ERASING}, Verdict.NEVER, Reason.ERASURE_PENDING),
    ({"retain_until": NOW}, Verdict.NEVER, Reason.RETENTION_OVER),
    ({"purposes": frozenset()}, Verdict.NEVER, Reason.PURPOSE_NOT_ALLOWED),
    ({"consent": Consent.REFUSED}, Verdict.NEVER, Reason.CONSENT_REFUSED),
    ({"part_over": Reason.RECORDING_ERASED}, Verdict.NEVER, Reason.RECORDING_ERASED),
    ({"workspace_ended": True}, Verdict.WAIT, Reason.WORKSPACE_ENDED),
    ({"instructed_purposes": frozenset()}, Verdict.WAIT, Reason.NO_INSTRUCTION),
    ({"restricted": True}, Verdict.WAIT, Reason.RESTRICTED),
    ({"person_against": Reason.MINOR}, Verdict.WAIT, Reason.MINOR),
    ({"consent": Consent.UNKNOWN, "consent_required": True}, Verdict.WAIT, Reason.CONSENT_UNKNOWN),
]
IDS = [row[2].value for row in REFUSALS]


def decide(facts: ProcessingFacts) -> Decision:
    return decide_processing(facts, purpose=Purpose.TRANSCRIPTION, now=NOW)


def test_a_call_with_nothing_against_it_goes() -> None:
    assert decide(FINE) == Decision(Verdict.GO, Reason.ALLOWED)


@pytest.mark.parametrize(("wrong", "verdict", "reason"), REFUSALS, ids=IDS)
def test_each_fact_alone_refuses_with_its_reason(wrong: dict[str, Any], verdict: Verdict, reason: Reason) -> None:
    assert decide(replace(FINE, **wrong)) == Decision(verdict, reason)


@pytest.mark.parametrize("stronger", range(len(REFUSALS)), ids=IDS)
def test_the_earlier_refusal_wins_over_every_later_one(stronger: int) -> None:
    for weaker in range(stronger + 1, len(REFUSALS)):
        wrong = REFUSALS[weaker][0] | REFUSALS[stronger][0]
        assert decide(replace(FINE, **wrong)) == Decision(*REFUSALS[stronger][1:])


def test_every_reason_has_a_case_here() -> None:
    of_one_purpose = {Reason.INSIGHTS_OFF, Reason.TRANSCRIPT_ERASED, Reason.CONSENT_WITHDRAWN, Reason.OBJECTION}
    assert {row[2] for row in REFUSALS} | {Reason.ALLOWED} | of_one_purpose == set(Reason)


@pytest.mark.parametrize("reason", [Reason.MINOR, Reason.CONSENT_WITHDRAWN, Reason.OBJECTION])
def test_a_call_waits_for_the_sake_of_its_people(reason: Reason) -> None:
    assert decide(replace(FINE, person_against=reason)) == Decision(Verdict.WAIT, reason)


def test_a_part_that_is_over_is_named() -> None:
    assert decide(replace(FINE, part_over=Reason.TRANSCRIPT_ERASED)) == Decision(
        Verdict.NEVER, Reason.TRANSCRIPT_ERASED
    )


def test_nothing_is_derived_where_the_administrators_did_not_let_it() -> None:
    wanted = frozenset({Purpose.INSIGHTS})
    facts = replace(FINE, purposes=wanted, instructed_purposes=wanted)
    refused = decide_processing(facts, purpose=Purpose.INSIGHTS, now=NOW)
    assert refused == Decision(Verdict.NEVER, Reason.INSIGHTS_OFF)
    assert decide_processing(replace(facts, insights_on=True), purpose=Purpose.INSIGHTS, now=NOW).verdict is Verdict.GO


def test_the_last_instant_is_worked_on_and_the_first_due_one_is_not() -> None:
    at_the_end = replace(FINE, retain_until=NOW)
    assert (
        decide_processing(at_the_end, purpose=Purpose.TRANSCRIPTION, now=NOW - timedelta(microseconds=1)).verdict
        is Verdict.GO
    )
    assert decide_processing(at_the_end, purpose=Purpose.TRANSCRIPTION, now=NOW).reason is Reason.RETENTION_OVER


def test_a_controller_needs_no_instruction_and_consent_that_is_not_required_may_be_unknown() -> None:
    assert decide(replace(FINE, role=Role.CONTROLLER, instructed_purposes=frozenset())).verdict is Verdict.GO
    assert decide(replace(FINE, consent_required=False, consent=Consent.UNKNOWN)).verdict is Verdict.GO


FACTS = st.builds(
    ProcessingFacts,
    state=st.sampled_from(CallState),
    role=st.sampled_from(Role),
    purposes=st.frozensets(st.sampled_from(Purpose)),
    retain_until=st.datetimes(
        NOW.replace(tzinfo=None) - timedelta(days=2),
        NOW.replace(tzinfo=None) + timedelta(days=2),
        timezones=st.just(UTC),
    ),
    instructed_purposes=st.frozensets(st.sampled_from(Purpose)),
    consent_required=st.booleans(),
    consent=st.sampled_from(Consent),
    restricted=st.booleans(),
    workspace_ended=st.booleans(),
    insights_on=st.booleans(),
    part_over=st.sampled_from([None, Reason.RECORDING_ERASED, Reason.TRANSCRIPT_ERASED]),
)


@given(facts=FACTS, purpose=st.sampled_from(Purpose))
def test_go_means_that_nothing_speaks_against_it(facts: ProcessingFacts, purpose: Purpose) -> None:
    against = (
        facts.state in {CallState.ERASING, CallState.ERASED}
        or facts.retain_until <= NOW
        or purpose not in facts.purposes
        or facts.consent is Consent.REFUSED
        or (facts.role is Role.PROCESSOR and purpose not in facts.instructed_purposes)
        or facts.restricted
        or facts.workspace_ended
        or facts.part_over is not None
        or (purpose is Purpose.INSIGHTS and not facts.insights_on)
        or (facts.consent_required and facts.consent is Consent.UNKNOWN)
    )
    decision = decide_processing(facts, purpose=purpose, now=NOW)
    assert (decision.verdict is Verdict.GO) == (not against)
    assert (decision.reason is Reason.ALLOWED) == (not against)
