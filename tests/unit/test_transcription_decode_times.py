"""A sound at t seconds in the call is at t seconds after decoding, whatever the container, the codec and the gaps."""

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from bench.sounds import Pcm, click_time, clicks, encoded
from transcription.audio import decode, hear
from transcription.sound import SAMPLE_RATE

AT = (0.5, 1.7, 3.21)
WITHIN_S = 0.005


def heard(content: bytes, limit_s: float = 60.0) -> tuple[Any, bool]:
    found = hear(io.BytesIO(content), max_duration_s=limit_s)
    return found.sounds[0].read(0, len(found.sounds[0])), found.facts.truncated


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("wav", "pcm_mulaw", 8_000),
        ("wav", "pcm_alaw", 8_000),
        ("wav", "pcm_u8", 8_000),
        ("wav", "pcm_s16le", 11_025),
        ("wav", "pcm_s24le", 44_100),
        ("wav", "pcm_s32le", 8_000),
        ("wav", "pcm_f32le", 16_000),
        ("wav", "pcm_f64le", 96_000),
        ("wav", "adpcm_ms", 8_000),
        ("wav", "adpcm_ima_wav", 8_000),
        ("wav", "g722", 16_000),
        ("wav", "g726", 8_000),
        ("wav", "libmp3lame", 16_000),
        ("flac", "flac", 8_000),
        ("ogg", "flac", 16_000),
        ("ogg", "libopus", 16_000),
        ("ogg", "libopus", 48_000),
        ("webm", "libopus", 48_000),
        ("matroska", "aac", 16_000),
        ("mp3", "libmp3lame", 8_000),
        ("mp3", "libmp3lame", 44_100),
        ("ipod", "aac", 8_000),
        ("mp4", "aac", 44_100),
        ("adts", "aac", 16_000),
        ("3gp", "aac", 16_000),
        ("ipod", "alac", 44_100),
        ("caf", "pcm_s16le", 8_000),
        ("aiff", "pcm_s16be", 8_000),
        ("au", "pcm_mulaw", 8_000),
        ("w64", "pcm_s16le", 8_000),
        ("mov", "pcm_s16le", 8_000),
    ],
)
def test_a_click_is_where_it_was_made(container: str, codec: str, rate: int) -> None:
    content = encoded([clicks(4, rate, AT)], rate, container, codec)
    sound, truncated = heard(content)
    own = decode(io.BytesIO(content), max_duration_s=60.0)
    for time in AT:
        assert click_time(sound, SAMPLE_RATE, time) == pytest.approx(time, abs=WITHIN_S)
        assert click_time(own.channels[0], own.sample_rate, time) == pytest.approx(time, abs=WITHIN_S)
    assert not truncated


@pytest.mark.parametrize("container", ["amr", "3gp"])
def test_speech_through_amr_is_where_it_was(container: str) -> None:
    """The codec models speech, so the whole is compared and not a click."""
    chance = np.random.default_rng(1)
    voice = np.convolve(chance.normal(0, 1, 32_000), np.hanning(24), "same")
    voice *= np.repeat(chance.integers(0, 2, 40), 800) * 2_000
    content = encoded([voice.astype(np.int16)], 8_000, container, "libopencore_amrnb")
    found = decode(io.BytesIO(content), max_duration_s=60.0).channels[0].astype(np.float64)
    count = min(len(found), len(voice))
    size = 1 << 17
    alike = np.fft.irfft(np.fft.rfft(found[:count], size) * np.conj(np.fft.rfft(voice[:count], size)))
    late = int(np.argmax(alike))
    assert abs(late if late < size // 2 else late - size) <= 8  # a millisecond


def test_an_mp3_without_a_header_of_its_encoder_is_in_time_too() -> None:
    content = encoded([clicks(4, 16_000, AT)], 16_000, "mp3", "libmp3lame")
    start = content.index(b"\xff\xf3") if content.startswith(b"ID3") else 0
    second = content.index(content[start : start + 2], start + 40)
    sound, _ = heard(content[second:])
    assert click_time(sound, SAMPLE_RATE, 1.7) == pytest.approx(1.7, abs=WITHIN_S)


def written(container: str, codec: str, rate: int, sound: Pcm, drop: range, clock: Fraction | None = None) -> bytes:
    """Return a file from which the packets in `drop` are missing, their times left open."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout="mono")
        if clock:
            stream.time_base = clock
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1).copy(), format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or 1_024)
        packets = [
            packet
            for ready in (*resampler.resample(frame), *resampler.resample(None), None)
            for packet in stream.encode(ready)
        ]
        file.mux([packet for number, packet in enumerate(packets) if number not in drop])
    return out.getvalue()


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [("webm", "libopus", 48_000), ("ipod", "aac", 16_000), ("matroska", "aac", 16_000), ("3gp", "aac", 16_000)],
)
def test_what_is_missing_in_the_middle_is_silence_of_that_length(container: str, codec: str, rate: int) -> None:
    drop = range(40, 55) if codec == "libopus" else range(15, 20)
    content = written(container, codec, rate, clicks(4, rate, AT), drop)
    sound, _ = heard(content)
    assert click_time(sound, SAMPLE_RATE, 3.21) == pytest.approx(3.21, abs=0.016)
    assert len(sound) / SAMPLE_RATE == pytest.approx(4.0, abs=0.1)


def test_a_missing_page_of_ogg_keeps_the_time_of_what_follows() -> None:
    content = encoded([clicks(8, 48_000, (0.5, 6.5))], 48_000, "ogg", "libopus", page_duration="200000")
    pages = content.split(b"OggS")
    assert len(pages) > 10
    sound, _ = heard(b"OggS".join([*pages[:6], *pages[7:]]))
    assert click_time(sound, SAMPLE_RATE, 6.5) == pytest.approx(6.5, abs=0.016)


def test_a_time_stamp_beyond_all_limits_is_not_believed() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as file:
        stream: Any = file.add_stream("pcm_s16le", rate=8_000, layout="mono")
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(np.full((1, 800), 900, np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts = 8_000, number * 800 + (8_000 * 3_600 * 90 if number >= 10 else 0)
            file.mux(stream.encode(frame))
    sound, damaged = heard(out.getvalue())
    assert len(sound) / SAMPLE_RATE == pytest.approx(2.0, abs=0.05)
    assert damaged


def test_a_wav_with_a_second_part_of_sound_is_partial() -> None:
    """Only one of them is decoded; nobody writes such files, but the standard's lists come close."""
    content = encoded([clicks(2, 8_000, (0.5,))], 8_000, "wav", "pcm_s16le")
    sound, truncated = heard(content + b"junk\4\0\0\0abcd" + content[content.index(b"data") :])
    assert len(sound) == 2 * SAMPLE_RATE
    assert truncated
