"""May a call's derived text enter the corpus? (law.md C4.) All must hold; the first that does not is the reason.

In order: the call is there to be learned from; what keeps it out whatever anybody granted (opt-out, consent taken back,
objection, minor, emergency call, hold, restriction); purpose, instruction and the workspace's choice; the ground on
which each party's words may be used; the redaction. What nobody can grant away is asked before what somebody could
still grant, so that the count of each reason says what would help.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.calls import UNSERVED_FOR_GOOD, CallState
from domain.jurisdictions import Jurisdiction
from domain.records import LegalBasis, Purpose, Role


class TrainingReason(StrEnum):
    """Why a call is in or out."""

    ALLOWED = "allowed"
    ERASED = "erased"
    """It is being erased, or gone."""
    RETENTION_OVER = "retention_over"
    """It is due, or its transcript is."""
    AFTER_SNAPSHOT = "after_snapshot"
    """It came, or was redacted, after the instant for which was asked."""
    NOT_READY = "not_ready"
    WORKSPACE_ENDED = "workspace_ended"
    PERSON_OPTED_OUT = "person_opted_out"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    """Somebody refused training, or took the consent back."""
    OBJECTION = "objection"
    """Somebody objected to training; the objection is open, or was upheld (GDPR Art. 21)."""
    MINOR = "minor"
    EMERGENCY_CALL = "emergency_call"
    HELD = "held"
    RESTRICTED = "restricted"
    PURPOSE_NOT_GRANTED = "purpose_not_granted"
    """The policy under which the record was born does not name training among its purposes."""
    NOT_INSTRUCTED = "not_instructed"
    """The vendor is a processor and the customer's instruction does not name training."""
    WORKSPACE_OPTED_OUT = "workspace_opted_out"
    PARTY_UNKNOWN = "party_unknown"
    """It is not known who everybody in the call is, so nobody can say that they all agreed."""
    CONSENT_EXPIRED = "consent_expired"
    PARTY_NOT_GRANTED = "party_not_granted"
    REDACTION_TOO_OLD = "redaction_too_old"
    REDACTION_NOT_CHECKED = "redaction_not_checked"
    """No redaction of the served version passed its second look, or a person rejected it."""


NOT_YET: Final = frozenset({TrainingReason.AFTER_SNAPSHOT, TrainingReason.NOT_READY, TrainingReason.REDACTION_TOO_OLD})
"""Reasons that keep a call out of a release to be built and say nothing against an item that is published already: it
is heard again, say. `may_stay` looks past them, as something else may lie behind."""


class Granted(StrEnum):
    """How it stands with the consent of everybody in a call, or of one of them; in order of rising doubt."""

    YES = "yes"
    EXPIRED = "expired"
    NO = "no"


class RedactionState(StrEnum):
    """What is known of the redaction of the version that is served."""

    PASSED = "passed"
    TOO_OLD = "too_old"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What the rule looks at. No field has a default: whoever asks has looked."""

    state: CallState
    role: Role
    purposes: Collection[Purpose]
    instructed_purposes: Collection[Purpose]
    retention_over: bool
    after_snapshot: bool
    workspace_ended: bool
    workspace_opted_in: bool
    person_opted_out: bool
    """Somebody who takes part in the call opted out, by whichever number (promise RU10)."""
    consent_withdrawn: bool
    objected: bool
    minor: bool
    emergency: bool
    held: bool
    restricted: bool
    parties_known: bool
    """At least two, and every one of them by a number or address."""
    granted: Granted
    """YES when every party's consent stood at the snapshot and stands now."""
    other_basis: LegalBasis | None
    """A ground other than consent that is valid in all jurisdictions of the parties; see `common_basis`."""
    redaction: RedactionState


def may_train(facts: TrainingFacts) -> TrainingReason:
    """Return ALLOWED or the first reason that keeps the call out of the corpus."""
    return next((reason for kept_out, reason in _asked(facts) if kept_out), TrainingReason.ALLOWED)


