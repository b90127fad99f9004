"""What `decide_due` looks at: the facts of a record, and what its workspace says about keeping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.durations import Duration
from domain.jurisdictions import Jurisdiction
from domain.records import Category
from domain.retention import Action, Anchor


class CustomerType(StrEnum):
    """Who the customer is; the basis for managing traffic follows it (promise RK4)."""

    INDIVIDUAL = "individual"
    LEGAL_PERSON = "legal_person"


class Artifact(StrEnum):
    """What of a call has a window of its own in a workspace's settings (promise RU19)."""

    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    DERIVED_OUTPUT = "derived_output"
    CALL_METADATA = "call_metadata"
    CDR_IDENTIFIERS = "cdr_identifiers"


ARTIFACTS: Final[Mapping[Category, tuple[Artifact, ...]]] = {
    Category.COMMUNICATIONS_CONTENT: (Artifact.RECORDING, Artifact.TRANSCRIPT, Artifact.DERIVED_OUTPUT),
    Category.TRAFFIC_DATA: (Artifact.CALL_METADATA,),
    Category.TRAFFIC_IDENTIFIERS: (Artifact.CDR_IDENTIFIERS,),
}
"""Which windows a workspace may set for records of a category; of others the profile alone decides."""


class MissingAnchor(ValueError):
    """The fact from which the record's clock runs is not there."""

    def __init__(self, anchor: Anchor) -> None:
        super().__init__(f"{anchor.value} is missing, and the clock of this record runs from it")
        self.anchor = anchor


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What is known of one record. All instants are aware."""

    category: Category
    occurred_at: datetime | None = None
    """When it came to be: for a call its start, for other records the processing that made them."""
    jurisdiction: Jurisdiction | None = None
    customer_type: CustomerType | None = None
    artifact: Artifact | None = None
    """Which part of a call it is; None: whichever of its category's windows ends first."""
    relationship_ended_at: datetime | None = None
    last_contact_at: datetime | None = None
    agreement: bool = False
    consent_until: datetime | None = None
    processed_at: datetime | None = None
    """When its processing ended; where the window says "once processed" it is not due before."""
    awaits_processing: bool = False
    """Still on its way through the stages: "once processed" does not count yet, the profile's own window does."""


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """What a workspace's administrators set, in one version, and when its account ended."""

    windows: Mapping[Artifact, Duration] = field(default_factory=dict)
    actions: Mapping[Artifact, Action] = field(default_factory=dict)
    ended_at: datetime | None = None
    version: int = 0
    """0: nobody set anything."""
    set_by: str = ""
    set_at: datetime | None = None
    waived_until: Mapping[Artifact, datetime] = field(default_factory=dict)
    """Until when a waiver in force lets a window be longer than the profile allows (promise RN26)."""


NO_SETTINGS: Final = RetentionSettings()
