"""A profile as plain values, for scripts."""

from __future__ import annotations

from typing import Any

from domain.controls import Control
from domain.policy import BasisCase, CategoryRule
from domain.policy_settings import PolicySettings
from domain.retention import RetentionRule
from governance.profiles import Profile


def profile_document(profile: Profile) -> dict[str, Any]:
    """Return a profile without its controls."""
    policy = profile.policy
    return {
        "id": policy.policy_id,
        "title": profile.title,
        "version": policy.version,
        "revised": None if profile.revised is None else profile.revised.isoformat(),
        "region": policy.region,
        "zone": policy.zone,
        "consent_required": policy.consent_required,
        "categories": {category.value: _category(rule) for category, rule in policy.categories.items()},
        "ceilings": [
            {"jurisdiction": one.jurisdiction, "add": one.add.to_text(), "source": one.source}
            for one in policy.ceilings
        ],
        "floors": [
            {
                "jurisdiction": one.jurisdiction,
                "role": one.role.value,
                "add": one.add.to_text(),
                "from": one.since.isoformat(),
                "yields": None if one.yields is None else one.yields.value,
                "source": one.source,
            }
            for one in policy.floors
        ],
        "settings": {name: getattr(policy.settings, name) for name in PolicySettings.__dataclass_fields__},
    }


def _category(rule: CategoryRule) -> dict[str, Any]:
    return {
        "role": rule.role.value,
        "purposes": {purpose.value: [_case(case) for case in cases] for purpose, cases in rule.grounds.items()},
        "retention": [_retention(one) for one in rule.retentions],
        "outlives_account": rule.outlives_account,
    }


def _case(case: BasisCase) -> dict[str, Any]:
    customer = None if case.customer_type is None else case.customer_type.value
    return {"basis": case.basis.value, "customer_type": customer, "jurisdiction": case.jurisdiction}


def _retention(rule: RetentionRule) -> dict[str, Any]:
    lengths = {"add": rule.add, "floor": rule.floor, "longest": rule.longest}
    return {
        "jurisdiction": rule.jurisdiction,
        "anchor": rule.anchor.value,
        "align": rule.align.value,
        **{name: None if length is None else length.to_text() for name, length in lengths.items()},
        "zone": rule.zone,
        "action": rule.action.value,
        "open_ended": rule.open_ended,
        "stops_with_agreement": rule.stops_with_agreement,
        "source": rule.source,
    }


def control_document(control: Control) -> dict[str, Any]:
    """Return a control."""
    return {
        "id": control.control_id,
        "text": control.text,
        "kind": control.kind.value,
        "by": control.by,
        "test": control.test,
        "open": control.open,
    }
