"""Words begin where the sound rises and end where it falls, and stay in order whatever the sound is like."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.speech import Word
from transcription.engines.timing import SHORTEST_S, refined

LEVELS = np.full(1_000, 0.001, np.float32)
LEVELS[200:300] = 0.1
LEVELS[300:340] = 0.1
LEVELS[600:650] = 0.1


def word(start: float, end: float) -> Word:
    return Word(start, end, "so", 0.9)


def test_a_word_beside_a_pause_begins_where_the_sound_rises() -> None:
    for start in (1.75, 1.9, 2.0, 2.05):
        assert refined([word(start, 3.0)], LEVELS, duration_s=10)[0].start == pytest.approx(2.0, abs=0.011)


def test_a_word_beside_a_pause_ends_where_the_sound_falls() -> None:
    for end in (3.15, 3.3, 3.5):
        assert refined([word(2.0, end)], LEVELS, duration_s=10)[0].end == pytest.approx(3.4, abs=0.011)


def test_between_words_the_edge_is_only_moved_by_what_was_measured() -> None:
    first, second = refined([word(2.0, 2.5), word(2.5, 3.3)], LEVELS, duration_s=10)
    assert second.start == pytest.approx(2.54)
    assert first.end == pytest.approx(2.54)


times = st.floats(0, 12)


@given(
    st.lists(st.tuples(times, st.floats(0, 2)), max_size=15),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.01, 4.0, 12.5]),
)
def test_words_stay_in_order_apart_and_inside_and_have_a_length(
    given_words: list[tuple[float, float]], seed: int, duration_s: float
) -> None:
    levels = np.random.default_rng(seed).choice([0.0, 0.001, 0.2], round(duration_s * 100)).astype(np.float32)
    placed: list[Word] = []
    reached = 0.0
    for start, length in sorted(given_words):
        first = min(max(start, reached), duration_s)
        reached = min(first + length, duration_s)
        placed.append(word(first, reached))
    found = refined(placed, levels, duration_s=duration_s)
    assert len(found) == len(placed)
    assert all(0 <= one.start <= one.end <= duration_s for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(one.end - one.start >= SHORTEST_S - 1e-9 or one.end == duration_s for one in found)
