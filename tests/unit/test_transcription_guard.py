"""The decoding child: same result as in the process, and no input takes the caller with it."""

import io
import random
from pathlib import Path

import numpy as np
import pytest

from transcription.audio import decode
from transcription.decode_guard import DecodeLimits, decode_guarded
from transcription.errors import DecodingStopped, EmptyRecording, NotAudio, RecordingError, TooLong

SAMPLES = Path(__file__).parents[2] / "samples"
CALL = SAMPLES / "mobile_callback.m4a"


def test_the_child_gives_the_same_samples_as_decoding_in_the_process() -> None:
    guarded = decode_guarded(SAMPLES / "card_payment.wav", max_duration_s=600)
    with (SAMPLES / "card_payment.wav").open("rb") as file:
        direct = decode(file, max_duration_s=600)
    assert guarded.duration_s == direct.duration_s
    assert guarded.codec == "pcm_mulaw"
    for one, other in zip(guarded.channels, direct.channels, strict=True):
        assert np.array_equal(one, other)


def test_bytes_in_memory_are_decoded_too() -> None:
    recording = decode_guarded(io.BytesIO(CALL.read_bytes()), max_duration_s=600)
    assert recording.duration_s == pytest.approx(47.87, abs=0.1)


@pytest.mark.parametrize(
    ("content", "error"), [(b"", EmptyRecording), (b"not a sound at all", NotAudio), (b"#EXTM3U\nfile:///x", NotAudio)]
)
def test_refusals_come_back_as_their_own_errors(content: bytes, error: type[RecordingError]) -> None:
    with pytest.raises(error):
        decode_guarded(io.BytesIO(content), max_duration_s=10)


def test_a_recording_over_the_limit_is_too_long() -> None:
    with pytest.raises(TooLong):
        decode_guarded(CALL, max_duration_s=10)


@pytest.mark.parametrize(
    "limits",
    [DecodeLimits(memory_bytes=100 << 20), DecodeLimits(wall_s=0.01), DecodeLimits(output_bytes=1_000)],
    ids=["memory", "wall", "output"],
)
def test_a_child_over_its_limits_is_stopped(limits: DecodeLimits) -> None:
    with pytest.raises(DecodingStopped):
        decode_guarded(CALL, max_duration_s=600, limits=limits)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_recordings_end_as_partial_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - damage, not secrets
    content = bytearray((SAMPLES / chance.choice(["support_long.ogg", CALL.name, "card_payment.wav"])).read_bytes())
    for _ in range(200):
        content[chance.randrange(12, len(content))] = chance.randrange(256)
    cut = bytes(content[: chance.randrange(64, len(content))])
    try:
        recording = decode_guarded(io.BytesIO(cut), max_duration_s=600, limits=DecodeLimits(wall_s=30))
    except RecordingError as refusal:
        reason = refusal.reason
    else:
        reason = "partial" if recording.duration_s > 0 else "nothing"
    assert reason in {"partial", "not_audio", "empty", "too_long", "decoding_stopped"}
