"""Chunks are as large as two seconds allow, never smaller than is worth it, and never larger than is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.pace import LEAST, TARGET_S, Pace


def test_chunks_grow_while_they_are_quick_and_no_further_than_the_most() -> None:
    pace, sizes = Pace(4_000), []
    for _ in range(6):
        sizes.append(pace.size)
        pace.note(pace.size, 0.01)
    assert sizes == [LEAST, 1_000, 2_000, 4_000, 4_000, 4_000]


def test_a_slow_chunk_makes_the_next_one_fit_at_once() -> None:
    pace = Pace(4_000)
    for _ in range(3):
        pace.note(pace.size, 0.01)
    pace.note(4_000, 8.0)
    assert pace.size == 1_000


@given(st.integers(1, 10_000), st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 100)), max_size=20))
def test_whatever_was_seen_a_chunk_is_within_its_bounds(most: int, seen: list[tuple[int, float]]) -> None:
    pace = Pace(most)
    for records, took_s in seen:
        pace.note(records, took_s)
        assert min(LEAST, most) <= pace.size <= most


@given(st.floats(0.00001, 0.02))
def test_on_a_steady_machine_a_chunk_takes_no_longer_than_the_target_unless_it_is_the_least(each_s: float) -> None:
    pace = Pace(4_000)
    for _ in range(30):
        pace.note(pace.size, pace.size * each_s)
    assert pace.size in {LEAST, 4_000} or TARGET_S / 4 <= pace.size * each_s <= TARGET_S


def test_the_few_records_that_end_a_month_do_not_make_the_next_chunks_small() -> None:
    pace = Pace(4_000)
    for _ in range(5):
        pace.note(pace.size, 0.2)
        pace.note(3, 0.02)
    assert pace.size == 4_000
