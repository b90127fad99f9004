"""AMR: every frame is 20 ms, whatever its type, with OpenCORE's decoder and with ffmpeg's own."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sounds import encoded, tone
from transcription import amr, frames
from transcription.audio import decode

PAUSES = {"no data": b"\x7c", "comfort noise": b"\x44" + bytes(5), "bad speech": b"\x38" + bytes(31)}
SPOKEN = encoded([tone(0.2)], 8_000, "amr", "libopencore_amrnb")[6:]
"""Two tenths of a second of a tone (and the encoder's last frames)."""
SPOKEN_FRAMES = amr.in_packet(amr.NARROW, SPOKEN)[0]


def start_of_sound(content: bytes) -> tuple[float, bool]:
    recording = decode(io.BytesIO(content), max_duration_s=600.0)
    loud = np.flatnonzero(np.abs(recording.channels[0].astype(np.int32)) > 3_000)
    return float(loud[0]) / recording.sample_rate, recording.truncated


@pytest.mark.parametrize("decoder", ["OpenCORE", "ffmpeg"])
@given(pauses=st.lists(st.sampled_from(["no data", "comfort noise"]), min_size=1, max_size=150))
@settings(deadline=None, max_examples=25)
def test_speech_after_any_pause_is_in_time(decoder: str, pauses: list[str]) -> None:
    content = amr.NARROW.magic + b"".join(PAUSES[one] for one in pauses) + SPOKEN
    with pytest.MonkeyPatch.context() as patch:
        if decoder == "ffmpeg":
            patch.setattr(frames, "_BETTER_DECODERS", {})
        start, damaged = start_of_sound(content)
    assert start == pytest.approx(len(pauses) * amr.FRAME_S, abs=0.02)
    assert not damaged


def test_a_bad_frame_keeps_its_time() -> None:
    start, _ = start_of_sound(amr.NARROW.magic + PAUSES["no data"] * 10 + PAUSES["bad speech"] + SPOKEN)
    assert start == pytest.approx(11 * amr.FRAME_S, abs=0.02)


@given(garbage=st.binary(min_size=1, max_size=400), pauses=st.integers(0, 50))
@settings(deadline=None, max_examples=40)
def test_garbage_between_frames_is_skipped_and_told(garbage: bytes, pauses: int) -> None:
    before = PAUSES["no data"] * pauses + SPOKEN
    walk = amr.Walk(io.BytesIO(amr.NARROW.magic + before + b"\xff" + garbage + b"\xff" + SPOKEN * 3), amr.NARROW)
    found = list(walk.frames())
    assert walk.damaged
    assert b"".join(found[: pauses + len(SPOKEN_FRAMES)]) == before
    assert b"".join(found).endswith(SPOKEN)


def test_zeros_between_frames_take_no_time() -> None:
    content = amr.NARROW.magic + SPOKEN + bytes(5_000) + SPOKEN
    recording = decode(io.BytesIO(content), max_duration_s=600.0)
    assert recording.duration_s == pytest.approx(2 * len(SPOKEN_FRAMES) * amr.FRAME_S, abs=0.03)
    assert recording.truncated


def test_a_search_through_much_garbage_finds_what_follows() -> None:
    garbage = b"\xff" * 300_000
    walk = amr.Walk(io.BytesIO(amr.NARROW.magic + SPOKEN + garbage + SPOKEN), amr.NARROW)
    assert b"".join(walk.frames()) == SPOKEN * 2
    assert walk.damaged


@pytest.mark.parametrize("kind", [amr.NARROW, amr.WIDE], ids=["narrow", "wide"])
def test_a_long_file_of_every_frame_type_is_walked_whole(kind: amr.Kind) -> None:
    types = [bytes([number << 3 | 4]) + bytes(size) for number, size in kind.sizes.items()]
    content = b"".join(types) * 500
    walk = amr.Walk(io.BytesIO(kind.magic + content), kind)
    assert b"".join(walk.frames()) == content
    assert not walk.damaged


def test_a_last_frame_that_is_cut_is_told() -> None:
    walk = amr.Walk(io.BytesIO(amr.NARROW.magic + SPOKEN[:-5]), amr.NARROW)
    assert b"".join(walk.frames()) == b"".join(SPOKEN_FRAMES[:-1])
    assert walk.damaged


def test_wide_band_pauses_keep_their_time() -> None:
    pauses = (b"\x7c", b"\x4c" + bytes(5), b"\x74")
    recording = decode(io.BytesIO(amr.WIDE.magic + b"".join(pauses) * 50), max_duration_s=600.0)
    assert recording.sample_rate == 16_000
    assert recording.duration_s == pytest.approx(3.0, abs=0.01)
    assert not recording.truncated


@pytest.mark.parametrize("decoder", ["OpenCORE", "ffmpeg"])
def test_pauses_inside_a_3gp_keep_their_time(decoder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if decoder == "ffmpeg":
        monkeypatch.setattr(frames, "_BETTER_DECODERS", {})
    quiet = np.zeros(8_000 * 4, np.int16)
    content = encoded([np.concatenate([quiet, tone(1)])], 8_000, "3gp", "libopencore_amrnb", dtx="1")
    start, damaged = start_of_sound(content)
    assert start == pytest.approx(4.0, abs=0.03)
    assert not damaged


@given(st.binary(max_size=300))
def test_any_packet_is_split_or_told_to_be_damaged(packet: bytes) -> None:
    found, whole = amr.in_packet(amr.NARROW, packet)
    assert packet.startswith(b"".join(found))
    assert whole == (b"".join(found) == packet)
