"""Decoding: what comes out of telephone files, odd files and broken files."""

import io
import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from bench.sounds import encoded, tone
from domain.speech import Party
from transcription.audio import decode, hear, resample
from transcription.containers import DEMUXERS
from transcription.errors import EmptyRecording, NotAudio, RecordingError, TooLong
from transcription.recording import Recording
from transcription.transcribe import to_engine

Pcm = npt.NDArray[np.int16]
SAMPLES = Path(__file__).parents[2] / "samples"
SHARED = Path(__file__).parents[3] / "shared" / "samples" / "audio"
CHANNELS = {"mono": 1, "stereo": 2, "5.1": 6}


def decoded(content: bytes, max_duration_s: float = 60.0) -> Recording:
    return decode(io.BytesIO(content), max_duration_s=max_duration_s)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        ("wav", "pcm_mulaw", 8_000),
        ("wav", "pcm_alaw", 8_000),
        ("wav", "pcm_s16le", 8_000),
        ("flac", "flac", 16_000),
        ("ogg", "libopus", 16_000),
        ("webm", "libopus", 16_000),
        ("mp3", "libmp3lame", 16_000),
        ("ipod", "aac", 16_000),
        ("adts", "aac", 16_000),
        ("3gp", "aac", 16_000),
        ("amr", "libopencore_amrnb", 8_000),
        ("3gp", "libopencore_amrnb", 8_000),
        ("caf", "pcm_s16le", 8_000),
        ("aiff", "pcm_s16be", 8_000),
        ("w64", "pcm_s16le", 8_000),
    ],
)
def test_each_kind_of_telephone_file_is_decoded_with_its_length_and_its_sound(
    container: str, codec: str, rate: int
) -> None:
    recording = decoded(encoded([tone(2.0, rate)], rate, container, codec))
    assert recording.duration_s == pytest.approx(2.0, abs=0.15)
    assert len(recording.channels) == 1
    assert not recording.truncated
    loudness = float(np.sqrt(np.mean(np.square(recording.channels[0], dtype=np.float64))))
    assert 3_000 < loudness < 10_000


@pytest.mark.parametrize("frame", [b"\x7c", b"\x44\0\0\0\0\0"], ids=["no data", "comfort noise"])
def test_amr_pauses_keep_their_time(frame: bytes) -> None:
    content = encoded([tone(1.0)], 8_000, "amr", "libopencore_amrnb")
    recording = decoded(content + frame * 50 + content[6:])
    assert recording.duration_s == pytest.approx(3.0, abs=0.1)
    assert not recording.truncated


def test_two_different_channels_stay_apart() -> None:
    recording = decoded(encoded([tone(1), tone(1, hertz=700)], 8_000, "wav", "pcm_mulaw", "stereo"))
    assert len(recording.channels) == 2
    assert recording.source_channels == 2


@pytest.mark.parametrize("sign", [1, -1])
def test_two_channels_with_the_same_sound_are_one_even_when_inverted(sign: int) -> None:
    recording = decoded(encoded([tone(1), tone(1) * np.int16(sign)], 8_000, "wav", "pcm_s16le", "stereo"))
    assert len(recording.channels) == 1
    assert recording.source_channels == 2


def test_one_silent_side_is_still_a_side() -> None:
    recording = decoded(encoded([tone(1), tone(1) * np.int16(0)], 8_000, "wav", "pcm_s16le", "stereo"))
    assert len(recording.channels) == 2


def test_six_channels_are_mixed_down_to_one() -> None:
    recording = decoded(encoded([tone(1)] * 6, 48_000, "wav", "pcm_s16le", "5.1"))
    assert len(recording.channels) == 1
    assert np.abs(recording.channels[0]).max() > 8_000


