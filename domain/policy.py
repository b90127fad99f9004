"""A policy: for each category its role, purposes, basis and retention. Tags of a new record come from here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.records import Category, LegalBasis, Purpose, RecordTags, Role
from domain.retention import Align, Duration, RetentionRule, due_at


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What a policy says of one category."""

    role: Role
    purposes: tuple[Purpose, ...]
    legal_basis: LegalBasis
    retention: RetentionRule


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned policy. Every category has a rule, so that no record can be born without one."""

    policy_id: str
    version: int
    region: str
    zone: str
    consent_required: bool
    categories: Mapping[Category, CategoryRule]

    def tags(self, category: Category, *, workspace_id: str, anchor: datetime) -> RecordTags:
        """Return the tags of a record of this category whose clock starts at `anchor`."""
        rule = self.categories[category]
        return RecordTags(
            workspace_id=workspace_id,
            category=category,
            role=rule.role,
            purposes=rule.purposes,
            legal_basis=rule.legal_basis,
            region=self.region,
            retain_until=due_at(rule.retention, anchor),
            policy_id=self.policy_id,
            policy_version=self.version,
        )


def policy_from_document(document: Mapping[str, Any]) -> Policy:
    """Read a policy from its data form (a profile file, a stored policy).

    Raises:
        ValueError: with a sentence that names the field, for anything missing, unknown or without a legal basis.
    """
    try:
        zone = _zone(str(document["zone"]))
        rules = {Category(name): _rule(name, body, zone) for name, body in dict(document["categories"]).items()}
        policy = Policy(
            policy_id=str(document["id"]),
            version=int(document["version"]),
            region=str(document["region"]),
            zone=zone,
            consent_required=bool(document.get("consent_required", False)),
            categories=rules,
        )
    except KeyError as missing:
        raise ValueError(f"the policy lacks the field {missing.args[0]!r}") from None
    except (TypeError, AttributeError):
        raise ValueError("the policy does not have the shape of one; see profiles/strict.yaml") from None
    lacking = [category.value for category in Category if category not in rules]
    if lacking:
        raise ValueError(f"the policy has no rule for: {', '.join(lacking)}")
    return policy


def _rule(name: str, body: Mapping[str, Any], zone: str) -> CategoryRule:
    role = Role(body["role"])
    basis = LegalBasis(body["legal_basis"])
    purposes = tuple(Purpose(purpose) for purpose in body["purposes"])
    if not purposes:
        raise ValueError(f"{name}: a record without a purpose cannot be saved")
    if (role is Role.PROCESSOR) != (basis is LegalBasis.CUSTOMER_INSTRUCTION):
        raise ValueError(f"{name}: the processor acts on the customer's instruction, the controller never does")
    retention = body["retention"]
    return CategoryRule(
        role=role,
        purposes=purposes,
        legal_basis=basis,
        retention=RetentionRule(
            add=Duration.parse(str(retention["add"])),
            zone=_zone(str(retention.get("zone", zone)), f"{name}: "),
            align=Align(retention.get("align", "none")),
            source=str(retention.get("source", "")),
        ),
    )


def _zone(name: str, where: str = "") -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{where}unknown zone {name!r}; write one of the IANA database such as Asia/Kolkata") from None
    return name
