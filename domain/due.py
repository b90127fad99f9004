"""Until when may this record be kept, and why? The one rule of retention (law.md C1; issue 6).

In order of precedence: a legal hold suspends everything. Else a record is due at the earliest of its rule's window (or
the workspace's own, within what the profile allows), the end of the consent it rests on, and the ceiling after the end
of its account; but not before the floor that law sets. An agreement stops a prospect's clock, and content whose window
no instruction names has none (promise RK5); the ceiling counts for both.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final, NamedTuple

from domain import due_words as words
from domain.due_clock import local_day, remembered, zone_of
from domain.due_facts import ARTIFACTS, MissingAnchor, RecordFacts, RetentionSettings
from domain.due_reckoning import Reckoning
from domain.policy import Policy, Terms
from domain.records import LegalBasis, Role
from domain.retention import Action, Anchor

_NAIVE: Final = "an instant without its zone cannot be placed: write it with an offset, or Z"


class DueDecision(NamedTuple):
    """Until when a record may be kept, under which rule, and why; `due_at` is the first instant at which it may not.

    A tuple, as it is made for every record of a sweep and a frozen dataclass costs four times as much to make.
    """

    due_at: datetime | None
    """In the policy's zone; None while something suspends it or nothing names a window."""
    clock_at: datetime | None
    """As `due_at`, as if there were no hold: what counts again when the last hold is released."""
    action: Action
    role: Role
    legal_basis: LegalBasis
    rule: str
    floor: datetime | None
    ceiling: datetime | None
    restricted_from: datetime | None
    """From when it is only to be kept for the floor: no product use (law.md, DPDP Rule 8(3)). None: never."""
    suspended_by: tuple[str, ...]
    """`hold:MATTER`, `agreement`, `relationship`, `no_window`."""
    set_by: str
    explanation: tuple[str, ...]
    """Sentences: rule, anchor, zone, who set it, floor, ceiling, what suspends it, what follows."""
    is_due: bool
    """Whether it may not be kept at `now`."""


def decide_due(
    facts: RecordFacts, policy: Policy, settings: RetentionSettings, holds: Collection[str], now: datetime
) -> DueDecision:
    """Say when a record is due.

    Args:
        facts: what is known of the record; instants are aware.
        policy: the policy that its workspace runs under.
        settings: what the workspace's administrators set; `NO_SETTINGS` for none.
        holds: the matters that hold the record now.
        now: an aware instant; only waivers and `is_due` look at it.

    Raises:
        MissingAnchor: when the fact from which its clock runs is not there.
        ValueError: when an instant has no zone, or a clock runs out beyond the year 9999.
    """
    _all_aware(facts, settings, now)
    terms = policy.terms(facts.category, facts.jurisdiction, facts.customer_type)
    anchor = _anchor(facts, terms, settings)
    days = _days(facts, settings, terms, anchor)
    if days is None:
        free = _decided(facts, policy, settings, terms, anchor, now)
    else:
        free = remembered(terms.memo, days, lambda: _decided(facts, policy, settings, terms, anchor, now))
    if holds:
        return _held(free, tuple(holds))
    due = free.due_at
    return free if due is None or due.astimezone(UTC) > now else DueDecision(*free[:-1], is_due=True)


def _days(facts: RecordFacts, settings: RetentionSettings, terms: Terms, anchor: datetime | None) -> object:
    """Return the local days on which the decision depends and on nothing else; None where it depends on more."""
    add = terms.retention.add
    if facts.consent_until is not None or (add is not None and add.seconds is not None):
        return None
    if settings.windows and facts.category in ARTIFACTS:
        return None
    zone = zone_of(terms.retention.zone)
    began = None if anchor is None else local_day(anchor, zone)
    processed = None if terms.floor is None or facts.occurred_at is None else local_day(facts.occurred_at, zone)
    return (began, processed, settings.ended_at, facts.agreement)


def _decided(
    facts: RecordFacts,
    policy: Policy,
    settings: RetentionSettings,
    terms: Terms,
    anchor: datetime | None,
    now: datetime,
) -> DueDecision:
    reckoning = Reckoning(terms, policy)
    if anchor is None:
        reckoning.suspend("relationship", words.RELATIONSHIP_LASTS)
    elif facts.agreement and terms.retention.stops_with_agreement:
        reckoning.suspend("agreement", words.AGREEMENT)
    else:
        reckoning.window(facts, settings, anchor, now)
    reckoning.consent(facts)
    reckoning.ceiling_after(settings.ended_at)
    reckoning.floors_from(facts.occurred_at or anchor, anchor)
    return _decision(terms, reckoning)


def _anchor(facts: RecordFacts, terms: Terms, settings: RetentionSettings) -> datetime | None:
    """Return the instant from which the clock runs; None while the relationship lasts that it waits for."""
    rule = terms.retention
    found: datetime | None
    if rule.anchor is Anchor.OCCURRED_AT:
        found = facts.occurred_at
    elif rule.anchor is Anchor.ENDED_AT:
        found = settings.ended_at
    elif rule.anchor is Anchor.RELATIONSHIP_ENDED_AT:
        found = facts.relationship_ended_at
    elif rule.anchor is Anchor.LAST_CONTACT_AT:
        found = facts.last_contact_at
    else:
        found = facts.consent_until or facts.occurred_at
    if found is None and not rule.open_ended:
        raise MissingAnchor(rule.anchor)
    return found


def _all_aware(facts: RecordFacts, settings: RetentionSettings, now: datetime) -> None:
    for moment in (facts.occurred_at, settings.ended_at, now, facts.last_contact_at, facts.relationship_ended_at):
        if moment is not None and moment.tzinfo is None:
            raise ValueError(_NAIVE)
    for moment in (facts.consent_until, facts.processed_at):
        if moment is not None and moment.tzinfo is None:
            raise ValueError(_NAIVE)


def _decision(terms: Terms, found: Reckoning) -> DueDecision:
    due = found.due
    return DueDecision(
        due,
        due,
        found.action,
        terms.role,
        terms.legal_basis,
        terms.rule_name,
        found.floor,
        found.ceiling,
        found.restricted_from,
        found.suspended if due is None else (),
        found.set_by,
        (*found.sentences, *found.conclusion()),
        is_due=False,
    )


def _held(free: DueDecision, holds: tuple[str, ...]) -> DueDecision:
    return free._replace(
        due_at=None,
        suspended_by=(*(f"hold:{matter}" for matter in holds), *free.suspended_by),
        explanation=(*free.explanation[:-1], words.held(holds, free.clock_at)),
    )
