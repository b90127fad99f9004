"""A file that ends too early is told to be partial wherever its format can tell, and a whole one never is."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sounds import encoded, tone
from transcription.audio import hear
from transcription.errors import RecordingError

SECONDS = 4.0
FILES = {
    name: encoded([tone(SECONDS, rate)], rate, container, codec)
    for name, (container, codec, rate) in {
        "wav": ("wav", "pcm_mulaw", 8_000),
        "w64": ("w64", "pcm_s16le", 8_000),
        "au": ("au", "pcm_mulaw", 8_000),
        "caf": ("caf", "pcm_s16le", 8_000),
        "aiff": ("aiff", "pcm_s16be", 8_000),
        "flac": ("flac", "flac", 16_000),
        "ogg": ("ogg", "libopus", 48_000),
        "mp3": ("mp3", "libmp3lame", 16_000),
        "aac": ("adts", "aac", 16_000),
        "amr": ("amr", "libopencore_amrnb", 8_000),
        "webm": ("webm", "libopus", 48_000),
        "m4a": ("ipod", "aac", 16_000),
        "3gp": ("3gp", "libopencore_amrnb", 8_000),
    }.items()
}
SURE = ("wav", "w64", "au", "caf", "aiff", "flac", "ogg", "mp3", "webm", "m4a", "3gp")
"""Formats that state how much there should be; raw AAC and AMR only show a frame that is cut."""


def outcome(content: bytes) -> str:
    try:
        facts = hear(io.BytesIO(content), max_duration_s=60.0).facts
    except RecordingError as refusal:
        return refusal.reason
    return "partial" if facts.truncated else "done"


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_whole(name: str) -> None:
    assert outcome(FILES[name]) == "done"


@pytest.mark.parametrize("name", SURE)
@given(st.floats(0.05, 0.9))
@settings(deadline=None, max_examples=15)
def test_a_file_cut_anywhere_is_never_taken_for_whole(name: str, share: float) -> None:
    content = FILES[name]
    assert outcome(content[: int(len(content) * share)]) in {"partial", "empty", "not_audio"}


@pytest.mark.parametrize("name", ["amr", "aac"])
def test_a_last_frame_that_is_cut_shows(name: str) -> None:
    assert outcome(FILES[name][:-3]) == "partial"


@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "mp3", "aac", "amr", "webm"])
def test_what_is_there_of_a_cut_file_is_decoded(name: str) -> None:
    content = FILES[name]
    facts = hear(io.BytesIO(content[: len(content) * 3 // 4]), max_duration_s=60.0).facts
    assert facts.duration_s == pytest.approx(SECONDS * 0.75, abs=1.0)


def test_an_mp3_with_tags_before_and_after_is_whole() -> None:
    tag = b"ID3\3\0\0\0\0\0\x0a" + bytes(10)
    assert outcome(tag + FILES["mp3"][FILES["mp3"].index(b"\xff\xf3") :] + b"TAG" + bytes(125)) == "done"


def test_raw_aac_behind_a_tag_is_known() -> None:
    assert outcome(b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + FILES["aac"]) == "done"
