"""Reading a policy from its data form (a profile file, a stored policy), with every mistake told at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.due_facts import CustomerType
from domain.policy import CategoryRule, Instruction, Policy
from domain.policy_conflicts import conflicts
from domain.policy_faults import PolicyFault, PolicyRefused
from domain.policy_limits import Ceiling, Floor, Yields
from domain.policy_part import Part
from domain.policy_rules_document import read_rule
from domain.policy_settings import PRIVACY_SHIELD_VOID_FROM, PolicySettings, Safeguard
from domain.records import Category, Purpose, Role

_FIELDS: Final = (
    *("id", "version", "revised", "region", "zone", "consent_required", "customer_type"),
    *("categories", "title", "instruction", "floors", "ceilings", "settings", "controls"),
)
_VOID: Final = "privacy_shield is void since 2020-07-16 (C-311/18): name standard_clauses, adequacy or explicit_consent"


def policy_from_document(document: Any, *, saved: bool = False) -> Policy:
    """Read a policy.

    Args:
        document: its data form.
        saved: it was saved before: what a later version of this code would refuse to save is still read.

    Raises:
        PolicyRefused: a ValueError that tells everything that is missing, unknown, in conflict, or without a basis.
    """
    faults: list[PolicyFault] = []
    policy = _policy(Part(document, (), faults))
    if policy is not None and not faults and not saved:
        faults.extend(conflicts(policy))
    if policy is None or faults:
        raise PolicyRefused(faults)
    return policy


def _policy(part: Part) -> Policy | None:
    part.only(*_FIELDS)
    zone = part.zone("zone")
    rules = _categories(part, zone)
    policy = Policy(
        policy_id=part.text("id"),
        version=part.number("version", least=1),
        region=part.text("region"),
        zone=zone,
        consent_required=part.flag("consent_required", default=False),
        categories=rules,
        instruction=_instruction(part, rules),
        customer_type=part.word("customer_type", CustomerType, CustomerType.LEGAL_PERSON) or CustomerType.LEGAL_PERSON,
        floors=_floors(part),
        ceilings=_ceilings(part),
        settings=_settings(part),
    )
    return None if part.faults else policy


def _categories(part: Part, zone: str) -> dict[Category, CategoryRule]:
    if "categories" not in part.fields:
        part.fault("lacks the field 'categories'")
        return {}
    named = part.part("categories")
    rules: dict[Category, CategoryRule] = {}
    for name in named.fields:
        category = named.one_of(name, Category, name)
        rule = None if category is None else read_rule(category, named.part(name), zone)
        if category is not None and rule is not None:
            rules[category] = rule
    lacking = [category.value for category in Category if category.value not in named.fields]
    if lacking:
        part.fault(f"the policy has no rule for: {', '.join(lacking)}", "categories")
    return rules


def _instruction(part: Part, rules: Mapping[Category, CategoryRule]) -> Instruction | None:
    if "instruction" not in part.fields:
        if any(rule.role is Role.PROCESSOR for rule in rules.values()):
            part.fault("a processor acts on a versioned instruction (GDPR Art. 28(3)): lacks the field 'instruction'")
        return None
    told = part.part("instruction")
    told.only("version", "purposes")
    version, purposes = told.number("version", least=1), told.needed("purposes")
    if not isinstance(purposes, list) or not purposes:
        told.fault("an instruction names at least one purpose", "purposes")
        return None
    known = [told.one_of(name, Purpose, "purposes", place) for place, name in enumerate(purposes)]
    return Instruction(version, tuple(purpose for purpose in known if purpose is not None))


def _floors(part: Part) -> tuple[Floor, ...]:
    floors = []
    for each in part.parts("floors"):
        each.only("jurisdiction", "role", "add", "from", "yields", "source")
        each.needed("add")
        each.needed("from")
        role, add, since = each.word("role", Role, Role.CONTROLLER), each.duration("add"), each.day("from")
        yields = each.word("yields", Yields) if "yields" in each.fields else None
        if role is not None and add is not None and since is not None:
            floors.append(Floor(each.place(), role, add, since, yields, str(each.fields.get("source", ""))))
    return tuple(floors)


def _ceilings(part: Part) -> tuple[Ceiling, ...]:
    ceilings = []
    for each in part.parts("ceilings"):
        each.only("jurisdiction", "add", "source")
        each.needed("add")
        add = each.duration("add")
        if add is not None:
            ceilings.append(Ceiling(each.place(), add, str(each.fields.get("source", ""))))
    return tuple(ceilings)


def _settings(part: Part) -> PolicySettings:
    standard = PolicySettings()
    if "settings" not in part.fields:
        return standard
    told = part.part("settings")
    told.only(*PolicySettings.__dataclass_fields__)
    days = told.fields.get("erasure_days", standard.erasure_days)
    return PolicySettings(
        breach_report_hours=told.number("breach_report_hours", standard.breach_report_hours, least=1),
        breach_authority_hours=told.number("breach_authority_hours", standard.breach_authority_hours, least=1),
        minors_age=told.number("minors_age", standard.minors_age),
        erasure_days=None if days is None else told.number("erasure_days", standard.erasure_days, least=1),
        marketing_opt_out_business_days=told.number("marketing_opt_out_business_days", 0),
        policy_change_notice=told.flag("policy_change_notice", default=standard.policy_change_notice),
        provider_sharing=told.flag("provider_sharing", default=standard.provider_sharing),
        transfer_safeguards=_safeguards(part, told),
    )


def _safeguards(part: Part, told: Part) -> tuple[Safeguard, ...]:
    names = told.fields.get("transfer_safeguards", [])
    if not isinstance(names, list):
        told.fault("must be a list", "transfer_safeguards")
        return ()
    dated = part.day("revised")
    known = [told.one_of(name, Safeguard, "transfer_safeguards", place) for place, name in enumerate(names)]
    for place, safeguard in enumerate(known):
        if safeguard is not None and safeguard.void_on(dated or PRIVACY_SHIELD_VOID_FROM):
            told.fault(_VOID, "transfer_safeguards", place)
    return tuple(safeguard for safeguard in known if safeguard is not None)
