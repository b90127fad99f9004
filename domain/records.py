"""What every record is born with: whose it is, in which role, for which purposes, on which basis, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """The kinds of record that have rules of their own."""

    CONTENT = "content"
    """Recording, transcript and what is derived from them (promises RU3, RK1)."""
    TRAFFIC_IDENTIFIERS = "traffic_identifiers"
    """Numbers and names of the people in a call log or CDR (RK6)."""
    TRAFFIC = "traffic"
    """Time, duration, direction and routing of a call (RK2, RK7)."""
    USAGE = "usage"
    """What people did in the product: audit events, request logs (RK9)."""


class Role(StrEnum):
    """GDPR Art. 4(7), (8)."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"


class Purpose(StrEnum):
    """What a record may be used for. A purpose that is not here cannot be saved (promise RL2)."""

    TRANSCRIPTION = "transcription"
    REDACTION = "redaction"
    SERVE_CUSTOMER = "serve_customer"
    TRAFFIC_MANAGEMENT = "traffic_management"
    BILLING = "billing"
    SECURITY = "security"
    TRAIN_AI_SYSTEM = "train_ai_system"


class LegalBasis(StrEnum):
    """GDPR Art. 6(1) as far as the product uses it; `customer_instruction` is the processor's ground (Art. 28)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CUSTOMER_INSTRUCTION = "customer_instruction"


@dataclass(frozen=True, slots=True)
class RecordTags:
    """The tags without which no record is saved. `retain_until` is the first instant at which it may not be kept."""

    workspace_id: str
    category: Category
    role: Role
    purposes: tuple[Purpose, ...]
    legal_basis: LegalBasis
    region: str
    retain_until: datetime
    policy_id: str
    policy_version: int

    def to_document(self) -> dict[str, Any]:
        """Return the tags as fields of a stored document."""
        return {
            "workspace_id": self.workspace_id,
            "category": self.category.value,
            "role": self.role.value,
            "purposes": [purpose.value for purpose in self.purposes],
            "legal_basis": self.legal_basis.value,
            "region": self.region,
            "retain_until": self.retain_until,
            "policy_id": self.policy_id,
            "policy_version": self.policy_version,
        }


TAG_FIELDS = (
    "workspace_id",
    "category",
    "role",
    "purposes",
    "legal_basis",
    "region",
    "retain_until",
    "policy_id",
    "policy_version",
)
