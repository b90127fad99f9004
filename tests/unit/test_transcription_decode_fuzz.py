"""Damaged files of every kind: our errors or a recording, in bounded time, and never anything else."""

import contextlib
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sounds import encoded, tone
from transcription.audio import hear
from transcription.decode_guard import DecodeLimits, hear_guarded
from transcription.errors import EmptyRecording, NotAudio, RecordingError, TooLong

FILES = {
    f"{container} {codec}": encoded([tone(1, rate)] * (2 if layout == "stereo" else 1), rate, container, codec, layout)
    for container, codec, rate, layout in (
        ("wav", "pcm_mulaw", 8_000, "stereo"),
        ("wav", "adpcm_ms", 8_000, "mono"),
        ("w64", "pcm_s16le", 8_000, "mono"),
        ("flac", "flac", 16_000, "stereo"),
        ("ogg", "libopus", 48_000, "mono"),
        ("webm", "libopus", 48_000, "stereo"),
        ("mp3", "libmp3lame", 16_000, "mono"),
        ("ipod", "aac", 16_000, "mono"),
        ("adts", "aac", 16_000, "mono"),
        ("3gp", "libopencore_amrnb", 8_000, "mono"),
        ("amr", "libopencore_amrnb", 8_000, "mono"),
        ("caf", "pcm_s16le", 8_000, "mono"),
        ("aiff", "pcm_s16be", 8_000, "mono"),
        ("au", "pcm_mulaw", 8_000, "mono"),
    )
}
BUDGET_S = 20.0
LONGEST_S = 120.0
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=60)


def damaged(name: str, changes: list[tuple[float, int]], keep: float, extra: bytes) -> bytes:
    content = bytearray(FILES[name])
    for place, value in changes:
        # Squared, so that headers are hit as often as sound.
        content[int(place * place * len(content))] = value
    return bytes(content[: max(1, int(len(content) * keep))]) + extra


@pytest.mark.parametrize("name", FILES)
@given(changes=CHANGES, keep=st.floats(0.02, 1.0), extra=st.binary(max_size=64))
@settings(deadline=None, max_examples=60)
def test_a_damaged_file_is_decoded_or_refused(
    name: str, changes: list[tuple[float, int]], keep: float, extra: bytes
) -> None:
    content, before = damaged(name, changes, keep, extra), time.process_time()
    try:
        facts = hear(io.BytesIO(content), max_duration_s=LONGEST_S).facts
    except RecordingError:
        pass
    else:
        assert 0 < facts.duration_s <= LONGEST_S
        assert all(0 < gain < 1_000 for gain in facts.gains)
    assert time.process_time() - before < BUDGET_S


@given(
    content=st.sampled_from([b"RIFF\0\0\0\0WAVE", b"fLaC", b"OggS", b"\x1aE\xdf\xa3", b"ID3", b"#!AMR\n", b"caff"]),
    rest=st.binary(max_size=2_000),
)
@settings(deadline=None, max_examples=150)
def test_a_beginning_and_then_anything_is_decoded_or_refused(content: bytes, rest: bytes) -> None:
    with contextlib.suppress(RecordingError):
        assert hear(io.BytesIO(content + rest), max_duration_s=LONGEST_S).facts.samples > 0


@pytest.mark.parametrize("name", sorted(FILES)[::2])
def test_the_child_decodes_or_refuses_what_is_damaged(name: str) -> None:
    content = damaged(name, [(0.6, 0), (0.7, 255), (0.9, 77)], 0.9, b"\0")
    try:
        found = hear_guarded(io.BytesIO(content), max_duration_s=LONGEST_S, limits=DecodeLimits(wall_s=60))
    except (NotAudio, EmptyRecording, TooLong):
        return  # stopped or unreadable would be a fault of ours
    assert len(found.sounds[0].read(0, 100)) == 100
