"""Level: quiet speech is lifted, loud speech lowered, noise left alone; resampling leaves no images."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.level import FLOOR_DB, MAX_GAIN_DB, TARGET_DB, Levels
from transcription.resampling import Resampler

RATE = 16_000
CHANCE = np.random.default_rng(5)


def speech(
    level_db: float, seconds: float = 60.0, share: float = 0.4, noise_db: float = -70.0
) -> npt.NDArray[np.float32]:
    """Return bursts of noise at a level, between them a background."""
    count = int(seconds * RATE)
    talking = np.repeat(CHANCE.random(int(seconds * 2)) < share, RATE // 2)[:count]
    scale = np.where(talking, 10 ** (level_db / 20), 10 ** (noise_db / 20))
    return (CHANCE.normal(0, 1, len(scale)) * scale).astype(np.float32)


def gain_db(sound: npt.NDArray[np.float32], piece: int = 7_919) -> float:
    levels = Levels()
    for at in range(0, len(sound), piece):
        levels.add(sound[at : at + piece])
    return float(20 * np.log10(levels.gain))


@given(st.floats(-52.0, -6.0))
@settings(deadline=None, max_examples=25)
def test_speech_of_any_level_comes_to_the_target(level_db: float) -> None:
    wanted = min(TARGET_DB - level_db, MAX_GAIN_DB, FLOOR_DB + 70.0)
    assert gain_db(speech(level_db)) == pytest.approx(wanted, abs=1.5)


def test_who_speaks_for_seconds_in_a_long_call_is_levelled_by_them() -> None:
    assert gain_db(speech(-43.0, seconds=600.0, share=0.02)) == pytest.approx(20.0, abs=2.5)


@pytest.mark.parametrize("level_db", [-80.0, -60.0, -45.0, -30.0])
def test_a_channel_of_noise_is_not_amplified(level_db: float) -> None:
    noise = (CHANCE.normal(0, 1, 30 * RATE) * 10 ** (level_db / 20)).astype(np.float32)
    assert gain_db(noise) == 0.0


def test_silence_and_nothing_are_left_alone() -> None:
    assert gain_db(np.zeros(10 * RATE, np.float32)) == 0.0
    assert Levels().gain == 1.0


def test_a_background_is_not_lifted_to_speech() -> None:
    assert gain_db(speech(-45.0, noise_db=-58.0)) <= 8.5


def test_the_gain_does_not_depend_on_how_the_sound_was_cut() -> None:
    sound = speech(-40.0)
    assert len({round(gain_db(sound, piece), 6) for piece in (100, 480, 7_919, 960_000)}) == 1


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
@pytest.mark.parametrize("hertz", [300, 1_000, 3_000, 3_400, 3_700])
def test_resampling_is_flat_and_leaves_no_images(rate: int, hertz: int) -> None:
    sine = (0.5 * np.sin(2 * np.pi * hertz * np.arange(4 * rate) / rate)).astype(np.float32).reshape(1, -1)
    resampler = Resampler(1, rate, RATE)
    out = np.concatenate(
        [resampler.push(sine[:, : rate // 3]), resampler.push(sine[:, rate // 3 :]), resampler.flush()], 1
    )
    assert out.shape[1] == pytest.approx(4 * RATE, abs=2)
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(out[0, RATE : 3 * RATE] * np.hanning(2 * RATE))) / (RATE / 4) + 1e-9)
    near = slice(2 * hertz - 20, 2 * hertz + 20)
    assert spectrum[near].max() == pytest.approx(0.0, abs=0.1)
    spectrum[near] = -200.0
    assert spectrum.max() < -60.0


def test_what_no_lower_rate_can_carry_is_taken_out() -> None:
    sine = (0.5 * np.sin(2 * np.pi * 9_000 * np.arange(96_000) / 48_000)).astype(np.float32).reshape(1, -1)
    resampler = Resampler(1, 48_000, RATE)
    out = np.concatenate([resampler.push(sine), resampler.flush()], axis=1)[0, 1_000:-1_000]
    assert 20 * np.log10(np.abs(out).max() / 0.5) < -60.0
