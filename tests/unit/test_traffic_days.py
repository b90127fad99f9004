"""Tags are those of the local day, and what may be gone is never taken for being there."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from domain.due_facts import RetentionSettings
from domain.records import Category
from domain.settled_policy import SettledPolicy
from governance.profiles import build_policy, load_profile
from ingest.traffic_days import TrafficDays, days_under, quarter_of

POLICY = dataclasses.replace(build_policy(load_profile("strict")), version=1)
DAY = datetime(2026, 11, 20, tzinfo=UTC)
END = datetime(2036, 12, 31, 18, 30, tzinfo=UTC)
"""Of what began on that day: ten years after its year, in Asia/Kolkata."""


def settled(set_at: datetime, version: int) -> TrafficDays:
    policy = SettledPolicy.of(POLICY, RetentionSettings(version=version, set_at=set_at))
    return TrafficDays("ws_test", dataclasses.replace(policy, version=version))


@pytest.mark.parametrize(("now", "kept"), [(DAY, True), (END - timedelta(days=1, seconds=1), True), (END, False)])
def test_a_day_is_whole_until_a_day_before_the_first_of_it_is_due(now: datetime, *, kept: bool) -> None:
    assert TrafficDays("ws_test", POLICY).keeps_all_of(DAY, now=now) == kept
    assert not TrafficDays("ws_test", POLICY).keeps_all_of(DAY, now=END - timedelta(days=1))


def test_a_day_is_not_known_to_be_whole_when_the_policy_changed_since_a_phone_could_have_sent_it() -> None:
    """A shorter window of before may have taken what the policy of now would keep."""
    ahead = timedelta(days=1)
    assert settled(DAY - ahead, 2).keeps_all_of(DAY, now=DAY)
    assert not settled(DAY - ahead + timedelta(seconds=1), 2).keeps_all_of(DAY, now=DAY)
    assert settled(DAY, 1).keeps_all_of(DAY, now=DAY), "before the first there was none"
    assert not TrafficDays("ws_test", dataclasses.replace(POLICY, version=2)).keeps_all_of(DAY, now=DAY)


def test_quarters_of_one_local_day_have_one_tag_and_the_next_day_another() -> None:
    days, midnight = TrafficDays("ws_test", POLICY), datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
    before, after = (days.of_quarter(quarter_of(midnight + timedelta(seconds=at))) for at in (-1, 0))
    assert [tags.traffic["retain_until"].year for tags in (before, after)] == [2036, 2037]
    assert before.day != after.day
    assert before.traffic_until == days.tags(Category.TRAFFIC_DATA, midnight - timedelta(hours=5)).retain_until


def test_days_are_remembered_for_the_policy_in_use_and_no_other() -> None:
    other = dataclasses.replace(POLICY, version=2)
    first = days_under("ws_days", POLICY)
    assert days_under("ws_days", POLICY) is first
    assert days_under("ws_days", other).policy is other
    assert days_under("ws_days", POLICY) is not first
