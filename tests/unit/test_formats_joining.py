"""A call is a function of the set of its rows: order, repetition and the borders of files do not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsing import IN_UTC, read_text

from ingest.formats.joining import grouped, idempotency_key, join, joined, winners
from ingest.formats.record import (
    CallRecord,
    Cost,
    Direction,
    Disposition,
    PartyKind,
    PartyNumber,
    RecordingRef,
    Rejection,
    Row,
)

START = datetime(2026, 7, 1, 12, tzinfo=UTC)
moments = st.one_of(st.none(), st.integers(0, 100).map(lambda second: START + timedelta(seconds=second)))
parties = st.sampled_from([PartyNumber(), PartyNumber("1001", None, kind=PartyKind.EXTENSION), PartyNumber("s")])
rows_of_one_call = st.lists(
    st.builds(
        Row,
        source=st.just("test"),
        group=st.just("call"),
        key=st.sampled_from("abcd"),
        raw_line=st.integers(1, 9),
        origin_id=st.sampled_from([None, "one", "two"]),
        kind=st.sampled_from(["leg", "event"]),
        at=moments,
        rank=st.sampled_from([0.0, 1.0]),
        direction=st.sampled_from(Direction),
        caller=parties,
        callee=parties,
        setup_time=moments,
        answer_time=moments,
        end_time=moments,
        duration_s=st.one_of(st.none(), st.integers(0, 99).map(float)),
        disposition=st.one_of(st.none(), st.sampled_from(Disposition)),
        recording=st.one_of(st.none(), st.builds(RecordingRef, name=st.sampled_from("xy"))),
        cost=st.one_of(st.none(), st.builds(Cost, amount=st.sampled_from(["0.1", "2"]))),
        facts=st.dictionaries(st.sampled_from("fg"), st.sampled_from("12"), max_size=2),
        extra=st.dictionaries(st.sampled_from("pq"), st.sampled_from("12"), max_size=2),
    ),
    min_size=1,
    max_size=6,
)


def told(call: CallRecord) -> CallRecord:
    """Return the call apart from how many rows told of it."""
    return msgspec.structs.replace(call, rows=0)


@given(rows_of_one_call, st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[Row], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' random
    assert join(shuffled) == join(rows)


@given(rows_of_one_call)
def test_repetition_does_not_matter(rows: list[Row]) -> None:
    assert told(join(rows * 2)) == told(join(rows))
    assert join(rows * 2).rows == 2 * len(rows)


@given(rows_of_one_call, st.integers(0, 6))
def test_the_rows_of_two_files_are_the_rows_of_one(rows: list[Row], cut: int) -> None:
    first, second = winners(rows[:cut]), winners(rows[cut:])
    assert winners(first + second) == winners(rows)


@given(rows_of_one_call, st.integers(1, 20))
def test_every_row_is_in_one_group_whatever_the_window(rows: list[Row], window: int) -> None:
    spread = [msgspec.structs.replace(row, group=row.key) for row in rows]
    groups = [group for group in grouped(spread, window=window) if not isinstance(group, Rejection)]
    assert sum(len(group) for group in groups) == len(rows)
    assert all(len({row.group for row in group}) == 1 for group in groups)


def test_rejections_pass_as_they_come() -> None:
    refused = Rejection(1, "field", "no")
    row = Row("test", "call", "a", 2)
    assert [type(item) for item in joined([refused, row, refused])] == [Rejection, Rejection, CallRecord]


def test_a_group_that_is_complete_leaves_at_once() -> None:
    rows = [Row("test", group, kind, at) for at, (group, kind) in enumerate(["1a", "2a", "1b", "2b"])]
    groups = [[row.raw_line for row in group] for group in grouped(rows, done=lambda row: row.key == "b")]  # type: ignore[union-attr]  # no rejections
    assert groups == [[0, 2], [1, 3]]


def test_the_greatest_rank_wins_and_the_first_line_is_kept() -> None:
    low, high = Row("test", "call", "a", 5, rank=1, duration_s=1.0), Row("test", "call", "a", 9, rank=2, duration_s=2.0)
    call = join([high, low])
    assert (call.duration_s, call.raw_line, call.rows) == (2.0, 5, 2)


def test_the_key_is_of_the_format_and_the_group_alone() -> None:
    assert idempotency_key("a", "b") == idempotency_key("a", "b")
    assert len({idempotency_key(*pair) for pair in (("a", "bc"), ("ab", "c"), ("a", "b"))}) == 3


def test_costs_add_up_exactly_and_two_currencies_are_no_currency() -> None:
    rows = [Row("test", "c", key, 1, cost=Cost("0.1", currency)) for key, currency in (("a", "EUR"), ("b", "EUR"))]
    assert join(rows).cost == Cost("0.2", "EUR")
    mixed = [*rows, Row("test", "c", "x", 1, cost=Cost("0.1", "USD"))]
    assert join(mixed).cost == Cost("0.3", None)


def test_a_format_with_a_join_of_its_own_joins_its_rows_itself() -> None:
    text = (
        "eventtype,eventtime,uniqueid,linkedid\nCHAN_START,2026-07-01 12:00:00,1.1,1.1\n"
        "LINKEDID_END,2026-07-01 12:00:09,1.1,1.1\n"
    )
    rows, _ = read_text("asterisk_cel", text, IN_UTC)
    assert join(rows).duration_s == 9
    assert join(rows[1:]).end_time == START + timedelta(seconds=9)


@pytest.mark.parametrize("count", [1, 2])
def test_a_row_alone_and_the_same_row_twice_are_one_call(count: int) -> None:
    row = Row("test", "c", "a", 1, setup_time=START, end_time=START + timedelta(seconds=5), duration_s=4.0)
    assert join([row] * count).duration_s == 4.0
