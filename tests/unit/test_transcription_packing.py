"""Windows hold every stretch once and in order, are no longer than asked, and read what they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcription.engines.packing import Stretch, pack, stretches_of, window_of
from transcription.sound import ArraySound

voices = st.lists(st.tuples(st.integers(1, 30_000), st.integers(1, 60_000)), max_size=12)


def stretches(lengths: list[tuple[int, int]]) -> list[Stretch]:
    voiced, reached = [], 0
    for gap, voice in lengths:
        voiced.append((reached + gap, reached + gap + voice))
        reached += gap + voice
    return stretches_of(voiced, pad=500, length=reached)


@given(voices, st.integers(1_000, 100_000))
def test_every_stretch_is_in_one_window_and_only_a_single_one_is_longer_than_asked(
    lengths: list[tuple[int, int]], longest: int
) -> None:
    found = stretches(lengths)
    windows = list(pack(found, window=longest))
    assert [one for window in windows for one in window.stretches] == found
    assert all(window.length <= longest or len(window.stretches) == 1 for window in windows)


@given(voices.filter(bool))
def test_a_window_reads_its_stretches_end_to_end(lengths: list[tuple[int, int]]) -> None:
    found = stretches(lengths)
    sound = ArraySound(np.arange(found[-1].end, dtype=np.float32))
    window = window_of(found)
    read = window.read(sound)
    assert len(read) == window.length
    for one, offset in zip(window.stretches, window.offsets, strict=True):
        assert read[offset] == one.start
        assert read[offset + one.end - one.start - 1] == one.end - 1
