"""May this stage run now? The one rule that every stage asks, with its reason, in order of precedence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.calls import UNSERVED_FOR_GOOD, CallState
from domain.records import Purpose, Role


class Consent(StrEnum):
    """What is known of the parties' consent to recording."""

    GRANTED = "granted"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Verdict(StrEnum):
    """Go now, wait and be asked again, or never."""

    GO = "go"
    WAIT = "wait"
    NEVER = "never"


class Reason(StrEnum):
    """Why, in a constant word that is stored with the stage and explained in docs/stages.md."""

    ALLOWED = "allowed"
    ERASURE_PENDING = "erasure_pending"
    RETENTION_OVER = "retention_over"
    NO_INSTRUCTION = "no_instruction"
    PURPOSE_NOT_ALLOWED = "purpose_not_allowed"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_UNKNOWN = "consent_unknown"
    RESTRICTED = "restricted"
    RECORDING_ERASED = "recording_erased"
    TRANSCRIPT_ERASED = "transcript_erased"
    WORKSPACE_ENDED = "workspace_ended"
    INSIGHTS_OFF = "insights_off"
    MINOR = "minor"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with its reason."""

    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class ProcessingFacts:
    """What the rule looks at."""

    state: CallState
    role: Role
    purposes: Collection[Purpose]
    retain_until: datetime
    instructed_purposes: Collection[Purpose]
    """What the customer's instruction in force names; empty when there is none (GDPR Art. 28(3))."""
    consent_required: bool
    consent: Consent
    restricted: bool
    part_over: Reason | None = None
    """RECORDING_ERASED or TRANSCRIPT_ERASED when a part that the purpose needs is past its own window."""
    workspace_ended: bool = False
    insights_on: bool = False
    """Whether the workspace's administrators let anything be derived from calls (promise RU8)."""
    person_against: Reason | None = None
    """MINOR, CONSENT_WITHDRAWN or OBJECTION when somebody in the call must not, or does not want to, be processed."""


def decide_processing(facts: ProcessingFacts, *, purpose: Purpose, now: datetime) -> Decision:
    """Say whether a record may be worked on for this purpose at this instant."""
    for refused, verdict, reason in (
        (facts.state in UNSERVED_FOR_GOOD, Verdict.NEVER, Reason.ERASURE_PENDING),
        (now >= facts.retain_until, Verdict.NEVER, Reason.RETENTION_OVER),
        (purpose is Purpose.INSIGHTS and not facts.insights_on, Verdict.NEVER, Reason.INSIGHTS_OFF),
        (purpose not in facts.purposes, Verdict.NEVER, Reason.PURPOSE_NOT_ALLOWED),
        (facts.consent is Consent.REFUSED, Verdict.NEVER, Reason.CONSENT_REFUSED),
        (facts.part_over is not None, Verdict.NEVER, facts.part_over or Reason.RECORDING_ERASED),
        (facts.workspace_ended, Verdict.WAIT, Reason.WORKSPACE_ENDED),
        (_uninstructed(facts, purpose), Verdict.WAIT, Reason.NO_INSTRUCTION),
        (facts.restricted, Verdict.WAIT, Reason.RESTRICTED),
        (facts.person_against is not None, Verdict.WAIT, facts.person_against or Reason.OBJECTION),
        (facts.consent_required and facts.consent is Consent.UNKNOWN, Verdict.WAIT, Reason.CONSENT_UNKNOWN),
    ):
        if refused:
            return Decision(verdict, reason)
    return Decision(Verdict.GO, Reason.ALLOWED)


def _uninstructed(facts: ProcessingFacts, purpose: Purpose) -> bool:
    return facts.role is Role.PROCESSOR and purpose not in facts.instructed_purposes
