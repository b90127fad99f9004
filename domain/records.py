"""What every record is born with: whose it is, in which role, for which purposes, on which basis, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """The kinds of record that have rules of their own."""

    COMMUNICATIONS_CONTENT = "communications_content"
    """Recording, transcript and what is derived from them (promises RU3, RK1, RK5)."""
    TRAFFIC_IDENTIFIERS = "traffic_identifiers"
    """Numbers and names of the people in a call log or CDR (RK6)."""
    TRAFFIC_DATA = "traffic_data"
    """Time, duration, direction and routing of a call (RK2, RK7)."""
    USAGE_DATA = "usage_data"
    """What people did in the product: audit events, request logs (RK3, RK9)."""
    BEHAVIOUR_ANALYTICS = "behaviour_analytics"
    """What is worked out of usage about how people behave (RK10)."""
    BUSINESS_CONTACT = "business_contact"
    """People at a customer or partner to whom the vendor talks or markets (RK15)."""
    SUPPLIER_CONTACT = "supplier_contact"
    """People who work for a supplier (RK13)."""
    SUPPLIER_INDIVIDUAL = "supplier_individual"
    """A supplier who is one person (RK13)."""
    PROSPECT = "prospect"
    """People who may become customers (RK14)."""
    ACCOUNT = "account"
    """Who may log in, under which name, for which workspace (RN7, RN8)."""
    CONSENT_EVIDENCE = "consent_evidence"
    """What proves that somebody consented, or withdrew (RN14, RN15)."""
    VOICE_SAMPLE = "voice_sample"
    """A voice and what is derived from it to know it again (RU5)."""


class Role(StrEnum):
    """GDPR Art. 4(7), (8)."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"


class Purpose(StrEnum):
    """What a record may be used for. A purpose that is not here cannot be saved (promise RL2)."""

    TRANSCRIPTION = "transcription"
    REDACTION = "redaction"
    SERVE_CUSTOMER = "serve_customer"
    INSIGHTS = "insights"
    """Intent, sentiment, outcome: only where the customer enabled it (RU8)."""
    TRAIN_AI_SYSTEM = "train_ai_system"
    TRAFFIC_MANAGEMENT = "traffic_management"
    BILLING = "billing"
    """Billing, settlement and their disputes (RK4)."""
    SECURITY = "security"
    """Security and fraud prevention (RK4)."""
    PRODUCT_ANALYTICS = "product_analytics"
    MARKETING = "marketing"
    RELATIONSHIP_MANAGEMENT = "relationship_management"
    SUPPLIER_MANAGEMENT = "supplier_management"
    ACCOUNT_ADMINISTRATION = "account_administration"
    LEGAL_COMPLIANCE = "legal_compliance"
    """Proof, tax, accounting, legal claims (RL7, RN7)."""
    VOICE_IDENTIFICATION = "voice_identification"


class LegalBasis(StrEnum):
    """GDPR Art. 6(1) as far as the product uses it; `customer_instruction` is the processor's ground (Art. 28)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
    """No ground in India: the DPDP Act knows consent and listed uses only."""
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
