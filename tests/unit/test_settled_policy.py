"""A policy with windows: shortening never extends, calls end with their last part, an end of account only cuts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.call_parts import born, is_over, next_due, redated, sooner
from domain.due_facts import NO_SETTINGS, Artifact, RetentionSettings
from domain.durations import Duration
from domain.records import Category
from domain.retention import NEVER, Action
from domain.settings_conflicts import over_profile, refused_because
from domain.settled_policy import SettledPolicy, clocks_of
from domain.sights import DEFAULT_ACCESS, Sight, WorkspaceRole, may_see
from domain.workspace_settings import WorkspaceSettings
from governance.profiles import build_policy, load_profile, profile_names

STRICT = build_policy(load_profile("strict"))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.integers(1, 2000)
HOURS = st.integers(1, 5000)
WINDOWS = st.one_of(
    DAYS.map(lambda days: Duration(days=days)),
    st.integers(1, 60).map(lambda months: Duration(months=months)),
    HOURS.map(lambda hours: Duration(seconds=hours * 3600)),
    st.just(Duration(seconds=0)),
)
TRAFFIC = st.integers(0, 12).map(lambda months: Duration(months=months))
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def settled(**windows: Duration) -> SettledPolicy:
    return SettledPolicy.of(
        STRICT, RetentionSettings({Artifact(name): one for name, one in windows.items()}, version=2)
    )


def call_of(policy: SettledPolicy, anchor: datetime, state: str = "processing") -> dict[str, Any]:
    clocks = policy.call_clocks(anchor)
    return {
        **born(clocks, anchor),
        "retain_until": clocks.until,
        "state": state,
        "setup_time": None,
        "created_at": anchor,
    }


@given(anchor=MOMENTS, first=DAYS, second=DAYS)
def test_a_shorter_window_is_never_due_later(anchor: datetime, first: int, second: int) -> None:
    short, long = sorted((first, second))
    for part in ("recording", "transcript"):
        one, other = (settled(**{part: Duration(days=days)}).call_clocks(anchor) for days in (short, long))
        assert getattr(one, part) <= getattr(other, part)
        assert one.until <= other.until


@given(anchor=MOMENTS, short=TRAFFIC, long=TRAFFIC)
def test_a_shorter_window_of_numbers_is_never_due_later(anchor: datetime, short: Duration, long: Duration) -> None:
    one, other = sorted((short, long), key=lambda window: window.months)
    dues = [settled(cdr_identifiers=window).due(Category.TRAFFIC_IDENTIFIERS, anchor) for window in (one, other)]
    assert dues[0] <= dues[1] <= SettledPolicy.of(STRICT, NO_SETTINGS).due(Category.TRAFFIC_IDENTIFIERS, anchor)


@given(anchor=MOMENTS, recording=WINDOWS, transcript=WINDOWS, later=WINDOWS, passed=st.integers(0, 3000))
def test_dated_anew_is_as_born_and_nothing_that_is_over_comes_back(
    anchor: datetime, recording: Duration, transcript: Duration, later: Duration, passed: int
) -> None:
    before, after = settled(recording=recording, transcript=transcript), settled(recording=later, transcript=transcript)
    call, now = call_of(before, anchor), anchor + timedelta(days=passed)
    dated = call | redated(call, after.call_clocks(anchor), now=now)
    fresh = call_of(after, anchor)
    for part in ("recording", "transcript"):
        if is_over(call, part, now=now):
            assert is_over(dated, part, now=now), "over stays over"
            assert dated["artifacts"][part]["until"] == call["artifacts"][part]["until"]
        else:
            assert dated["artifacts"][part]["until"] == fresh["artifacts"][part]["until"]
    twice = dated | redated(dated, after.call_clocks(anchor), now=now)
    assert twice == dated
    assert (
        dated["retain_until"] >= max(one["until"] for one in dated["artifacts"].values()) or call["retain_until"] <= now
    )


@given(anchor=MOMENTS, recording=WINDOWS, transcript=WINDOWS)
def test_a_call_ends_with_its_last_part_and_the_sweep_is_told_of_the_first(
    anchor: datetime, recording: Duration, transcript: Duration
) -> None:
    call = call_of(settled(recording=recording, transcript=transcript), anchor)
    dues = sorted(one["until"] for one in call["artifacts"].values())
    assert call["retain_until"] == dues[-1]
    assert call.get("artifacts_due_at") == (dues[0] if dues[0] < dues[-1] else None)
    assert next_due(call["artifacts"], call["retain_until"]) == call.get("artifacts_due_at")


@given(anchor=MOMENTS, earlier=st.integers(-400, 400), window=WINDOWS)
def test_a_log_moves_a_calls_clocks_to_an_earlier_day_only(anchor: datetime, earlier: int, window: Duration) -> None:
    policy = settled(recording=window)
    call, began = call_of(policy, anchor), anchor - timedelta(days=earlier)
    moved = call | sooner(call, policy.call_clocks(began), began)
    for part in ("recording", "transcript"):
        assert moved["artifacts"][part]["until"] <= call["artifacts"][part]["until"]
    assert moved["retain_until"] <= call["retain_until"]


@given(anchor=MOMENTS, ended=MOMENTS)
def test_the_end_of_an_account_never_keeps_anything_longer(anchor: datetime, ended: datetime) -> None:
    living = SettledPolicy.of(STRICT, NO_SETTINGS)
    for rows_stay in (True, False):
        over = SettledPolicy.of(STRICT, RetentionSettings(ended_at=ended), rows_stay=rows_stay)
        assert over.call_clocks(anchor).until <= living.call_clocks(anchor).until
        assert over.due(Category.TRAFFIC_DATA, anchor) <= living.due(Category.TRAFFIC_DATA, anchor)
        for category in (Category.COMMUNICATIONS_CONTENT, Category.TRAFFIC_DATA):
            assert over.due(category, anchor) <= max(over.after_end(category), over.due(category, anchor))
        assert over.call_clocks(anchor).until <= over.after_end(Category.COMMUNICATIONS_CONTENT)
        assert over.due(Category.TRAFFIC_DATA, anchor) <= over.after_end(Category.TRAFFIC_DATA)


def test_a_part_is_readable_until_its_instant_and_not_at_it() -> None:
    call = call_of(settled(recording=Duration(seconds=4 * 3600)), NOW)
    until = NOW + timedelta(hours=4)
    assert call["artifacts"]["recording"]["until"] == until
    assert not is_over(call, "recording", now=until - timedelta(milliseconds=1))
    assert is_over(call, "recording", now=until)
    assert not is_over(call, "transcript", now=until)


def test_once_processed_is_due_now_for_a_ready_call_and_later_for_one_on_its_way() -> None:
    clocks = settled(recording=Duration(seconds=0)).call_clocks(NOW)
    plain = SettledPolicy.of(STRICT, NO_SETTINGS)
    later = NOW + timedelta(days=1)
    ready = redated(call_of(plain, NOW, "ready"), clocks, now=later)
    waiting = redated(call_of(plain, NOW), clocks, now=later)
    assert ready["artifacts"]["recording"]["until"] == ready["artifacts_due_at"] == later
    assert waiting["artifacts"]["recording"]["until"] == plain.call_clocks(NOW).recording


def test_content_without_a_window_is_kept_until_somebody_names_one() -> None:
    rukuse = build_policy(load_profile("rukuse"))
    assert clocks_of(rukuse, NOW).until == NEVER
    ended = SettledPolicy.of(rukuse, RetentionSettings(ended_at=NOW))
    assert ended.call_clocks(NOW).until < NOW + timedelta(days=33), "the end of the account names one"


def test_a_waiver_ends_when_it_ends() -> None:
    until = NOW + timedelta(days=400)
    windows = {Artifact.CDR_IDENTIFIERS: Duration(months=24)}
    waived = RetentionSettings(windows, set_at=NOW, waived_until={Artifact.CDR_IDENTIFIERS: until})
    policy, plain = SettledPolicy.of(STRICT, waived), SettledPolicy.of(STRICT, NO_SETTINGS)
    kind = Category.TRAFFIC_IDENTIFIERS
    assert policy.due(kind, NOW - timedelta(days=200)) == until, "longer than the profile, no longer than the waiver"
    late = NOW + timedelta(days=390)
    assert policy.due(kind, late) == plain.due(kind, late)


@pytest.mark.parametrize("name", profile_names())
def test_what_a_profile_says_itself_may_be_set_in_each_profile(name: str) -> None:
    policy = build_policy(load_profile(name))
    windows = {
        artifact: rule.add
        for artifact, category in (
            (Artifact.TRANSCRIPT, Category.COMMUNICATIONS_CONTENT),
            (Artifact.CALL_METADATA, Category.TRAFFIC_DATA),
        )
        if (rule := policy.terms(category, None, None).retention).add is not None and not rule.add.once_processed
    }
    assert refused_because(WorkspaceSettings(windows), policy) == []


def test_a_window_over_the_profile_is_refused_with_both_lengths_and_allowed_under_a_waiver() -> None:
    settings = WorkspaceSettings({Artifact.CDR_IDENTIFIERS: Duration(months=13)})
    (told,) = refused_because(settings, STRICT)
    assert over_profile(settings, STRICT) == [Artifact.CDR_IDENTIFIERS]
    assert "13 months" in told
    assert "12 months" in told
    assert refused_because(settings, STRICT, waived=[Artifact.CDR_IDENTIFIERS]) == []


def test_settings_are_read_back_as_they_were_stored() -> None:
    windows = {Artifact.RECORDING: Duration(seconds=0), Artifact.TRANSCRIPT: Duration(months=3)}
    access = {WorkspaceRole.AGENT: frozenset({Sight.REDACTED_SOUND})}
    settings = WorkspaceSettings(
        windows, {Artifact.CDR_IDENTIFIERS: Action.ANONYMISE}, training=True, insights=True, access=access
    )
    assert WorkspaceSettings.from_document(settings.to_document()) == settings
    assert WorkspaceSettings.from_document(None) == WorkspaceSettings()


def test_a_key_without_a_role_is_not_asked_for_one() -> None:
    assert may_see(DEFAULT_ACCESS, None, Sight.CLEAR_COPY)
    assert not may_see(DEFAULT_ACCESS, WorkspaceRole.AGENT, Sight.CLEAR_COPY)
    assert not may_see({}, WorkspaceRole.ADMIN, Sight.REDACTED_SOUND)
