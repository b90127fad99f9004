"""A profile as a notice that a person can read: who decides, what is kept, why, on what ground, how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from domain.controls import ControlKind
from domain.policy import BasisCase, CategoryRule, Policy
from domain.records import Category, Role
from domain.retention import Action, Align, RetentionRule
from governance.profiles import Profile

_WHAT: Final = {
    Category.COMMUNICATIONS_CONTENT: "Recordings, transcripts and what is derived from them",
    Category.TRAFFIC_IDENTIFIERS: "Numbers and names in call logs and CDRs",
    Category.TRAFFIC_DATA: "Time, length, direction and routing of calls",
    Category.USAGE_DATA: "What people do in the product",
    Category.BEHAVIOUR_ANALYTICS: "What is worked out of usage about behaviour",
    Category.BUSINESS_CONTACT: "Contacts at customers and partners",
    Category.SUPPLIER_CONTACT: "Contacts at suppliers",
    Category.SUPPLIER_INDIVIDUAL: "Suppliers who are one person",
    Category.PROSPECT: "People who may become customers",
    Category.ACCOUNT: "Accounts",
    Category.CONSENT_EVIDENCE: "Proof of consent",
    Category.VOICE_SAMPLE: "Voice samples",
}
_ROLES: Final = {
    Role.CONTROLLER: "we decide (controller)",
    Role.PROCESSOR: "the customer decides, we act on its instruction (processor)",
}
_ENDS: Final = {
    Action.ERASE: "then erased",
    Action.ANONYMISE: "then made anonymous",
    Action.AGGREGATE: "then only totals stay",
    Action.DROP_IDENTIFIERS: "then the identifiers go",
}
_ALIGNED: Final = {
    Align.NONE: "after",
    Align.MONTH_END: "after the end of the month of",
    Align.YEAR_END: "after the end of the year of",
}


def notice(profile: Profile) -> Iterator[str]:
    """Yield the lines of a profile's notice."""
    policy = profile.policy
    dated = f", revised {profile.revised.isoformat()}" if profile.revised else ""
    yield f"{profile.title} ({policy.policy_id}, version {policy.version}{dated})"
    yield f"Stored in {policy.region}; days are counted in {policy.zone}."
    if policy.consent_required:
        yield "Nothing is processed before the parties consented."
    if policy.instruction is not None:
        purposes = ", ".join(policy.instruction.purposes)
        yield f"The customer's standard instruction, version {policy.instruction.version}: {purposes}."
    for category, rule in policy.categories.items():
        yield ""
        yield from _category(category, rule)
    yield ""
    yield from _limits(policy)
    yield ""
    yield from _settings(policy)
    if profile.controls:
        yield ""
        yield from _controls(profile)


def _category(category: Category, rule: CategoryRule) -> Iterator[str]:
    yield f"{_WHAT[category]} [{category.value}]"
    yield f"  who decides: {_ROLES[rule.role]}"
    for purpose, cases in rule.grounds.items():
        yield f"  for {purpose.value.replace('_', ' ')}: {'; '.join(_case(case) for case in cases)}"
    for retention in rule.retentions:
        yield f"  kept: {kept(retention)}"
    if rule.outlives_account:
        yield f"  stays after the account's end for: {rule.outlives_account}"


def _case(case: BasisCase) -> str:
    kind = case.customer_type.value.replace("_", " ") if case.customer_type else ""
    whom = " in ".join(part for part in (kind, case.jurisdiction) if part)
    return case.basis.value.replace("_", " ") + (f" ({whom})" if whom else "")


def kept(rule: RetentionRule) -> str:
    """Say how long a rule keeps, in words."""
    where = f"in {rule.jurisdiction}: " if rule.jurisdiction else ""
    source = f" [{rule.source}]" if rule.source else ""
    if rule.add is None:
        return f"{where}as long as the customer's instruction says, {_ENDS[rule.action]}{source}"
    since = f"{_ALIGNED[rule.align]} {rule.anchor.value}"
    if rule.add.once_processed:
        return f"{where}not at all: due at {rule.anchor.value}{source}"
    return f"{where}{rule.add.in_words()} {since}, {_ENDS[rule.action]}{source}"


def _limits(policy: Policy) -> Iterator[str]:
    yield "Limits"
    for ceiling in policy.ceilings:
        who = f"people in {ceiling.jurisdiction}" if ceiling.jurisdiction else "everybody"
        yield f"  at most {ceiling.add.in_words()} after the account's end, for {who} [{ceiling.source}]"
    for floor in policy.floors:
        yields = "unsaid which yields" if floor.yields is None else f"the {floor.yields.value} yields"
        yield (
            f"  at least {floor.add.in_words()} from processing on or after {floor.since.isoformat()}, "
            f"{floor.jurisdiction or 'everywhere'}, {floor.role.value}; {yields} [{floor.source}]"
        )


def _settings(policy: Policy) -> Iterator[str]:
    told = policy.settings
    days = "as long as necessary" if told.erasure_days is None else f"within {told.erasure_days} days"
    opt_out = told.marketing_opt_out_business_days
    yield "Settings"
    yield (
        f"  a breach is reported inside within {told.breach_report_hours} h, to the authority within "
        f"{told.breach_authority_hours} h"
    )
    yield f"  no data of persons under {told.minors_age}"
    yield f"  a deletion request is done {days}"
    yield f"  an opt-out from marketing counts {f'within {opt_out} business days' if opt_out else 'at once'}"
    yield f"  changes of the policy are {'announced' if told.policy_change_notice else 'not announced'}"
    yield f"  service providers {'may' if told.provider_sharing else 'may not'} receive personal data"
    yield f"  transfers rest on: {', '.join(told.transfer_safeguards) or 'nothing, so none is allowed'}"


def _controls(profile: Profile) -> Iterator[str]:
    counts = Counter(control.kind for control in profile.controls)
    yield f"Promises ({', '.join(f'{counts[kind]} {kind.value}' for kind in ControlKind)})"
    for control in profile.controls:
        still = f" Still open: {control.open}" if control.open else ""
        yield f"  {control.control_id} [{control.kind.value}] {control.text}{still}"
