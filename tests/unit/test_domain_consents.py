"""What a person's acts mean: the last one counts, what takes away wins, a period ends where it was said to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.consents import Act, ConsentEvent, ConsentState, ground_of, is_granted, standing, takes_away
from domain.records import Purpose
from domain.training import Granted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TRAIN = Purpose.TRAIN_AI_SYSTEM
YES = ConsentEvent(TRAIN, ConsentState.GRANTED, Act.CLICKED, "consent-3", NOON, NOON)
GONE = replace(YES, state=ConsentState.WITHDRAWN)
HOUR = timedelta(hours=1)


def granted(*events: ConsentEvent, at: datetime = NOON + HOUR, now: datetime | None = None) -> Granted:
    return ground_of(events, TRAIN, at=at, now=now or at).granted


def test_nobody_asked_granted_nothing() -> None:
    assert granted() is Granted.NO


def test_a_yes_to_one_purpose_is_no_yes_to_another() -> None:
    assert granted(replace(YES, purpose=Purpose.TRANSCRIPTION)) is Granted.NO
    assert granted(YES) is Granted.YES


def test_a_grant_counts_from_its_instant_on() -> None:
    assert granted(YES, at=NOON) is Granted.YES
    assert granted(YES, at=NOON - timedelta(milliseconds=1)) is Granted.NO


def test_a_period_ends_where_it_was_said_to_the_instant_itself_not_included() -> None:
    until = NOON + 2 * HOUR
    one = replace(YES, until=until)
    assert granted(one, at=until - timedelta(milliseconds=1)) is Granted.YES
    assert granted(one, at=until) is Granted.EXPIRED
    assert granted(one, at=NOON, now=until) is Granted.EXPIRED
    assert ground_of([one], TRAIN, at=NOON, now=NOON).until == until


def test_a_withdrawal_stops_from_its_instant_on_and_leaves_what_was_before() -> None:
    later = replace(GONE, acted_at=NOON + HOUR, noted_at=NOON + HOUR)
    assert is_granted(standing([YES, later], TRAIN, at=NOON), at=NOON)
    assert granted(YES, later, at=NOON, now=NOON + HOUR) is Granted.NO
    assert takes_away(standing([YES, later], TRAIN, at=NOON + HOUR))


def test_an_old_paper_that_is_noted_late_does_not_undo_a_later_withdrawal() -> None:
    old = replace(YES, acted_at=NOON - 100 * HOUR, noted_at=NOON + 5 * HOUR)
    assert granted(GONE, old, at=NOON + 6 * HOUR) is Granted.NO


def test_a_grant_that_was_noted_after_the_snapshot_is_not_there_for_it() -> None:
    late = replace(YES, noted_at=NOON + 2 * HOUR)
    assert granted(late, at=NOON + HOUR, now=NOON + 3 * HOUR) is Granted.NO
    assert granted(late, at=NOON + 2 * HOUR, now=NOON + 3 * HOUR) is Granted.YES


def test_of_two_acts_at_one_instant_the_one_that_takes_away_counts() -> None:
    assert granted(YES, replace(GONE, noted_at=NOON - HOUR)) is Granted.NO


def test_a_number_that_may_be_somebody_elses_takes_away_and_grants_nothing() -> None:
    assert granted(replace(YES, sure=False)) is Granted.NO
    assert granted(YES, replace(GONE, sure=False, acted_at=NOON + HOUR, noted_at=NOON + HOUR)) is Granted.NO


STEPS = st.integers(0, 6).map(lambda hours: NOON + hours * HOUR)
EVENTS = st.lists(
    st.builds(
        ConsentEvent,
        st.sampled_from([TRAIN, Purpose.MARKETING]),
        st.sampled_from(ConsentState),
        st.sampled_from(Act),
        st.just("v1"),
        STEPS,
        STEPS,
        st.none() | STEPS,
        st.booleans(),
    ),
    max_size=6,
)


@given(EVENTS, st.permutations(range(6)), STEPS, STEPS)
def test_the_order_in_which_acts_are_read_does_not_matter(
    events: list[ConsentEvent], order: list[int], one: datetime, other: datetime
) -> None:
    at, now = sorted((one, other))
    shuffled = [events[place] for place in order if place < len(events)]
    assert granted(*events, at=at, now=now) is granted(*shuffled, at=at, now=now)


@given(EVENTS, STEPS, STEPS)
def test_a_withdrawal_of_now_always_ends_it(events: list[ConsentEvent], one: datetime, other: datetime) -> None:
    at, now = sorted((one, other))
    assert granted(*events, replace(GONE, acted_at=now, noted_at=now), at=at, now=now) is not Granted.YES


@given(EVENTS, STEPS, STEPS)
def test_who_is_granted_was_granted_then_and_is_now(events: list[ConsentEvent], one: datetime, other: datetime) -> None:
    at, now = sorted((one, other))
    both = all(is_granted(standing(events, TRAIN, at=when), at=when) for when in (at, now))
    assert (granted(*events, at=at, now=now) is Granted.YES) == both
