"""What tests of retention share: a record said in few words, and decided under a profile."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.due import DueDecision, decide_due
from domain.due_facts import NO_SETTINGS, Artifact, RecordFacts, RetentionSettings
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.policy import Policy
from domain.records import Category
from governance.profiles import build_policy, load_profile, profile_names

POLICIES: dict[str, Policy] = {name: build_policy(load_profile(name)) for name in profile_names()}
RUKUSE, RUNO, STRICT = POLICIES["rukuse"], POLICIES["runo"], POLICIES["strict"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTANTS = ("occurred_at", "relationship_ended_at", "last_contact_at", "consent_until", "processed_at")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def facts(category: str, **known: Any) -> RecordFacts:
    """Return a record's facts; instants as text, a place by its code."""
    for name in INSTANTS:
        if isinstance(known.get(name), str):
            known[name] = moment(known[name])
    if "place" in known:
        known["jurisdiction"] = jurisdiction(known.pop("place"))
    return RecordFacts(Category(category), **known)


def settings(ended_at: str | datetime | None = None, **windows: str) -> RetentionSettings:
    """Return a workspace's settings; windows by the name of the artifact."""
    ended = moment(ended_at) if isinstance(ended_at, str) else ended_at
    lengths = {Artifact(name): Duration.parse(length) for name, length in windows.items()}
    return RetentionSettings(lengths, ended_at=ended, version=3, set_by="key_1")


def decide(
    known: RecordFacts,
    policy: Policy = RUKUSE,
    told: RetentionSettings = NO_SETTINGS,
    holds: Collection[str] = (),
    now: datetime = NOW,
) -> DueDecision:
    return decide_due(known, policy, told, holds, now)


def on_both_sides(known: RecordFacts, due: str, policy: Policy = RUKUSE, told: RetentionSettings = NO_SETTINGS) -> None:
    """Assert that the record is kept to the last second before the instant, and due in the first one of it."""
    first = moment(due)
    found = decide(known, policy, told).due_at
    assert found is not None
    assert found.astimezone(UTC) == first.astimezone(UTC)
    assert not decide(known, policy, told, now=first - timedelta(seconds=1)).is_due
    assert decide(known, policy, told, now=first).is_due
