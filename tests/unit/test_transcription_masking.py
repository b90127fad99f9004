"""A masked sound is silent where it was told to be, and untouched elsewhere, however it is read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcription.engines.masking import masked
from transcription.sound import SAMPLE_RATE, ArraySound

LENGTH = 2 * SAMPLE_RATE
moments = st.floats(0, 2.5)


@given(st.lists(st.tuples(moments, moments), max_size=6), st.integers(-100, LENGTH), st.integers(0, LENGTH))
def test_reading_any_part_gives_the_same_as_masking_the_whole(
    given_ranges: list[tuple[float, float]], start: int, count: int
) -> None:
    whole = np.ones(LENGTH, np.float32)
    ranges = [(min(one), max(one)) for one in given_ranges]
    wanted = whole.copy()
    for first, last in ranges:
        wanted[round(first * SAMPLE_RATE) : round(last * SAMPLE_RATE)] = 0
    sound = masked(ArraySound(whole), ranges)
    assert len(sound) == LENGTH
    assert np.array_equal(sound.read(start, start + count), wanted[max(0, start) : max(0, start + count)])
    assert whole.all()
