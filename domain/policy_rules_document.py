"""Reading what a policy document says of one category: its role, its purposes with their grounds, its retention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.due_facts import CustomerType
from domain.durations import Duration
from domain.policy import BasisCase, CategoryRule
from domain.policy_limits import StayReason
from domain.policy_part import Part
from domain.records import Category, LegalBasis, Purpose, Role
from domain.retention import Action, Align, Anchor, RetentionRule

_ANCHORS: Final[Mapping[Category, Anchor]] = {
    Category.BUSINESS_CONTACT: Anchor.RELATIONSHIP_ENDED_AT,
    Category.SUPPLIER_CONTACT: Anchor.RELATIONSHIP_ENDED_AT,
    Category.SUPPLIER_INDIVIDUAL: Anchor.RELATIONSHIP_ENDED_AT,
    Category.PROSPECT: Anchor.LAST_CONTACT_AT,
    Category.ACCOUNT: Anchor.ENDED_AT,
    Category.CONSENT_EVIDENCE: Anchor.CONSENT_UNTIL,
}
"""From what the clock of a category runs unless its rule says otherwise; of all others from `occurred_at`."""
_OPEN_ENDED: Final = frozenset({Category.BUSINESS_CONTACT, Category.ACCOUNT})
_RULE_FIELDS: Final = ("role", "purposes", "legal_basis", "retention", "outlives_account")
_RETENTION_FIELDS: Final = (
    *("add", "align", "zone", "source", "anchor", "action", "jurisdiction"),
    *("floor", "longest", "open_ended", "stops_with_agreement"),
)


def read_rule(category: Category, part: Part, zone: str) -> CategoryRule | None:
    """Return what the document says of a category; None where it says too little, with faults."""
    part.only(*_RULE_FIELDS)
    role = part.word("role", Role)
    grounds = _grounds(part)
    retentions = _retentions(category, role, part, zone)
    if role is None or not grounds or not retentions:
        return None
    instructed = {case.basis is LegalBasis.CUSTOMER_INSTRUCTION for cases in grounds.values() for case in cases}
    if instructed != {role is Role.PROCESSOR}:
        part.fault("the processor acts on the customer's instruction, the controller never does", "legal_basis")
    named = part.fields.get("outlives_account")
    stays = None if named is None else part.one_of(named, StayReason, "outlives_account")
    return CategoryRule(role, grounds, retentions, stays)


def _grounds(part: Part) -> dict[Purpose, tuple[BasisCase, ...]]:
    """Read purposes as a list under one `legal_basis`, or as a mapping of each purpose to its own (promise RN3)."""
    purposes = part.needed("purposes")
    common = _cases(part, part.fields["legal_basis"], "legal_basis") if "legal_basis" in part.fields else ()
    if isinstance(purposes, list) and "legal_basis" not in part.fields:
        part.fault("lacks the field 'legal_basis'")
    elif isinstance(purposes, list | Mapping) and not purposes:
        part.fault("a record without a purpose cannot be saved", "purposes")
    elif purposes is not None and not isinstance(purposes, list | Mapping):
        part.fault("must be a list of purposes, or name a basis for each", "purposes")
    grounds: dict[Purpose, tuple[BasisCase, ...]] = {}
    for place, name in enumerate(purposes if isinstance(purposes, list | Mapping) else ()):
        purpose = part.one_of(name, Purpose, "purposes", str(name) if isinstance(purposes, Mapping) else place)
        cases = common
        if isinstance(purposes, Mapping) and purposes[name] is not None:
            cases = _cases(part, purposes[name], "purposes", name)
        if purpose is not None and isinstance(purposes, Mapping) and purposes[name] is None and not common:
            part.fault("a purpose without a legal basis cannot be saved (promise RN3)", "purposes", name)
        if purpose is not None and cases:
            grounds[purpose] = cases
    return grounds


def _cases(part: Part, value: Any, *steps: str) -> tuple[BasisCase, ...]:
    """Read one basis, or a list of cases of which the last is for everybody."""
    if not isinstance(value, list):
        basis = part.one_of(value, LegalBasis, *steps)
        return () if basis is None else (BasisCase(basis),)
    cases = tuple(_case(Part(item, (*part.path, *steps, place), part.faults)) for place, item in enumerate(value))
    found = tuple(case for case in cases if case is not None)
    if len(found) == len(cases) and (not found or found[-1].customer_type or found[-1].jurisdiction):
        part.fault("the last case must be for everybody: a basis without customer_type and jurisdiction", *steps)
        return ()
    return found


def _case(part: Part) -> BasisCase | None:
    part.only("basis", "customer_type", "jurisdiction")
    basis, place = part.word("basis", LegalBasis), part.place()
    customer = part.word("customer_type", CustomerType) if "customer_type" in part.fields else None
    if basis is LegalBasis.LEGITIMATE_INTEREST and place is not None and place.split("-")[0] == "IN":
        part.fault("legitimate_interest is no basis in India: write consent, contract or legal_obligation", "basis")
        return None
    return None if basis is None else BasisCase(basis, customer, place)


def _retentions(category: Category, role: Role | None, part: Part, zone: str) -> tuple[RetentionRule, ...]:
    """Read one rule, or a list of which the last is for everybody."""
    value = part.needed("retention")
    if not isinstance(value, list):
        rule = None if value is None else _retention(category, role, part.part("retention"), zone)
        if rule is not None and rule.jurisdiction is not None:
            part.fault("the only rule of a category is for everybody: leave jurisdiction out", "retention")
        return () if rule is None else (rule,)
    rules = [_retention(category, role, each, zone) for each in part.parts("retention")]
    found = tuple(rule for rule in rules if rule is not None)
    if len(found) == len(rules) and [rule.jurisdiction for rule in found if rule.jurisdiction is None] != [None]:
        part.fault("exactly one rule, the last, must be for everybody: without jurisdiction", "retention")
    elif len(found) == len(rules) and found[-1].jurisdiction is not None:
        part.fault("the rule for everybody, without jurisdiction, must be the last", "retention")
    elif len({rule.jurisdiction for rule in found}) != len(found):
        part.fault("two rules are for the same jurisdiction; keep one", "retention")
    return found


def _retention(category: Category, role: Role | None, part: Part, zone: str) -> RetentionRule | None:
    part.only(*_RETENTION_FIELDS)
    before = len(part.faults)
    part.needed("add")
    add, align = part.duration("add"), part.word("align", Align, Align.NONE)
    if "add" in part.fields and part.fields["add"] is None and role is Role.CONTROLLER:
        part.fault("only the customer's instruction may leave the window open; name one such as P12M", "add")
    anchor = part.word("anchor", Anchor, _ANCHORS.get(category, Anchor.OCCURRED_AT))
    action = part.word("action", Action, Action.ERASE)
    if add is not None and add.exact and align is not Align.NONE:
        part.fault("a duration in hours cannot be aligned to the end of a month or year", "align")
    rule = RetentionRule(
        add=add,
        zone=part.zone("zone", zone),
        align=align or Align.NONE,
        source=str(part.fields.get("source", "")),
        anchor=anchor or Anchor.OCCURRED_AT,
        action=action or Action.ERASE,
        jurisdiction=part.place(),
        floor=part.duration("floor"),
        longest=_longest(role, part, add),
        open_ended=part.flag("open_ended", default=category in _OPEN_ENDED),
        stops_with_agreement=part.flag("stops_with_agreement", default=category is Category.PROSPECT),
    )
    return rule if len(part.faults) == before else None


def _longest(role: Role | None, part: Part, add: Duration | None) -> Duration | None:
    """What a controller keeps, a workspace may shorten and never lengthen; content is the customer's (RK5, RU20)."""
    return part.duration("longest") if "longest" in part.fields else (add if role is Role.CONTROLLER else None)
