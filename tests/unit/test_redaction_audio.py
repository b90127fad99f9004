"""Sound: replaced inside a range, untouched outside, lossless in the file."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.spans import TimeRange
from redaction.audio import encode_flac, extend_to_quiet, silence, silenced_throughout
from redaction.errors import SilenceError
from redaction.flac import decode_flac

RATE = 8_000


def noise(seconds: float, count: int = 2) -> list[np.ndarray]:
    rng = np.random.default_rng(4)
    return [rng.uniform(0.2, 0.9, int(seconds * RATE)).astype(np.float32) for _ in range(count)]


@st.composite
def ranges(draw: st.DrawFn) -> TimeRange:
    start = draw(st.floats(0, 2.5))
    return TimeRange(draw(st.integers(0, 1)), start, start + draw(st.floats(0, 1.5)))


@settings(max_examples=60, deadline=None)
@given(st.lists(ranges(), max_size=5), st.sampled_from([None, 440.0]))
def test_nothing_of_the_original_remains_inside_and_nothing_changes_outside(
    asked: list[TimeRange], tone_hz: float | None
) -> None:
    before = noise(2.0)
    after = silence(before, RATE, asked, tone_hz=tone_hz)
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        inside = np.zeros(len(old), bool)
        for one in asked:
            if one.channel == number:
                inside[int(np.floor(one.start * RATE)) : int(np.ceil(one.end * RATE))] = True
        assert np.array_equal(old[~inside], new[~inside])
        assert np.all(np.abs(new[inside]) <= 0.05), "the original is never quieter than 0.2 here"


def test_the_original_is_left_alone() -> None:
    before = noise(1.0)
    kept = [channel.copy() for channel in before]
    silence(before, RATE, [TimeRange(0, 0.1, 0.9)])
    assert all(np.array_equal(one, two) for one, two in zip(before, kept, strict=True))


def test_a_tone_begins_and_ends_at_zero_inside_its_range() -> None:
    after = silence(noise(1.0, 1), RATE, [TimeRange(0, 0.25, 0.75)])[0]
    assert after[2000] == 0
    assert after[5999] == 0
    assert np.max(np.abs(after[2000:6000])) > 0.04


def test_integers_are_silenced_as_integers() -> None:
    channel = np.full(RATE, 12_000, np.int16)
    after = silence([channel], RATE, [TimeRange(0, 0, 1)], tone_hz=None)[0]
    assert after.dtype == np.int16
    assert not after.any()


def test_a_range_beyond_the_end_is_clipped() -> None:
    after = silence(noise(1.0, 1), RATE, [TimeRange(0, 0.5, 99.0), TimeRange(0, 40.0, 41.0)], tone_hz=None)[0]
    assert len(after) == RATE
    assert not after[4000:].any()


@pytest.mark.parametrize(
    "bad",
    [
        TimeRange(0, float("nan"), 1.0),
        TimeRange(0, 0.0, float("inf")),
        TimeRange(0, -0.1, 1.0),
        TimeRange(0, 1.0, 0.5),
        TimeRange(2, 0.0, 1.0),
        TimeRange(-1, 0.0, 1.0),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(bad: TimeRange) -> None:
    with pytest.raises(SilenceError):
        silence(noise(1.0), RATE, [bad])


def test_the_check_sees_what_was_not_silenced() -> None:
    asked = [TimeRange(0, 0.2, 0.6), TimeRange(1, 0.0, 0.1)]
    before = noise(1.0)
    after = silence(before, RATE, asked)
    assert silenced_throughout(after, RATE, asked)
    assert not silenced_throughout(before, RATE, asked)
    after[0][3000] = 0.5
    assert not silenced_throughout(after, RATE, asked)


def test_a_range_is_extended_to_the_pause_but_never_shrunk() -> None:
    channel = np.zeros(3 * RATE, np.float32)
    channel[RATE : 2 * RATE] = noise(1.0, 1)[0]
    (one,) = extend_to_quiet([channel], RATE, [TimeRange(0, 1.3, 1.7)])
    assert one.start <= 1.0
    assert one.end >= 2.0
    (same,) = extend_to_quiet([channel], RATE, [TimeRange(0, 0.5, 2.5)])
    assert same.start <= 0.5
    assert same.end >= 2.5


def test_a_range_without_a_pause_near_it_stays() -> None:
    (one,) = extend_to_quiet(noise(3.0, 1), RATE, [TimeRange(0, 1.3, 1.7)])
    assert (one.start, one.end) == (1.3, 1.7)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_flac_reads_back_equal(count: int, rate: int) -> None:
    rng = np.random.default_rng(1)
    channels = [rng.integers(-32_768, 32_767, 70_001).astype(np.int16) for _ in range(count)]
    read, read_rate = decode_flac(encode_flac(channels, rate))
    assert read_rate == rate
    assert all(np.array_equal(one, two) for one, two in zip(channels, read, strict=True))


def test_flac_goes_into_a_file_and_names_no_source() -> None:
    file = io.BytesIO()
    assert encode_flac(noise(0.5), RATE, file) == b""
    assert file.getvalue()[:4] == b"fLaC"
    assert len(decode_flac(file.getvalue())[0][0]) == RATE // 2


def test_flac_refuses_what_is_no_sound() -> None:
    with pytest.raises(SilenceError):
        encode_flac([], RATE)
    with pytest.raises(SilenceError):
        encode_flac([np.zeros(3, np.float32), np.zeros(4, np.float32)], RATE)
    with pytest.raises(SilenceError):
        encode_flac([np.array([float("nan")], np.float32)], RATE)