def test_a_cut_wav_gives_what_is_there_and_says_so() -> None:
    content = encoded([tone(2)], 8_000, "wav", "pcm_mulaw")
    recording = decoded(content[: len(content) // 2])
    assert recording.truncated
    assert recording.duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", ["support_long.ogg", "card_payment.wav"])
def test_a_cut_sample_is_partial_and_the_whole_one_is_not(name: str) -> None:
    content = (SAMPLES / name).read_bytes()
    assert decoded(content[: len(content) // 3], 600).truncated
    assert not decoded(content, 600).truncated


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_a_streamed_wav_of_unknown_length_is_whole(claimed: int) -> None:
    content = encoded([tone(1)], 8_000, "wav", "pcm_s16le")
    at = content.index(b"data") + 4
    recording = decoded(content[:at] + struct.pack("<I", claimed) + content[at + 4 :])
    assert recording.duration_s == pytest.approx(1.0, abs=0.05)
    assert not recording.truncated


def test_nothing_is_empty() -> None:
    with pytest.raises(EmptyRecording):
        decoded(b"")


def test_a_header_without_samples_is_empty() -> None:
    content = encoded([tone(1)], 8_000, "wav", "pcm_s16le")
    with pytest.raises(EmptyRecording):
        decoded(content[: content.index(b"data") + 8])


@pytest.mark.parametrize(
    "playlist", [b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", b"ffconcat version 1.0\nfile x.wav\n"]
)
def test_a_playlist_is_refused(playlist: bytes) -> None:
    with pytest.raises(NotAudio):
        decoded(playlist)


@pytest.mark.parametrize("demuxer", ["hls", "concat", "sdp", "dash", "image2", "tty", "lavfi"])
def test_no_demuxer_that_opens_other_files_is_on_the_list(demuxer: str) -> None:
    assert demuxer not in DEMUXERS.values()


def test_video_without_sound_is_refused() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream: Any = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        file.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(NotAudio, match="no audio"):
        decoded(out.getvalue())


@pytest.mark.parametrize("rate", [0, 1, 4_000_000_000])
def test_an_impossible_sample_rate_is_refused(rate: int) -> None:
    content = bytearray(encoded([tone(1)], 8_000, "wav", "pcm_s16le"))
    content[24:28] = struct.pack("<I", rate)
    with pytest.raises(NotAudio):
        decoded(bytes(content))


def test_the_length_limit_counts_decoded_sound() -> None:
    content = encoded([tone(2)], 8_000, "wav", "pcm_mulaw")
    assert decoded(content, 2.0).duration_s == pytest.approx(2.0)
    with pytest.raises(TooLong):
        decoded(content, 1.9)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_do_no_harm(value: float) -> None:
    content = encoded([tone(1)], 8_000, "wav", "pcm_f32le")
    at = content.index(b"data") + 8
    recording = decoded(content[:at] + np.full((len(content) - at) // 4, value, np.float32).tobytes())
    assert recording.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize("count", [0, 300, 65_535])
def test_an_impossible_number_of_channels_is_refused(count: int) -> None:
    content = bytearray(encoded([tone(1)], 8_000, "wav", "pcm_s16le"))
    content[22:24] = struct.pack("<H", count)
    with pytest.raises(RecordingError):
        decoded(bytes(content))


def test_an_error_says_nothing_about_the_file() -> None:
    error = NotAudio()
    assert isinstance(error, ValueError)
    assert isinstance(error, RecordingError)
    assert str(error) == "The file is not a sound recording of an accepted kind."


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_resampling_keeps_length_and_level(rate: int) -> None:
    sound = resample(tone(40.0, rate), rate)
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(40 * 16_000, abs=32)
    assert np.abs(sound[1_000:-1_000]).max() == pytest.approx(9_000 / 32_768, rel=0.03)


def test_resampling_nothing_gives_nothing() -> None:
    assert len(resample(np.zeros(0, np.int16), 8_000)) == 0


def test_a_channel_without_a_named_party_is_unknown() -> None:
    heard = hear(
        io.BytesIO(encoded([tone(1), tone(1, hertz=700)], 8_000, "wav", "pcm_mulaw", "stereo")), max_duration_s=60
    )
    ready = to_engine(heard, {0: Party.AGENT})
    assert [(one.channel, one.party) for one in ready] == [(0, Party.AGENT), (1, Party.UNKNOWN)]
    assert all(len(one.sound) == 16_000 for one in ready)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared real speech is not beside this checkout")
@pytest.mark.parametrize(("name", "channels"), [("jfk.flac", 1), ("hotwords.mp3", 1), ("stereo_diarization.wav", 2)])
def test_real_speech_is_decoded(name: str, channels: int) -> None:
    with (SHARED / name).open("rb") as file:
        recording = decode(file, max_duration_s=600)
    assert len(recording.channels) == channels
    assert recording.duration_s > 1
