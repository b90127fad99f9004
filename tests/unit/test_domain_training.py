"""May a call be learned from: everything must hold, and the first thing that does not is the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calls import CallState
from domain.records import Purpose, Role
from domain.training import TrainingFacts, TrainingReason, may_train

TRAIN = frozenset({Purpose.TRAIN_AI_SYSTEM})
FINE = TrainingFacts(
    state=CallState.READY,
    role=Role.PROCESSOR,
    purposes=TRAIN,
    instructed_purposes=TRAIN,
    held=False,
    restricted=False,
    workspace_opted_in=True,
    granted_by_all_parties=True,
)
IN_ORDER: list[tuple[dict[str, Any], TrainingReason]] = [
    ({"state": CallState.PROCESSING}, TrainingReason.NOT_READY),
    ({"held": True}, TrainingReason.HELD),
    ({"restricted": True}, TrainingReason.RESTRICTED),
    ({"person_opted_out": True}, TrainingReason.PERSON_OPTED_OUT),
    ({"purposes": frozenset(Purpose) - TRAIN}, TrainingReason.PURPOSE_NOT_GRANTED),
    ({"instructed_purposes": frozenset(Purpose) - TRAIN}, TrainingReason.NOT_INSTRUCTED),
    ({"workspace_opted_in": False}, TrainingReason.WORKSPACE_OPTED_OUT),
    ({"granted_by_all_parties": False}, TrainingReason.PARTY_NOT_GRANTED),
]


def test_a_call_that_everybody_gave_may_be_learned_from() -> None:
    assert may_train(FINE) is TrainingReason.ALLOWED


@pytest.mark.parametrize("first", range(len(IN_ORDER)), ids=[reason.value for _, reason in IN_ORDER])
def test_the_first_fact_that_does_not_hold_is_the_reason(first: int) -> None:
    wrong: dict[str, Any] = {}
    for change, _ in IN_ORDER[first:]:
        wrong |= change
    assert may_train(replace(FINE, **IN_ORDER[first][0])) is IN_ORDER[first][1]
    assert may_train(replace(FINE, **wrong)) is IN_ORDER[first][1]


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
    held=st.booleans(),
    restricted=st.booleans(),
    workspace_opted_in=st.booleans(),
    granted_by_all_parties=st.booleans(),
)


@given(FACTS)
def test_only_when_all_holds_is_it_allowed(facts: TrainingFacts) -> None:
    all_holds = (
        facts.state is CallState.READY
        and not facts.held
        and not facts.restricted
        and facts.purposes >= TRAIN
        and (facts.role is Role.CONTROLLER or facts.instructed_purposes >= TRAIN)
        and facts.workspace_opted_in
        and facts.granted_by_all_parties
    )
    assert (may_train(facts) is TrainingReason.ALLOWED) == all_holds
