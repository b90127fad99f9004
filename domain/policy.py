"""A policy: for each category its role, purposes, basis and retention. Tags of a new record come from here only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from domain.due_facts import CustomerType
from domain.jurisdictions import Jurisdiction
from domain.policy_limits import Ceiling, Floor, StayReason
from domain.policy_settings import PolicySettings
from domain.records import Category, LegalBasis, Purpose, RecordTags, Role
from domain.retention import RetentionRule, due_at

_MOST_ASKED: Final = 4096
_Limit = TypeVar("_Limit", Floor, Ceiling)


@dataclass(frozen=True, slots=True)
class BasisCase:
    """A legal basis, and whom it is for: customers of one kind, people of one jurisdiction, or everybody."""

    basis: LegalBasis
    customer_type: CustomerType | None = None
    jurisdiction: str | None = None

    def suits(self, customer_type: CustomerType, within: Iterable[str]) -> bool:
        """Say whether it is the basis for this customer in these places."""
        if self.customer_type is not None and self.customer_type is not customer_type:
            return False
        return self.jurisdiction is None or self.jurisdiction in within


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the customer instructs its processor to do (GDPR Art. 28(3)); never without a version."""

    version: int
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What a policy says of one category."""

    role: Role
    grounds: Mapping[Purpose, tuple[BasisCase, ...]]
    """For each purpose its bases, the first that suits counts; the first purpose is the record's main one (RN3)."""
    retentions: tuple[RetentionRule, ...]
    """For each jurisdiction that has a rule of its own, that rule; last the one for everybody."""
    outlives_account: StayReason | None = None
    """Why its records may stay longer than the end of the account allows (RN9); None: they may not."""

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What its records may be used for."""
        return tuple(self.grounds)

    @property
    def retention(self) -> RetentionRule:
        """The rule for everybody."""
        return self.retentions[-1]

    def basis(self, customer_type: CustomerType, within: Iterable[str], purpose: Purpose | None = None) -> LegalBasis:
        """Return the legal basis for this customer and these places; of the main purpose unless one is named."""
        cases = self.grounds[purpose or next(iter(self.grounds))]
        return next(case.basis for case in cases if case.suits(customer_type, within))

    def retention_in(self, within: Iterable[str]) -> RetentionRule:
        """Return the rule of the nearest of these places that has one of its own, else the one for everybody."""
        by_place = {rule.jurisdiction: rule for rule in self.retentions}
        return next((by_place[place] for place in within if place in by_place), self.retention)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says of a record once its category, customer and place are known."""

    role: Role
    legal_basis: LegalBasis
    retention: RetentionRule
    rule_name: str
    floor: Floor | None
    ceiling: Ceiling | None
    outlives_account: StayReason | None
    clocks: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """When the rule's clock runs out for a local date; shared by all terms with this rule (`domain.due_clock`)."""
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What else was worked out under these terms before."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A versioned policy. Every category has a rule, so that no record can be born without one."""

    policy_id: str
    version: int
    region: str
    zone: str
    consent_required: bool
    categories: Mapping[Category, CategoryRule]
    instruction: Instruction | None = None
    """The standard instruction of the profile, or that of the workspace; None: no category has the role processor."""
    customer_type: CustomerType = CustomerType.LEGAL_PERSON
    """What the customer is where a record does not say (promise RK4)."""
    floors: tuple[Floor, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    settings: PolicySettings = field(default_factory=PolicySettings)
    _terms: dict[Any, Terms] = field(default_factory=dict, init=False, compare=False, repr=False)
    _clocks: dict[str, dict[Any, Any]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def tags(self, category: Category, *, workspace_id: str, anchor: datetime) -> RecordTags:
        """Return the tags of a record of this category whose clock starts at `anchor`."""
        rule = self.categories[category]
        return RecordTags(
            workspace_id=workspace_id,
            category=category,
            role=rule.role,
            purposes=rule.purposes,
            legal_basis=self.terms(category, None, None).legal_basis,
            region=self.region,
            retain_until=due_at(rule.retention, anchor),
            policy_id=self.policy_id,
            policy_version=self.version,
        )

    def terms(self, category: Category, place: Jurisdiction | None, customer_type: CustomerType | None) -> Terms:
        """Return what the policy says of a record of this category, person's place and customer."""
        asked = (category, None if place is None else place.code, customer_type)
        known = self._terms.get(asked)
        if known is None:
            made = self._made_terms(category, () if place is None else place.within, customer_type)
            if len(self._terms) >= _MOST_ASKED:
                self._terms.clear()
            same = (made.rule_name, made.legal_basis, made.floor, made.ceiling)
            known = self._terms[asked] = self._terms.setdefault(same, made)
        return known

    def _made_terms(self, category: Category, within: tuple[str, ...], customer_type: CustomerType | None) -> Terms:
        rule = self.categories[category]
        retention = rule.retention_in(within)
        name = f"{self.policy_id}/{category.value}"
        if retention.jurisdiction is not None:
            name = f"{name}/{retention.jurisdiction}"
        return Terms(
            role=rule.role,
            legal_basis=rule.basis(customer_type or self.customer_type, within),
            retention=retention,
            rule_name=name,
            floor=_nearest((floor for floor in self.floors if floor.role is rule.role), within),
            ceiling=None if rule.outlives_account else _nearest(self.ceilings, within),
            outlives_account=rule.outlives_account,
            clocks=self._clocks.setdefault(name, {}),
        )

    def rules(self) -> Iterator[tuple[Category, Role, RetentionRule]]:
        """Yield every retention rule with the category and role that it is for."""
        for category, rule in self.categories.items():
            for retention in rule.retentions:
                yield category, rule.role, retention


def _nearest(limits: Iterable[_Limit], within: tuple[str, ...]) -> _Limit | None:
    by_place = {limit.jurisdiction: limit for limit in limits}
    return next((by_place[place] for place in (*within, None) if place in by_place), None)
