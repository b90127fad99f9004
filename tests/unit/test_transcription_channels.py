"""Channels: copies are recognised for what they are, a side of its own never is one, many become one that is heard."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bench.sounds import encoded, tone
from transcription.audio import decode, hear
from transcription.recording import Facts

Floats = npt.NDArray[np.float64]
RATE = 8_000
CALL = Path(__file__).parents[2] / "samples" / "card_payment.wav"
NOISE = np.random.default_rng(7)


@pytest.fixture(scope="module")
def sides() -> tuple[Floats, Floats]:
    with CALL.open("rb") as file:
        one, other = decode(file, max_duration_s=600.0).channels
    return one[: RATE * 24].astype(np.float64), other[: RATE * 24].astype(np.float64)


def facts(left: Floats, right: Floats) -> Facts:
    pair: list[Any] = [np.clip(one, -32_768, 32_767).astype(np.int16) for one in (left, right)]
    return hear(io.BytesIO(encoded(pair, RATE, "wav", "pcm_s16le", "stereo")), max_duration_s=60.0).facts


def late(sound: Floats, milliseconds: float) -> Floats:
    count = int(milliseconds * RATE / 1_000)
    return np.concatenate([np.zeros(count), sound])[: len(sound)]


def through(sound: Floats, container: str, codec: str) -> Floats:
    found = decode(io.BytesIO(encoded([sound.astype(np.int16)], RATE, container, codec)), max_duration_s=60.0)
    out = np.zeros(len(sound))
    count = min(len(sound), len(found.channels[0]))
    out[:count] = found.channels[0][:count]
    return out


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("gain", [1.0, 0.3, 0.1])
@pytest.mark.parametrize("milliseconds", [0, 7, 33, 50])
def test_a_late_quieter_or_inverted_copy_is_a_copy(
    sides: tuple[Floats, Floats], milliseconds: float, gain: float, sign: float
) -> None:
    mix = sides[0] + sides[1]
    found = facts(mix, late(mix, milliseconds) * gain * sign)
    assert found.dual_mono
    assert found.kept == (0,)


def test_the_louder_of_two_copies_is_kept(sides: tuple[Floats, Floats]) -> None:
    mix = sides[0] + sides[1]
    assert facts(mix * 0.2, late(mix, 10)).kept == (1,)


@pytest.mark.parametrize(
    ("container", "codec"), [("amr", "libopencore_amrnb"), ("wav", "pcm_mulaw"), ("wav", "g726"), ("mp3", "libmp3lame")]
)
def test_a_copy_through_a_codec_is_a_copy(sides: tuple[Floats, Floats], container: str, codec: str) -> None:
    mix = sides[0] + sides[1]
    assert facts(mix, late(through(mix, container, codec) * 0.5, 20)).dual_mono


def test_a_copy_with_noise_is_a_copy(sides: tuple[Floats, Floats]) -> None:
    mix = sides[0] + sides[1]
    assert facts(mix, mix + NOISE.normal(0, 100, len(mix))).dual_mono


def test_a_copy_inverted_half_way_through_is_a_copy(sides: tuple[Floats, Floats]) -> None:
    mix = sides[0] + sides[1]
    assert facts(mix, np.concatenate([mix[: len(mix) // 2], -mix[len(mix) // 2 :]])).dual_mono


@pytest.mark.parametrize("echo", [0.0, 0.1, 0.25])
def test_two_sides_stay_two_with_an_echo_of_each_other_too(sides: tuple[Floats, Floats], echo: float) -> None:
    found = facts(sides[0] + echo * late(sides[1], 30), sides[1] + echo * late(sides[0], 30))
    assert not found.dual_mono


def test_one_word_of_its_own_makes_a_side(sides: tuple[Floats, Floats]) -> None:
    echo = 0.1 * late(sides[0], 25)
    loudest = int(np.argmax(np.abs(sides[1])))
    word = sides[1][loudest - RATE // 4 : loudest + RATE // 4]
    quiet = int(np.argmin(np.convolve(np.abs(sides[0]), np.ones(RATE), "valid")))
    echo[quiet : quiet + len(word)] += word
    assert not facts(sides[0], echo).dual_mono


@pytest.mark.parametrize("noise", [0.0, 20.0])
def test_a_side_that_never_speaks_is_a_side(sides: tuple[Floats, Floats], noise: float) -> None:
    assert not facts(sides[0], NOISE.normal(0, 1, len(sides[0])) * noise).dual_mono


def test_the_share_that_is_alike_is_told(sides: tuple[Floats, Floats]) -> None:
    mix, half = sides[0] + sides[1], len(sides[0]) // 2
    found = facts(mix, np.concatenate([mix[:half], sides[1][half:]]))
    assert not found.dual_mono
    assert 0.3 < found.alike < 0.97


def test_redaction_sees_the_channels_that_transcription_saw(sides: tuple[Floats, Floats]) -> None:
    mix = sides[0] + sides[1]
    for left, right in ((sides[0], sides[1]), (mix, late(mix, 20)), (0.1 * mix, mix)):
        pair = [np.clip(one, -32_768, 32_767).astype(np.int16) for one in (left, right)]
        content = encoded(pair, RATE, "wav", "pcm_s16le", "stereo")
        assert len(decode(io.BytesIO(content), max_duration_s=60.0).channels) == len(
            hear(io.BytesIO(content), max_duration_s=60.0).sounds
        )


def power_db(mixed: npt.NDArray[np.int16]) -> float:
    """Return the mixed sound's power over the tone's own."""
    return float(10 * np.log10(np.mean(np.square(mixed[RATE // 2 :].astype(np.float64))) / (9_000**2 / 2)))


@pytest.mark.parametrize("named", [True, False], ids=["surround", "six lines"])
@pytest.mark.parametrize("speaking", range(6))
def test_who_speaks_alone_on_one_of_six_channels_is_heard(speaking: int, named: bool) -> None:
    channels = [NOISE.normal(0, 20, 4 * RATE).astype(np.int16) for _ in range(6)]
    channels[speaking] = tone(4.0)
    content = bytearray(encoded(channels, RATE, "wav", "pcm_s16le", "5.1"))
    if not named:  # a plain header says how many channels there are, and nothing more
        content[16:20], content[20:22] = (16).to_bytes(4, "little"), b"\1\0"
        del content[36 : content.index(b"data")]
    mixed = decode(io.BytesIO(bytes(content)), max_duration_s=60.0).channels
    assert len(mixed) == 1
    assert power_db(mixed[0]) > -3.0


def test_a_rumble_on_the_low_frequency_channel_stays_out() -> None:
    voice, rumble = tone(4.0), tone(4.0, hertz=60)
    content = encoded(
        [voice // 4, voice // 4, voice // 2, rumble * 2, voice // 9, voice // 9], RATE, "wav", "pcm_s16le", "5.1"
    )
    mixed = decode(io.BytesIO(content), max_duration_s=60.0).channels[0][RATE : 3 * RATE].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(mixed))
    assert spectrum[880] > 3 * spectrum[120]


def test_the_centre_goes_before_what_is_around_it() -> None:
    around = (tone(4.0, hertz=1_500) // 3).astype(np.int16)
    content = encoded([around, around, tone(4.0), around, around, around], RATE, "wav", "pcm_s16le", "5.1")
    mixed = decode(io.BytesIO(content), max_duration_s=60.0).channels[0][RATE : 3 * RATE].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(mixed))
    assert spectrum[880] > 8 * spectrum[3_000]


def test_inverted_channels_of_many_do_not_cancel() -> None:
    quiet = np.zeros(4 * RATE, np.int16)
    content = encoded([tone(4.0), -tone(4.0), quiet, quiet], RATE, "wav", "pcm_s16le", "quad")
    assert power_db(decode(io.BytesIO(content), max_duration_s=60.0).channels[0]) > -4.0
