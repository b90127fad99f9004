"""Key tones: every one is found, whatever it came through, and what is silenced holds none that a decoder reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keys import KEYS, Press, decoded, pressed

from transcription.engines.masking import masked
from transcription.ranges import joined
from transcription.sound import SAMPLE_RATE, ArraySound, Samples
from transcription.tones import key_tones

CARD = "4000123456789010"


def _masked(samples: Samples) -> Samples:
    sound = ArraySound(samples)
    return masked(sound, key_tones(sound)).read(0, len(samples))


def _uncovered_s(samples: Samples, presses: list[Press], starts: list[int]) -> float:
    """Return the most of any tone that stays audible, in seconds."""
    audible = np.ones(len(samples), np.bool_)
    for start, end in key_tones(ArraySound(samples)):
        audible[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] = False
    return max(
        float(audible[start : start + round(one.on_s * SAMPLE_RATE)].sum()) / SAMPLE_RATE
        for one, start in zip(presses, starts, strict=True)
    )


presses = st.lists(
    st.builds(
        Press,
        key=st.sampled_from(KEYS),
        on_s=st.floats(0.04, 0.4),
        off_s=st.floats(0.04, 0.5),
        off_low=st.floats(-0.018, 0.018),
        off_high=st.floats(-0.018, 0.018),
        twist_db=st.floats(-8, 4),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(presses=presses, level_db=st.floats(-56, -3), lead_s=st.floats(0, 1.1))
def test_every_tone_that_q24_lets_count_is_covered(presses: list[Press], level_db: float, lead_s: float) -> None:
    samples, starts = pressed(presses, level_db=level_db, lead_s=lead_s)
    assert _uncovered_s(samples, presses, starts) == 0
    assert decoded(_masked(samples)) == ""


@settings(max_examples=30, deadline=None)
@given(presses=presses, lead_s=st.floats(0, 1), seed=st.integers(0, 1000), gap_db=st.floats(12, 40))
def test_hiss_behind_hides_no_tone(presses: list[Press], lead_s: float, seed: int, gap_db: float) -> None:
    samples, starts = pressed(presses, lead_s=lead_s)
    hiss = np.random.default_rng(seed).standard_normal(len(samples)) * 10 ** ((-20 - gap_db) / 20)
    assert _uncovered_s((samples + hiss).astype(np.float32), presses, starts) == 0


@pytest.mark.parametrize("over_db", [0.0, 6.0, 12.0, 24.0])
def test_clipped_tones_are_covered(over_db: float) -> None:
    typed = [Press(key) for key in CARD]
    samples, starts = pressed(typed, level_db=-6 + over_db)
    clipped = np.clip(samples, -0.8, 0.8)
    assert decoded(clipped) == CARD
    assert _uncovered_s(clipped, typed, starts) == 0
    assert decoded(_masked(clipped)) == ""


def test_tones_under_a_dial_tone_are_covered() -> None:
    typed = [Press(key, on_s=0.06) for key in CARD]
    samples, starts = pressed(typed)
    times = np.arange(len(samples)) / SAMPLE_RATE
    dial = 0.1 * (np.sin(2 * np.pi * 350 * times) + np.sin(2 * np.pi * 440 * times))
    assert _uncovered_s((samples + dial).astype(np.float32), typed, starts) == 0


@pytest.mark.parametrize("at_s", [15.9, 15.98, 15.99, 16.0, 16.01, 16.02, 31.98])
def test_a_tone_where_two_pieces_meet_is_covered(at_s: float) -> None:
    typed = [Press("5", on_s=0.04)]
    samples, starts = pressed(typed, lead_s=at_s)
    assert _uncovered_s(samples, typed, starts) == 0


@pytest.mark.parametrize("lead_s", [0.0, 0.001, 0.02])
def test_a_tone_at_the_very_edge_of_the_sound_is_covered(lead_s: float) -> None:
    samples, starts = pressed([Press("9", on_s=0.05)], lead_s=lead_s)
    assert _uncovered_s(samples, [Press("9", on_s=0.05)], starts) == 0
    backwards = samples[::-1].copy()
    assert key_tones(ArraySound(backwards[len(backwards) - 9000 :])) != []


def test_a_long_press_is_covered_whole() -> None:
    typed = [Press("1", on_s=40.0)]
    samples, starts = pressed(typed)
    assert _uncovered_s(samples, typed, starts) == 0


def test_ranges_are_in_order_apart_and_inside_the_sound() -> None:
    samples, _ = pressed([Press(key, off_s=0.5) for key in CARD], lead_s=0.0)
    found = key_tones(ArraySound(samples[:-7_000]))
    assert found == joined(found, bridge_s=0.0, length_s=len(samples[:-7_000]) / SAMPLE_RATE)
    assert len(found) == len(CARD)


@pytest.mark.parametrize("length", [0, 1, 100, 511, 512, 513])
def test_a_sound_of_a_few_samples_holds_no_key(length: int) -> None:
    assert key_tones(ArraySound(np.zeros(length, np.float32))) == []


def test_silence_hiss_and_single_tones_are_no_keys() -> None:
    times = np.arange(20 * SAMPLE_RATE) / SAMPLE_RATE
    hiss = np.random.default_rng(4).standard_normal(len(times)) * 0.05
    ringback = 0.2 * (np.sin(2 * np.pi * 440 * times) + np.sin(2 * np.pi * 480 * times))
    busy = 0.2 * (np.sin(2 * np.pi * 480 * times) + np.sin(2 * np.pi * 620 * times))
    for sound in (times * 0, hiss, ringback, busy, 0.3 * np.sin(2 * np.pi * 1209 * times)):
        assert key_tones(ArraySound(sound.astype(np.float32))) == []


def test_half_of_a_key_is_no_key() -> None:
    """Two tones of one group, or off by 5 %, are not in the alphabet."""
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    for low, high in ((697, 852), (1209, 1477), (697 * 1.05, 1209), (770, 1336 * 0.95)):
        both = 0.2 * (np.sin(2 * np.pi * low * times) + np.sin(2 * np.pi * high * times))
        assert key_tones(ArraySound(both.astype(np.float32))) == []


class _CountedSound(ArraySound):
    """Remembers the longest read."""

    longest = 0

    def read(self, start: int, stop: int) -> Samples:
        type(self).longest = max(self.longest, stop - start)
        return super().read(start, stop)


def test_a_long_call_is_read_in_pieces_of_less_than_a_minute() -> None:
    sound = _CountedSound(np.zeros(300 * SAMPLE_RATE, np.float32))
    assert key_tones(sound) == []
    assert 0 < sound.longest <= 60 * SAMPLE_RATE
