"""Voice told by loudness: found in quiet and in noise, nothing found in nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redaction.voice import voiced_ranges

RATE = 8_000


def sound(bursts: list[tuple[float, float]], *, seconds: float = 10.0, noise: float = 30.0) -> np.ndarray:
    rng = np.random.default_rng(5)
    found = rng.normal(0, noise, int(seconds * RATE))
    for start, end in bursts:
        part = slice(int(start * RATE), int(end * RATE))
        found[part] += rng.normal(0, 5_000, part.stop - part.start)
    return found.clip(-32_000, 32_000).astype(np.int16)


@pytest.mark.parametrize("noise", [0.0, 30.0, 500.0])
def test_a_voice_is_found_where_it_is(noise: float) -> None:
    found = voiced_ranges(sound([(2.0, 3.5), (6.0, 7.0)], noise=noise), RATE)
    assert [(round(start, 1), round(end, 1)) for start, end in found] == [(2.0, 3.5), (6.0, 7.0)]


def test_on_a_line_that_is_nearly_as_loud_as_the_voice_nothing_of_the_voice_is_missed() -> None:
    assert voiced_ranges(sound([(2.0, 3.5)], noise=1_200.0), RATE) == ((0.0, 10.0),)


def test_pauses_inside_a_phrase_are_joined() -> None:
    assert len(voiced_ranges(sound([(2.0, 2.5), (2.65, 3.0)]), RATE)) == 1
    assert len(voiced_ranges(sound([(2.0, 2.5), (2.8, 3.3)]), RATE)) == 2


@pytest.mark.parametrize("channel", [np.zeros(0, np.int16), np.zeros(RATE, np.int16), np.zeros(3, np.int16)])
def test_in_silence_there_is_no_voice(channel: np.ndarray) -> None:
    assert voiced_ranges(channel, RATE) == ()


def test_where_everything_is_as_loud_everything_may_be_a_voice() -> None:
    ((start, end),) = voiced_ranges(sound([], noise=4_000.0), RATE)
    assert (start, end) == (0.0, 10.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0.1, 2)), max_size=4), st.sampled_from([8_000, 11_025, 44_100]))
def test_stretches_are_in_order_and_inside_the_sound(bursts: list[tuple[float, float]], rate: int) -> None:
    channel = sound([(start, min(10.0, start + length)) for start, length in bursts])
    found = voiced_ranges(channel, rate)
    edges = [edge for one in found for edge in one]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(channel) / rate + 0.02 for edge in edges)
