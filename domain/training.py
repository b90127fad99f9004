"""May a call's derived text enter the corpus? (law.md C4.) All must hold; the first that does not is the reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.calls import CallState
from domain.records import Purpose, Role


class TrainingReason(StrEnum):
    """Why a call is in or out."""

    ALLOWED = "allowed"
    NOT_READY = "not_ready"
    HELD = "held"
    RESTRICTED = "restricted"
    PERSON_OPTED_OUT = "person_opted_out"
    PURPOSE_NOT_GRANTED = "purpose_not_granted"
    NOT_INSTRUCTED = "not_instructed"
    WORKSPACE_OPTED_OUT = "workspace_opted_out"
    PARTY_NOT_GRANTED = "party_not_granted"


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What the rule looks at. `granted_by_all_parties` is False whenever a party is unknown."""

    state: CallState
    role: Role
    purposes: Collection[Purpose]
    instructed_purposes: Collection[Purpose]
    held: bool
    restricted: bool
    workspace_opted_in: bool
    granted_by_all_parties: bool
    person_opted_out: bool = False
    """Somebody who takes part in the call opted out, by whichever number (promise RU10)."""


def may_train(facts: TrainingFacts) -> TrainingReason:
    """Return ALLOWED or the first reason that keeps the call out of the corpus."""
    train = Purpose.TRAIN_AI_SYSTEM
    for kept_out, reason in (
        (facts.state is not CallState.READY, TrainingReason.NOT_READY),
        (facts.held, TrainingReason.HELD),
        (facts.restricted, TrainingReason.RESTRICTED),
        (facts.person_opted_out, TrainingReason.PERSON_OPTED_OUT),
        (train not in facts.purposes, TrainingReason.PURPOSE_NOT_GRANTED),
        (facts.role is Role.PROCESSOR and train not in facts.instructed_purposes, TrainingReason.NOT_INSTRUCTED),
        (not facts.workspace_opted_in, TrainingReason.WORKSPACE_OPTED_OUT),
        (not facts.granted_by_all_parties, TrainingReason.PARTY_NOT_GRANTED),
    ):
        if kept_out:
            return reason
    return TrainingReason.ALLOWED
