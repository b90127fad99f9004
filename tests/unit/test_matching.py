"""Which log belongs to which recording: a function of the two sets, symmetric, and never a guess between two."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.matching import (
    CLOCKS_APART,
    LONGER_THAN_TALK,
    LONGEST_RINGING,
    RINGING,
    WINDOW,
    Ambiguous,
    Decision,
    How,
    LogFacts,
    Match,
    RecordingFacts,
    candidate,
    common_suffix,
    decide,
    digits_of,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NUMBER = "447700900123"
LOG = LogFacts("log_a", NOON, frozenset({NUMBER}), duration_s=60.0)
SECOND = timedelta(seconds=1)


def recording(began: datetime | None = NOON, **facts: object) -> RecordingFacts:
    return RecordingFacts("call_a", began=began, **{"number": NUMBER, **facts})  # type: ignore[arg-type] # a test's shorthand


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("447700900123", "7700900123", 10),
        ("447700900123", "447700900123", 12),
        ("5550132", "14155550132", 7),
        ("550132", "14155550132", 0),
        ("5550132", "14155550133", 0),
        ("25550132", "14155550132", 7),
        ("6900", "6900", 4),
        ("6900", "16900", 0),
        ("101", "447700900101", 0),
    ],
)
def test_seven_digits_at_the_end_make_two_numbers_one_and_short_ones_must_be_equal(
    one: str, other: str, shared: int
) -> None:
    assert (common_suffix(one, other), common_suffix(other, one)) == (shared, shared)


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("+44 7700 900123", NUMBER),
        ("00447700900123", NUMBER),
        ("07700900123", "7700900123"),
        ("Mum", None),
        ("000", None),
    ],
)
def test_a_number_is_compared_by_its_digits_without_leading_zeros(raw: str, digits: str | None) -> None:
    assert digits_of(raw) == digits


@pytest.mark.parametrize(
    ("apart", "fits"),
    [
        (-CLOCKS_APART - SECOND, False),
        (-CLOCKS_APART, True),
        (RINGING + CLOCKS_APART, True),
        (RINGING + CLOCKS_APART + SECOND, False),
    ],
)
def test_the_window_is_closed_on_both_sides(apart: timedelta, fits: bool) -> None:
    assert (candidate(recording(NOON + apart), LOG) is not None) == fits


@pytest.mark.parametrize(
    ("answered_after", "latest"),
    [
        (5 * SECOND, 5 * SECOND),
        (300 * SECOND, 300 * SECOND),
        (LONGEST_RINGING * 3, LONGEST_RINGING),
        (-SECOND, 0 * SECOND),
    ],
)
def test_a_log_that_says_when_it_was_answered_is_believed_for_ten_minutes(
    answered_after: timedelta, latest: timedelta
) -> None:
    log = LogFacts("log_a", NOON, frozenset({NUMBER}), answer_time=NOON + answered_after)
    at_the_end = NOON + latest + CLOCKS_APART
    assert at_the_end - NOON <= WINDOW
    assert candidate(recording(at_the_end), log) is not None
    assert candidate(recording(at_the_end + SECOND), log) is None


@pytest.mark.parametrize(
    ("length_s", "log", "fits"),
    [
        (60 + (RINGING + LONGER_THAN_TALK).total_seconds(), LOG, True),
        (61 + (RINGING + LONGER_THAN_TALK).total_seconds(), LOG, False),
        (3.0, LOG, True),
        (9000.0, LogFacts("log_a", NOON, frozenset({NUMBER})), True),
        ((RINGING + LONGER_THAN_TALK).total_seconds(), LogFacts("l", NOON, frozenset({NUMBER}), unanswered=True), True),
        (
            (RINGING + LONGER_THAN_TALK).total_seconds() + 1,
            LogFacts("l", NOON, frozenset({NUMBER}), unanswered=True, duration_s=500.0),
            False,
        ),
    ],
    ids=["as long as may be", "a second too long", "shorter", "a log without length", "ringing", "nobody answered"],
)
def test_a_recording_is_not_longer_than_its_call(length_s: float, log: LogFacts, fits: bool) -> None:
    assert (candidate(recording(duration_s=length_s), log) is not None) == fits


def test_another_number_or_another_phone_is_another_call() -> None:
    assert candidate(recording(number="447700900456"), LOG) is None
    assert candidate(recording(), LogFacts("log_a", NOON)) is None, "a withheld number is not the one in the name"
    theirs = LogFacts("log_a", NOON, frozenset({NUMBER}), device="their phone")
    assert candidate(recording(device="my phone"), theirs) is None
    assert candidate(recording(None), LOG) is None


def test_confidence_grows_with_what_agrees_and_only_an_id_is_certain() -> None:
    mine = LogFacts("log_a", NOON, frozenset({NUMBER}), device="my phone")
    by_time = candidate(recording(number=None), LOG)
    found = [
        by_time,
        candidate(recording(number=None, device="my phone"), mine),
        candidate(recording(number="900123" + "0", device=None), LogFacts("l", NOON, frozenset({"9001230"}))),
        candidate(recording(), LOG),
        candidate(recording(device="my phone"), mine),
        decide("call_a", [recording(log_id="log_a")], [LOG]),
    ]
    confidences = [one.confidence for one in found if isinstance(one, Match)]
    assert len(confidences) == len(found)
    assert confidences == sorted(set(confidences))
    assert confidences[-1] == 1.0
    assert [one.how for one in found if isinstance(one, Match)] == [How.TIME] * 2 + [How.NUMBER] * 3 + [How.ID]


def test_two_logs_or_two_recordings_leave_everybody_without() -> None:
    second = LogFacts("log_b", NOON + 30 * SECOND, frozenset({NUMBER}))
    assert decide("call_a", [recording()], [LOG]) == Match("log_a", How.NUMBER, 0.9)
    told = decide("call_a", [recording()], [LOG, second])
    assert isinstance(told, Ambiguous)
    assert [one.log_id for one in told.candidates] == ["log_a", "log_b"]
    other = RecordingFacts("call_b", began=NOON + SECOND, number=NUMBER)
    assert isinstance(decide("call_a", [recording(), other], [LOG]), Ambiguous)
    assert isinstance(decide("call_b", [recording(), other], [LOG]), Ambiguous)


def test_a_number_outweighs_a_mere_time() -> None:
    named = RecordingFacts("call_b", began=NOON)
    assert decide("call_a", [recording(), named], [LOG]) == Match("log_a", How.NUMBER, 0.9)
    assert isinstance(decide("call_b", [recording(), named], [LOG]), Ambiguous)


def test_a_recording_that_names_a_log_waits_for_that_one() -> None:
    assert decide("call_a", [recording(log_id="log_x")], [LOG]) is None
    stated = RecordingFacts("call_b", log_id="log_a")
    assert decide("call_b", [recording(), stated], [LOG]) == Match("log_a", How.ID, 1.0)
    assert decide("call_a", [recording(), stated], [LOG]) is None, "the log is taken for good"


moments = st.integers(0, 900).map(lambda at: NOON + at * SECOND)
numbers = st.sampled_from([NUMBER, "7700900123", "447700900456", "5550132", "6900"])
devices = st.none() | st.sampled_from(["one", "two"])
log_ids = [f"log_{number}" for number in range(5)]


@st.composite
def sets(draw: st.DrawFn) -> tuple[list[RecordingFacts], list[LogFacts]]:
    """A handful of each within a quarter of an hour."""
    recordings = [
        RecordingFacts(
            f"call_{number}",
            began=draw(st.none() | moments),
            number=draw(st.none() | numbers),
            duration_s=draw(st.none() | st.floats(0, 400)),
            device=draw(devices),
            log_id=draw(st.sampled_from([None, None, None, *log_ids])),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    logs = [
        LogFacts(
            log_id,
            draw(moments),
            draw(st.frozensets(numbers, max_size=2)),
            duration_s=draw(st.none() | st.floats(0, 400)),
            device=draw(devices),
            unanswered=draw(st.booleans()),
        )
        for log_id in log_ids[: draw(st.integers(0, 5))]
    ]
    return recordings, logs


def decisions(recordings: list[RecordingFacts], logs: list[LogFacts]) -> dict[str, Decision]:
    return {one.call_id: decide(one.call_id, recordings, logs) for one in recordings}


@given(sets(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_is_nothing(
    given_sets: tuple[list[RecordingFacts], list[LogFacts]], chance: random.Random
) -> None:
    recordings, logs = given_sets
    shuffled = (chance.sample(recordings, len(recordings)), chance.sample(logs, len(logs)))
    assert decisions(recordings, logs) == decisions(*shuffled)


@given(sets())
def test_no_log_is_given_to_two_recordings(given_sets: tuple[list[RecordingFacts], list[LogFacts]]) -> None:
    matched = [one.log_id for one in decisions(*given_sets).values() if isinstance(one, Match)]
    assert len(matched) == len(set(matched))


@given(sets())
def test_an_inferred_match_is_the_best_on_both_sides_and_the_only_one_of_its_kind(
    given_sets: tuple[list[RecordingFacts], list[LogFacts]],
) -> None:
    recordings, logs = given_sets
    named = {one.log_id for one in recordings}
    for call_id, decision in decisions(recordings, logs).items():
        if not isinstance(decision, Match) or decision.how is How.ID:
            continue
        mine = next(one for one in recordings if one.call_id == call_id)
        (log,) = (one for one in logs if one.log_id == decision.log_id)
        assert [one for one in logs if one.log_id not in named and candidate(mine, one)] == [log]
        rivals = [candidate(one, log) for one in recordings if one.log_id is None and one is not mine]
        assert all(one is None or (one.how is How.TIME and decision.how is How.NUMBER) for one in rivals)


@given(sets())
def test_an_exact_id_always_wins(given_sets: tuple[list[RecordingFacts], list[LogFacts]]) -> None:
    recordings, logs = given_sets
    there = {log.log_id for log in logs}
    claims = [one.log_id for one in recordings if one.log_id is not None]
    for one in recordings:
        if one.log_id in there and claims.count(one.log_id) == 1:
            assert decide(one.call_id, recordings, logs) == Match(str(one.log_id), How.ID, 1.0)


@given(sets())
def test_what_is_left_to_a_person_names_every_candidate(
    given_sets: tuple[list[RecordingFacts], list[LogFacts]],
) -> None:
    recordings, logs = given_sets
    named = {one.log_id for one in recordings}
    for one in recordings:
        decision = decide(one.call_id, recordings, logs)
        fitting = {log.log_id for log in logs if log.log_id not in named and candidate(one, log)}
        if one.log_id is None and isinstance(decision, Ambiguous):
            assert {found.log_id for found in decision.candidates} == fitting
        elif one.log_id is None and decision is None:
            assert fitting == set()


@given(sets(), sets())
def test_what_lies_outside_the_window_changes_nothing(
    near: tuple[list[RecordingFacts], list[LogFacts]], far: tuple[list[RecordingFacts], list[LogFacts]]
) -> None:
    """Only neighbours matter, which is why the store need not be read beyond the window."""
    day = timedelta(days=1)
    recordings, logs = near
    far_recordings = [
        RecordingFacts(f"far_{one.call_id}", one.began and one.began + day, one.number, one.duration_s, one.device)
        for one in far[0]
    ]
    far_logs = [LogFacts(f"far_{one.log_id}", one.setup_time + day, one.numbers, device=one.device) for one in far[1]]
    together = decisions([*recordings, *far_recordings], [*logs, *far_logs])
    assert {one: together[one] for one in decisions(recordings, logs)} == decisions(recordings, logs)
