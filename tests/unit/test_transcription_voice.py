"""Speech is found piece by piece with the same figures as in one run, and a speech without end is cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from faster_whisper.vad import get_vad_model
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.audio import at_engine_rate, decode
from transcription.engines.decoding import Decoding
from transcription.engines.voice import (
    FRAME,
    QUIETER,
    Profile,
    hiss,
    profile,
    speech_stretches,
    voiced_ranges,
)
from transcription.sound import SAMPLE_RATE, ArraySound, Samples

SAMPLES = Path(__file__).parents[2] / "samples"
HOW = Decoding()


class Counting(ArraySound):
    """A sound that remembers how much was read at once."""

    reads: list[int] = []  # noqa: RUF012 - one test's own

    def read(self, start: int, stop: int) -> Samples:
        self.reads.append(stop - start)
        return super().read(start, stop)


def speech() -> Samples:
    with (SAMPLES / "card_payment.wav").open("rb") as file:
        sound = at_engine_rate(decode(file, max_duration_s=600)).sounds[0]
    return sound.read(0, len(sound))


def test_pieces_leave_no_seam() -> None:
    samples = np.tile(speech(), 2)[: 50 * SAMPLE_RATE]
    padded = np.pad(samples, (0, -len(samples) % FRAME))
    whole = get_vad_model()(QUIETER * padded + np.resize(hiss(), len(padded))).reshape(-1)
    found = profile(ArraySound(samples))
    assert len(found.probabilities) == len(whole)
    differences = np.abs(found.probabilities - whole)[:-1]  # faster-whisper silences the end of the last frame
    assert differences.max() < 1e-4
    assert len(found.levels) == -(-len(samples) // 160)


def test_single_loud_words_in_digital_silence_are_voices() -> None:
    whole = speech()
    loud = whole / np.abs(whole).max()
    said = [one for one in speech_stretches(profile(ArraySound(loud)), HOW, len(loud)) if one.hush - one.voice > 8_000]
    pause = np.zeros(2 * SAMPLE_RATE, np.float32)
    pieces = [loud[one.voice : one.voice + 6_400] for one in said[:8]]
    apart = np.concatenate([part for piece in pieces for part in (pause, piece)])
    found = profile(ArraySound(apart))
    at = [number * (len(pause) + 6_400) + len(pause) for number in range(len(pieces))]
    assert len(pieces) >= 4
    assert all(found.sure(start, start + 6_400) >= HOW.vad_threshold for start in at)


def test_a_long_sound_is_never_read_as_a_whole() -> None:
    sound = Counting(np.tile(speech(), 3))
    profile(sound)
    assert max(sound.reads) <= 20 * SAMPLE_RATE


def test_digital_silence_is_no_speech_and_has_its_frames() -> None:
    found = profile(ArraySound(np.zeros(65 * SAMPLE_RATE, np.float32)))
    assert len(found.probabilities) == -(-65 * SAMPLE_RATE // FRAME)
    assert not found.probabilities.any()
    assert speech_stretches(found, HOW, 65 * SAMPLE_RATE) == []


probabilities = st.lists(st.sampled_from([0.0, 0.03, 0.1, 0.3, 0.9]), max_size=400)


@given(probabilities)
def test_stretches_are_in_order_apart_inside_and_hold_all_that_is_surely_speech(given_frames: list[float]) -> None:
    frames = np.array(given_frames, np.float32)
    length = max(0, len(frames) * FRAME - 100)
    found = speech_stretches(Profile(frames, np.zeros(0, np.float32)), HOW, length)
    assert all(0 <= one.start <= one.voice < one.hush <= one.end <= length for one in found)
    assert all(one.end < other.start for one, other in pairwise(found))
    for first, last in voiced_ranges(frames, HOW):
        assert any(one.start <= first and min(last, length) <= one.end for one in found)


@settings(max_examples=30)
@given(st.integers(30, 200), st.integers(0, 2**32 - 1))
def test_speech_without_a_pause_is_cut_into_parts_that_leave_nothing_out(length_s: int, seed: int) -> None:
    length = length_s * SAMPLE_RATE
    frames = np.random.default_rng(seed).uniform(0.4, 1.0, length // FRAME).astype(np.float32)
    found = speech_stretches(Profile(frames, np.zeros(0, np.float32)), HOW, length)
    assert found[0].start == 0
    assert all(one.end == other.start for one, other in pairwise(found))
    assert all(one.end - one.start <= HOW.longest_s * SAMPLE_RATE for one in found)
    assert length - found[-1].end < FRAME * 2
