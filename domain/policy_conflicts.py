"""What contradicts itself in a policy that is otherwise well formed; asked before a policy is saved.

A conflict is spelt out: which two fields, from which anchor on, and what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.due_facts import CustomerType
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.policy import Policy
from domain.policy_faults import PolicyFault
from domain.policy_limits import Floor
from domain.records import LegalBasis
from domain.retention import Align, due_after

_INDIA: Final = ("IN",)
_PROBES: Final = tuple(
    datetime(year, month, day, 12, tzinfo=UTC) for year in (2027, 2028) for month in range(1, 13) for day in (1, 27, 28)
) + tuple(datetime(2028, month, day, 12, tzinfo=UTC) for month, day in ((1, 31), (2, 29), (3, 31), (12, 31)))
"""Anchors at which two durations are compared: months of every length, in a common year and a leap year."""


@lru_cache(maxsize=1024)
def ends_before(add: Duration, align: Align, other: Duration, other_align: Align = Align.NONE) -> bool:
    """Say whether there is an anchor from which the one ends before the other."""
    zone = ZoneInfo("UTC")
    return any(due_after(add, align, zone, probe) < due_after(other, other_align, zone, probe) for probe in _PROBES)


def conflicts(policy: Policy) -> list[PolicyFault]:
    """Return everything in which the policy contradicts itself or the law; empty when it may be saved."""
    return [*_no_basis_in_india(policy), *_windows(policy), *_floors(policy)]


def _no_basis_in_india(policy: Policy) -> Iterator[PolicyFault]:
    for category, rule in policy.categories.items():
        for purpose in rule.grounds:
            found = {rule.basis(customer, _INDIA, purpose) for customer in CustomerType}
            if LegalBasis.LEGITIMATE_INTEREST in found:
                yield PolicyFault(
                    ("categories", category.value, "purposes"),
                    f"{purpose.value} rests on legitimate_interest in India, where the DPDP Act knows no such ground: "
                    "add a case {basis: consent, jurisdiction: IN}",
                )


def _windows(policy: Policy) -> Iterator[PolicyFault]:
    for category, _, rule in policy.rules():
        path = ("categories", category.value, "retention")
        if rule.add is None:
            continue
        if rule.longest is not None and ends_before(rule.longest, rule.align, rule.add, rule.align):
            yield PolicyFault(
                path,
                f"keeps {rule.add.in_words()}, longer than its own longest, {rule.longest.in_words()}: shorten add",
            )
        if rule.floor is not None and ends_before(rule.add, rule.align, rule.floor):
            yield PolicyFault(
                path,
                f"is due after {rule.add.in_words()}, before its own floor of {rule.floor.in_words()}: lengthen add or "
                "take the floor away",
            )


def _floors(policy: Policy) -> Iterator[PolicyFault]:
    for place, floor in enumerate(policy.floors):
        if floor.yields is not None:
            continue
        sooner = [*_shorter_rules(policy, floor), *_lower_ceilings(policy, floor)]
        if sooner:
            yield PolicyFault(
                ("floors", place),
                f"the law of {floor.jurisdiction or 'every place'} wants {floor.add.in_words()}, and sooner ends: "
                f"{', '.join(sooner)}. Say which yields: `yields: ceiling` (kept in the restricted store until the "
                "floor) or `yields: floor` (erased at the ceiling)",
            )


def _shorter_rules(policy: Policy, floor: Floor) -> Iterator[str]:
    for category, role, rule in policy.rules():
        if role is not floor.role or rule.add is None or not _meets(rule.jurisdiction, floor.jurisdiction):
            continue
        if ends_before(rule.add, rule.align, floor.add):
            yield f"{category.value} after {rule.add.in_words()}"


def _lower_ceilings(policy: Policy, floor: Floor) -> Iterator[str]:
    for ceiling in policy.ceilings:
        if _meets(ceiling.jurisdiction, floor.jurisdiction) and ends_before(ceiling.add, Align.NONE, floor.add):
            yield f"the account's end plus {ceiling.add.in_words()}"


def _meets(one: str | None, other: str | None) -> bool:
    """Say whether a record can fall under both: one place lies in the other, or either is for everybody."""
    if one is None or other is None:
        return True
    return other in jurisdiction(one).within or one in jurisdiction(other).within