def may_stay(facts: TrainingFacts) -> TrainingReason:
    """Return ALLOWED or the first reason that takes back an item that was made of the call before."""
    against = (reason for kept_out, reason in _asked(facts) if kept_out and reason not in NOT_YET)
    return next(against, TrainingReason.ALLOWED)


def _asked(facts: TrainingFacts) -> Sequence[tuple[bool, TrainingReason]]:
    train = Purpose.TRAIN_AI_SYSTEM
    by_consent = facts.other_basis is None
    return (
        (facts.state in UNSERVED_FOR_GOOD, TrainingReason.ERASED),
        (facts.retention_over, TrainingReason.RETENTION_OVER),
        (facts.after_snapshot, TrainingReason.AFTER_SNAPSHOT),
        (facts.state is not CallState.READY, TrainingReason.NOT_READY),
        (facts.workspace_ended, TrainingReason.WORKSPACE_ENDED),
        (facts.person_opted_out, TrainingReason.PERSON_OPTED_OUT),
        (facts.consent_withdrawn, TrainingReason.CONSENT_WITHDRAWN),
        (facts.objected, TrainingReason.OBJECTION),
        (facts.minor, TrainingReason.MINOR),
        (facts.emergency, TrainingReason.EMERGENCY_CALL),
        (facts.held, TrainingReason.HELD),
        (facts.restricted, TrainingReason.RESTRICTED),
        (train not in facts.purposes, TrainingReason.PURPOSE_NOT_GRANTED),
        (facts.role is Role.PROCESSOR and train not in facts.instructed_purposes, TrainingReason.NOT_INSTRUCTED),
        (not facts.workspace_opted_in, TrainingReason.WORKSPACE_OPTED_OUT),
        (not facts.parties_known, TrainingReason.PARTY_UNKNOWN),
        (by_consent and facts.granted is Granted.EXPIRED, TrainingReason.CONSENT_EXPIRED),
        (by_consent and facts.granted is Granted.NO, TrainingReason.PARTY_NOT_GRANTED),
        (facts.redaction is RedactionState.TOO_OLD, TrainingReason.REDACTION_TOO_OLD),
        (facts.redaction is RedactionState.NOT_CHECKED, TrainingReason.REDACTION_NOT_CHECKED),
    )


TRAINING_BASES: Final = frozenset({LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTEREST})
"""Grounds other than each party's own consent on which a workspace may state that calls are trained on."""


def is_valid_in(basis: LegalBasis, place: Jurisdiction) -> bool:
    """Say whether training may rest on this ground there; in India never on legitimate interest (DPDP Act; RK4)."""
    if basis is LegalBasis.CONSENT:
        return True
    return basis in TRAINING_BASES and not (basis is LegalBasis.LEGITIMATE_INTEREST and "IN" in place.within)


def common_basis(stated: Mapping[str, LegalBasis], places: Sequence[Jurisdiction | None]) -> LegalBasis | None:
    """Return the one ground other than consent that is stated for, and valid in, all these places; else None.

    Args:
        stated: what the workspace states, by jurisdiction; the nearest counts (US-CA before US).
        places: of every party; None where nobody knows, which no ground but consent can be valid for.
    """
    found = {None if place is None else _basis_at(stated, place) for place in places}
    return found.pop() if len(found) == 1 else None


def _basis_at(stated: Mapping[str, LegalBasis], place: Jurisdiction) -> LegalBasis | None:
    near = next((stated[code] for code in place.within if code in stated), None)
    return near if near is not None and near in TRAINING_BASES and is_valid_in(near, place) else None


@dataclass(frozen=True, slots=True)
class PartyGround:
    """What one party's consent says: how it stands, and until when."""

    granted: Granted
    until: datetime | None = None


def all_granted(parties: Sequence[PartyGround]) -> Granted:
    """Return how it stands with the consent of them all: of nobody, NO; else the worst of them."""
    worst = max((list(Granted).index(party.granted) for party in parties), default=len(Granted) - 1)
    return list(Granted)[worst]
