"""What holds of every record, whatever its instants, its place and its workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from deciding import POLICIES, decide, settings
from hypothesis import given
from hypothesis import strategies as st

from domain.due_facts import Artifact, CustomerType, RecordFacts, RetentionSettings
from domain.durations import Duration
from domain.jurisdictions import jurisdiction
from domain.policy import Policy
from domain.records import Category
from domain.retention import add_months
from governance.profiles import build_policy, load_profile

ZONES = (
    "Asia/Kolkata",
    "UTC",
    "Europe/Berlin",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
ALL = [*POLICIES.values(), *(build_policy(load_profile("rukuse") | {"zone": zone}) for zone in ZONES)]
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone given
MAYBE = st.none() | INSTANTS
PLACES = st.sampled_from([None, *(jurisdiction(code) for code in ("IN", "IN-MH", "EU", "FR", "US", "US-CA", "GB"))])
CALENDAR = st.builds(Duration, months=st.integers(0, 40), days=st.integers(0, 400))
EXACT = st.builds(Duration, seconds=st.integers(0, 10_000_000))
WINDOWS = st.dictionaries(st.sampled_from(Artifact), CALENDAR | EXACT)
SETTINGS = st.builds(RetentionSettings, windows=WINDOWS, ended_at=MAYBE)
POLICY = st.sampled_from(ALL)


@st.composite
def records(draw: st.DrawFn, category: Category | None = None) -> RecordFacts:
    occurred = draw(INSTANTS)
    return RecordFacts(
        category=category or draw(st.sampled_from(Category)),
        occurred_at=occurred,
        jurisdiction=draw(PLACES),
        customer_type=draw(st.none() | st.sampled_from(CustomerType)),
        relationship_ended_at=draw(INSTANTS),
        last_contact_at=draw(INSTANTS),
        agreement=draw(st.booleans()),
        consent_until=draw(MAYBE),
        processed_at=draw(MAYBE),
    )


def instant(moment: datetime | None) -> datetime:
    """Return an instant that compares by time, not by the wall clock; what has no end comes last."""
    return datetime.max.replace(tzinfo=UTC) if moment is None else moment.astimezone(UTC)


def moved(record: RecordFacts, by: timedelta) -> RecordFacts:
    return replace(
        record,
        **{
            name: None if getattr(record, name) is None else getattr(record, name) + by
            for name in ("occurred_at", "relationship_ended_at", "last_contact_at", "consent_until", "processed_at")
        },
    )


@given(record=records(), policy=POLICY, told=SETTINGS, by=st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_what_began_later_is_never_due_earlier(
    record: RecordFacts, policy: Policy, told: RetentionSettings, by: timedelta
) -> None:
    ended = None if told.ended_at is None else told.ended_at + by
    law_begins = datetime(2027, 5, 1, tzinfo=UTC)
    if record.occurred_at is not None and record.occurred_at < law_begins <= record.occurred_at + by:
        by = timedelta(0)  # the start of a law is a step of its own: tested beside
    earlier, later = decide(record, policy, told), decide(moved(record, by), policy, replace(told, ended_at=ended))
    assert instant(earlier.due_at) <= instant(later.due_at)


@given(record=records(Category.TRAFFIC_IDENTIFIERS), zone=st.sampled_from(ALL[-len(ZONES) :]))
def test_identifiers_leave_between_twelve_and_thirteen_months_after_the_call(record: RecordFacts, zone: Policy) -> None:
    found = decide(replace(record, consent_until=None), zone)
    assert found.due_at is not None
    assert record.occurred_at is not None
    began = record.occurred_at.astimezone(ZoneInfo(zone.zone)).date()
    assert add_months(began, 12) < found.due_at.date() <= add_months(began.replace(day=1), 13)
    assert found.due_at.day == 1


@given(
    record=records(),
    policy=POLICY,
    told=SETTINGS,
    artifact=st.sampled_from(Artifact),
    shorter=CALENDAR,
    more=CALENDAR,
)
def test_shortening_a_window_never_extends_anything(
    record: RecordFacts, policy: Policy, told: RetentionSettings, artifact: Artifact, shorter: Duration, more: Duration
) -> None:
    longer = Duration(shorter.months + more.months, shorter.days + more.days)
    long, short = (replace(told, windows={**told.windows, artifact: window}) for window in (longer, shorter))
    assert instant(decide(record, policy, short).due_at) <= instant(decide(record, policy, long).due_at)


@given(
    record=records(), policy=POLICY, told=SETTINGS, fewer=st.integers(0, 10_000_000), more=st.integers(0, 10_000_000)
)
def test_shortening_a_window_of_hours_never_extends_anything(
    record: RecordFacts, policy: Policy, told: RetentionSettings, fewer: int, more: int
) -> None:
    long, short = (
        replace(told, windows={**told.windows, Artifact.RECORDING: Duration(seconds=seconds)})
        for seconds in (fewer + more, fewer)
    )
    assert instant(decide(record, policy, short).due_at) <= instant(decide(record, policy, long).due_at)


@given(record=records(), policy=POLICY, told=SETTINGS)
def test_no_window_of_a_workspace_keeps_traffic_longer_than_the_profile(
    record: RecordFacts, policy: Policy, told: RetentionSettings
) -> None:
    if policy.categories[record.category].retention.longest is not None:
        own = decide(record, policy, replace(told, windows={}))
        assert instant(decide(record, policy, told).due_at) <= instant(own.due_at)


@given(record=records(), policy=POLICY, told=SETTINGS, holds=st.lists(st.text(min_size=1), min_size=1))
def test_held_is_never_due_and_released_is_as_if_never_held(
    record: RecordFacts, policy: Policy, told: RetentionSettings, holds: list[str]
) -> None:
    before, held = decide(record, policy, told), decide(record, policy, told, holds)
    assert held.due_at is None
    assert not held.is_due
    assert held.clock_at == before.clock_at == before.due_at
    assert decide(record, policy, told) == before
    assert all(matter in held.explanation[-1] for matter in holds)


@given(record=records(), policy=POLICY, told=SETTINGS)
def test_the_explanation_names_the_rule_and_what_set_the_instant(
    record: RecordFacts, policy: Policy, told: RetentionSettings
) -> None:
    found = decide(record, policy, told)
    text = " ".join(found.explanation)
    assert found.rule in text
    assert policy.policy_id in found.rule
    assert found.due_at is None or found.due_at.isoformat() in text
    assert (found.due_at is None) == bool(found.suspended_by)
    assert all("{" not in sentence and sentence.endswith(".") for sentence in found.explanation)


@given(record=records(), policy=POLICY, told=SETTINGS)
def test_calendar_rules_end_at_a_midnight_of_the_zone(
    record: RecordFacts, policy: Policy, told: RetentionSettings
) -> None:
    calendar = {artifact: window for artifact, window in told.windows.items() if not window.exact}
    retention = policy.categories[record.category].retention
    found = decide(replace(record, consent_until=None), policy, replace(told, windows=calendar)).due_at
    if found is None or (retention.add is not None and retention.add.exact):
        return
    assert (found.hour, found.minute, found.second, found.microsecond) == (0, 0, 0, 0)
    assert found.tzinfo == ZoneInfo(retention.zone)


@given(record=records(), policy=POLICY, told=SETTINGS, ended=INSTANTS)
def test_nothing_but_a_floor_or_a_reason_keeps_beyond_the_ceiling(
    record: RecordFacts, policy: Policy, told: RetentionSettings, ended: datetime
) -> None:
    found = decide(record, policy, replace(told, ended_at=ended))
    if policy.categories[record.category].outlives_account is None:
        limit = max(instant(found.ceiling), instant(found.floor) if found.floor else instant(found.ceiling))
        assert instant(found.due_at) <= limit


@given(record=records(), policy=POLICY, told=SETTINGS, now=INSTANTS)
def test_the_clock_that_asks_changes_nothing_but_whether_it_is_due(
    record: RecordFacts, policy: Policy, told: RetentionSettings, now: datetime
) -> None:
    found = decide(record, policy, told, now=now)
    assert found._replace(is_due=False) == decide(record, policy, told)._replace(is_due=False)
    assert found.is_due == (instant(found.due_at) <= now)


def test_a_window_said_in_other_words_is_the_same_window() -> None:
    one, other = settings(recording="P1Y"), settings(recording="P12M")
    assert one.windows == other.windows
